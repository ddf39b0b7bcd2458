import JSON

/// Writes the canonical request in the dialect of OpenAI's Responses.
struct ResponsesRequestWriter {
    /// The longest name of a tool.
    static let nameLimit = 64
    /// The least number of output tokens that the dialect takes.
    static let leastMaximum = 16
    /// What OpenAI calls the same in both of its dialects.
    private static let sharedExtensions: Set<String> = [
        "service_tier", "prompt_cache_key", "prompt_cache_retention", "metadata",
    ]

    let request: CanonicalRequest
    let modelName: String
    let model: OpenAIModel
    let modelMaximum: Int?

    init(_ request: CanonicalRequest, model: String, modelMaximum: Int?) {
        self.request = request
        modelName = model
        self.model = OpenAIModel(model)
        self.modelMaximum = modelMaximum
    }

    func write(_ lossy: inout LossyNames, _ context: inout AnswerContext) -> [UInt8] {
        let names = ToolNames(request, limit: Self.nameLimit, &context)
        let extensions = carried(&lossy)
        let settings = settings(&lossy)
        let instructions = request.turns.prefix { $0.role == .system }
        var items = ResponsesItemWriter(names: names, isErrorName: request.names.isError, lossy: lossy)
        var writer = JSONWriter(capacity: 4096)
        writer.object { body in
            body.string("model", modelName)
            items.writeInstructions(Array(instructions), &body)
            body.array("input") { input in
                for turn in request.turns.dropFirst(instructions.count) { items.write(turn, &input) }
            }
            writeTools(names, &body)
            settings.write(&body)
            writeText(&body)
            for parameter in extensions { body.raw(parameter.name, parameter.value) }
            // The client holds the conversation; what it must bring back is given to it.
            body.boolean("store", false)
            if model.isOpenAIReasoning {
                body.array("include") { $0.string("reasoning.encrypted_content") }
            }
            if request.stream { body.boolean("stream", true) }
        }
        lossy = items.lossy
        return writer.bytes
    }

    private func carried(_ lossy: inout LossyNames) -> [CanonicalExtension] {
        request.extensions.filter { parameter in
            if parameter.name == "service_tier", parameter.value.equals("auto") { return false }
            if request.isOpenAI, Self.sharedExtensions.contains(parameter.name) { return true }
            lossy.add(parameter.name)
            return false
        }
    }

    // MARK: Parameters

    private struct Settings {
        var maximum: Int?
        var temperature: Double?
        var topP: Double?
        var effort: String?
        var user: (name: String, text: WireText)?

        func write(_ body: inout JSONFields) {
            if let maximum { body.integer("max_output_tokens", maximum) }
            if let temperature { body.double("temperature", temperature) }
            if let topP { body.double("top_p", topP) }
            if let effort { body.object("reasoning") { $0.string("effort", effort) } }
            if let user { body.value(user.name) { $0.text(user.text) } }
        }
    }

    private func settings(_ lossy: inout LossyNames) -> Settings {
        var settings = Settings()
        if let wanted = request.maxOutputTokens {
            let maximum = max(min(wanted, modelMaximum ?? wanted), Self.leastMaximum)
            if maximum != wanted { lossy.add(request.names.maxOutputTokens) }
            settings.maximum = maximum
        }
        if model.isOpenAIReasoning {
            if let value = request.temperature, value != 1 { lossy.add("temperature") }
            if let value = request.topP, value != 1 { lossy.add("top_p") }
        } else {
            settings.temperature = request.temperature
            settings.topP = request.topP
        }
        if request.topK != nil { lossy.add("top_k") }
        if !request.stopSequences.isEmpty { lossy.add(request.names.stop) }
        settings.effort = effort(&lossy)
        if let user = request.user {
            if user.escaped.count <= OpenAIRequestWriter.userLimit {
                let name = request.names.user == "safety_identifier" ? "safety_identifier" : "user"
                settings.user = (name, user)
            } else {
                lossy.add(request.names.user)
            }
        }
        return settings
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

    private func writeText(_ body: inout JSONFields) {
        guard request.format != nil || request.verbosity != nil else { return }
        body.object("text") { text in
            switch request.format {
            case nil: break
            case .jsonObject: text.object("format") { $0.string("type", "json_object") }
            case .schema(let schema, let name, let isStrict):
                text.object("format") { format in
                    format.string("type", "json_schema")
                    if let name, !name.isEmpty { format.text("name", name) } else { format.string("name", "answer") }
                    format.boolean("strict", isStrict && StrictSchema.allows(schema))
                    format.raw("schema", schema)
                }
            }
            if let verbosity = request.verbosity { text.string("verbosity", verbosity) }
        }
    }

    // MARK: Tools

    private func writeTools(_ names: ToolNames, _ body: inout JSONFields) {
        guard !request.tools.isEmpty else { return }
        body.array("tools") { tools in
            for tool in request.tools {
                tools.object { item in
                    item.string("type", "function")
                    item.string("name", names.upstream(tool.name))
                    if let description = tool.description { item.text("description", description) }
                    if let schema = tool.schema {
                        item.raw("parameters", schema)
                    } else {
                        item.object("parameters") { parameters in
                            parameters.string("type", "object")
                            parameters.object("properties") { _ in }
                        }
                    }
                    // The dialect is strict where nothing is said.
                    item.boolean("strict", tool.isStrict && tool.schema.map { StrictSchema.allows($0) } == true)
                }
            }
        }
        switch request.toolChoice {
        case nil: break
        case .auto: body.string("tool_choice", "auto")
        case .never: body.string("tool_choice", "none")
        case .required: body.string("tool_choice", "required")
        case .tool(let name):
            body.object("tool_choice") { choice in
                choice.string("type", "function")
                choice.string("name", names.upstream(name))
            }
        }
        if request.parallelToolCalls == false { body.boolean("parallel_tool_calls", false) }
    }
}

/// The upstream's names of tools, and the way back.
struct ToolNames: Sendable {
    private let limit: Int
    private var renamed: [String: String] = [:]

    /// Finds the tools whose names the upstream does not take, and tells the answer's translation of them.
    init(_ request: CanonicalRequest, limit: Int, _ context: inout AnswerContext) {
        self.limit = limit
        for tool in request.tools {
            let fitting = ToolNaming.fitting(tool.name, limit: limit)
            guard fitting != tool.name else { continue }
            renamed[tool.name] = fitting
            context.toolNames[fitting] = tool.name
        }
    }

    func upstream(_ name: String) -> String { renamed[name] ?? ToolNaming.fitting(name, limit: limit) }
}
