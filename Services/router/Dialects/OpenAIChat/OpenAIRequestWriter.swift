import JSON

/// Writes the canonical request in OpenAI's dialect.
struct OpenAIRequestWriter {
    /// The longest id of a tool call.
    static let idLimit = 40
    /// The longest name of a tool.
    static let nameLimit = 64
    /// The longest name of an end user.
    static let userLimit = 64
    /// The most stop sequences.
    static let stopLimit = 4

    let request: CanonicalRequest
    let modelName: String
    let model: OpenAIModel
    let modelMaximum: Int?
    let asksForUsage: Bool

    init(_ request: CanonicalRequest, model: String, modelMaximum: Int?, asksForUsage: Bool) {
        self.modelMaximum = modelMaximum
        self.request = request
        modelName = model
        self.model = OpenAIModel(model)
        self.asksForUsage = asksForUsage
    }

    mutating func write(_ lossy: inout LossyNames, _ context: inout AnswerContext) -> [UInt8] {
        let names = Self.renamed(request, &context)
        let extensions = carried(&lossy)
        if request.wantsReasoningSummary { lossy.add(request.names.summary) }
        if request.verbosity != nil, !model.isOpenAIReasoning { lossy.add(request.names.verbosity) }
        if request.topK != nil { lossy.add("top_k") }
        var messages = OpenAIMessageWriter(
            names: names,
            model: model,
            isErrorName: request.names.isError,
            lossy: lossy
        )
        var writer = JSONWriter(capacity: 4096)
        let settings = settings(&messages.lossy)
        writer.object { body in
            body.string("model", modelName)
            body.array("messages") { items in
                for turn in request.turns { messages.write(turn, &items) }
            }
            writeTools(names, &body)
            settings.write(&body)
            if request.stream {
                body.boolean("stream", true)
                if asksForUsage { body.object("stream_options") { $0.boolean("include_usage", true) } }
            }
            writeFormat(&body)
            if let verbosity = request.verbosity, model.isOpenAIReasoning { body.string("verbosity", verbosity) }
            for parameter in extensions { body.raw(parameter.name, parameter.value) }
        }
        lossy = messages.lossy
        return writer.bytes
    }

    /// What OpenAI calls the same in both of its dialects; servers like it refuse what they do not know.
    private func carried(_ lossy: inout LossyNames) -> [CanonicalExtension] {
        request.extensions.filter { parameter in
            if parameter.name == "service_tier", parameter.value.equals("auto") { return false }
            if request.isOpenAI, model.isOpenAI, Self.sharedExtensions.contains(parameter.name) { return true }
            if request.isShared(parameter) { return false }
            lossy.add(parameter.name)
            return false
        }
    }

    private static let sharedExtensions: Set<String> = ["service_tier", "prompt_cache_key", "prompt_cache_retention"]

    // MARK: Parameters

    private struct Settings {
        var maximum: (name: String, value: Int)?
        var temperature: Double?
        var topP: Double?
        var stops: [WireText] = []
        var effort: String?
        var user: WireText?
        var shared: [(name: StaticString, value: JSONCursor)] = []

        func write(_ body: inout JSONFields) {
            if let maximum { body.integer(maximum.name, maximum.value) }
            if let temperature { body.double("temperature", temperature) }
            if let topP { body.double("top_p", topP) }
            if !stops.isEmpty { body.array("stop") { items in for stop in stops { items.text(stop) } } }
            if let effort { body.string("reasoning_effort", effort) }
            if let user { body.text("user", user) }
            for (name, value) in shared { body.raw(name, value) }
        }
    }

    private func settings(_ lossy: inout LossyNames) -> Settings {
        var settings = Settings()
        let isReasoning = model.isOpenAIReasoning
        if var maximum = request.maxOutputTokens {
            if let modelMaximum, modelMaximum < maximum {
                lossy.add(request.names.maxOutputTokens)
                maximum = modelMaximum
            }
            settings.maximum = (isReasoning ? "max_completion_tokens" : "max_tokens", maximum)
        }
        if isReasoning {
            if let value = request.temperature, value != 1 { lossy.add("temperature") }
            if let value = request.topP, value != 1 { lossy.add("top_p") }
            if !request.stopSequences.isEmpty { lossy.add(request.names.stop) }
        } else {
            settings.temperature = request.temperature
            settings.topP = request.topP
            settings.stops = Array(request.stopSequences.prefix(Self.stopLimit))
            if request.stopSequences.count > Self.stopLimit { lossy.add(request.names.stop) }
        }
        settings.effort = effort(&lossy)
        settings.shared = shared
        if let user = request.user {
            if user.escaped.count <= Self.userLimit { settings.user = user } else { lossy.add(request.names.user) }
        }
        return settings
    }

    /// What another dialect has too, in this one's words.
    private var shared: [(name: StaticString, value: JSONCursor)] {
        let names: [(SharedParameter, StaticString)] = [
            (.seed, "seed"), (.presencePenalty, "presence_penalty"), (.frequencyPenalty, "frequency_penalty"),
            (.logprobs, "logprobs"), (.topLogprobs, "top_logprobs"), (.choices, "n"),
        ]
        return names.compactMap { parameter, name in request.shared(parameter).map { (name, $0) } }
    }

    private func effort(_ lossy: inout LossyNames) -> String? {
        let effort: String
        switch request.reasoning {
        case nil, .off: return nil
        case .effort(let word): effort = model.effort(word)
        case .budget(let budget): effort = OpenAIModel.effort(budget: budget)
        }
        if model.takesEffort { return effort }
        lossy.add(request.names.reasoning)
        return nil
    }

    private func writeFormat(_ body: inout JSONFields) {
        switch request.format {
        case nil: return
        case .jsonObject: body.object("response_format") { $0.string("type", "json_object") }
        case .schema(let schema, let name, let isStrict):
            body.object("response_format") { format in
                format.string("type", "json_schema")
                format.object("json_schema") { fields in
                    if let name, !name.isEmpty { fields.text("name", name) } else { fields.string("name", "answer") }
                    if isStrict, StrictSchema.allows(schema) { fields.boolean("strict", true) }
                    fields.raw("schema", schema)
                }
            }
        }
    }

    // MARK: Tools

    private static func renamed(_ request: CanonicalRequest, _ context: inout AnswerContext) -> [String: String] {
        var names: [String: String] = [:]
        for tool in request.tools {
            let fitting = ToolNaming.fitting(tool.name, limit: nameLimit)
            guard fitting != tool.name else { continue }
            names[tool.name] = fitting
            context.toolNames[fitting] = tool.name
        }
        return names
    }

    private func writeTools(_ names: [String: String], _ body: inout JSONFields) {
        guard !request.tools.isEmpty else { return }
        body.array("tools") { tools in
            for tool in request.tools {
                let isStrict = tool.isStrict && tool.schema.map { StrictSchema.allows($0) } ?? false
                tools.object {
                    FunctionTool.write(tool, name: names[tool.name] ?? tool.name, isStrict: isStrict, &$0)
                }
            }
        }
        writeChoice(names, &body)
        if request.parallelToolCalls == false { body.boolean("parallel_tool_calls", false) }
    }

    private func writeChoice(_ names: [String: String], _ body: inout JSONFields) {
        switch request.toolChoice {
        case nil: return
        case .auto: body.string("tool_choice", "auto")
        case .never: body.string("tool_choice", "none")
        case .required: body.string("tool_choice", "required")
        case .tool(let name):
            body.object("tool_choice") { choice in
                choice.string("type", "function")
                choice.object("function") { $0.string("name", names[name] ?? name) }
            }
        }
    }
}
