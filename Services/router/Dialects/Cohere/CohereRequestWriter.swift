import JSON

/// Writes the canonical request in the dialect of Cohere's second chat API.
struct CohereRequestWriter {
    /// The longest id of a tool call.
    static let idLimit = 64
    /// The longest name of a tool.
    static let nameLimit = 64
    /// The most stop sequences.
    static let stopLimit = 5

    let request: CanonicalRequest
    let modelName: String
    let model: CohereModel
    let modelMaximum: Int?

    init(_ request: CanonicalRequest, model: String, modelMaximum: Int?) {
        self.request = request
        modelName = model
        self.model = CohereModel(model)
        self.modelMaximum = modelMaximum
    }

    mutating func write(_ lossy: inout LossyNames, _ context: inout AnswerContext) -> [UInt8] {
        let names = ToolNames(request, limit: Self.nameLimit, &context)
        nameWhatIsLost(&lossy)
        let settings = settings(&lossy)
        let tools = tools(&lossy)
        let thinking = thinking(&lossy)
        var messages = CohereMessageWriter(names: names, isReasoning: model.isReasoning, lossy: lossy)
        var writer = JSONWriter(capacity: 4096)
        writer.object { body in
            body.string("model", modelName)
            body.array("messages") { items in
                if let words = formatInWords {
                    messages.write(CanonicalTurn(role: .system, parts: [.text(words)]), &items)
                }
                for turn in request.turns { messages.write(turn, &items) }
            }
            write(tools, names, &body)
            settings.write(&body)
            if tools.isEmpty { writeFormat(&body) }
            thinking?.write(&body)
            body.boolean("stream", request.stream)
        }
        lossy = messages.lossy
        return writer.bytes
    }

    private func nameWhatIsLost(_ lossy: inout LossyNames) {
        for parameter in request.extensions {
            let isUnknown = [SharedParameter.choices, .topLogprobs].contains { $0.names.contains(parameter.name) }
            if isUnknown || !request.isShared(parameter) { lossy.add(parameter.name) }
        }
        if request.user != nil { lossy.add(request.names.user) }
        if request.verbosity != nil { lossy.add(request.names.verbosity) }
        if request.wantsReasoningSummary { lossy.add(request.names.summary) }
        if request.parallelToolCalls == false, !request.tools.isEmpty { lossy.add("parallel_tool_calls") }
    }

    // MARK: Tools

    /// The dialect cannot demand one tool: the others are left out, and a call is required.
    private func tools(_ lossy: inout LossyNames) -> [CanonicalTool] {
        if case .tool(let name) = request.toolChoice { return request.tools.filter { $0.name == name } }
        return request.tools
    }

    private func write(_ tools: [CanonicalTool], _ names: ToolNames, _ body: inout JSONFields) {
        guard !tools.isEmpty else { return }
        body.array("tools") { items in
            for tool in tools {
                items.object { item in
                    item.string("type", "function")
                    item.object("function") { function in
                        function.string("name", names.upstream(tool.name))
                        if let description = tool.description { function.text("description", description) }
                        if let schema = tool.schema {
                            function.raw("parameters", schema)
                        } else {
                            function.object("parameters") { parameters in
                                parameters.string("type", "object")
                                parameters.object("properties") { _ in }
                            }
                        }
                    }
                }
            }
        }
        // Of all tools or of none.
        if tools.allSatisfy(\.isStrict) { body.boolean("strict_tools", true) }
        switch request.toolChoice {
        case nil, .auto: return
        case .never: body.string("tool_choice", "NONE")
        case .required, .tool: body.string("tool_choice", "REQUIRED")
        }
    }

    // MARK: Parameters

    private struct Settings {
        var maximum: Int?
        var temperature: Double?
        var topP: Double?
        var topK: Int?
        var stops: [WireText] = []
        var shared: [(name: StaticString, value: JSONCursor)] = []

        func write(_ body: inout JSONFields) {
            if let maximum { body.integer("max_tokens", maximum) }
            if let temperature { body.double("temperature", temperature) }
            if let topP { body.double("p", topP) }
            if let topK { body.integer("k", topK) }
            if !stops.isEmpty { body.array("stop_sequences") { items in for stop in stops { items.text(stop) } } }
            for (name, value) in shared { body.raw(name, value) }
        }
    }

    private func settings(_ lossy: inout LossyNames) -> Settings {
        var settings = Settings()
        settings.maximum = request.maxOutputTokens
        if let modelMaximum, let wanted = settings.maximum, wanted > modelMaximum {
            lossy.add(request.names.maxOutputTokens)
            settings.maximum = modelMaximum
        }
        settings.temperature = request.temperature.map { max($0, 0) }
        settings.topP = request.topP.map { min(max($0, 0.01), 0.99) }
        // One means no bound, which goes without saying.
        if let topP = request.topP, topP >= 1 { settings.topP = nil }
        settings.topK = request.topK.map { min(max($0, 0), 500) }
        if let topK = request.topK, topK != settings.topK { lossy.add("top_k") }
        let stops = request.stopSequences.filter { !$0.isEmpty }
        settings.stops = Array(stops.prefix(Self.stopLimit))
        if stops.count > Self.stopLimit { lossy.add(request.names.stop) }
        let names: [(SharedParameter, StaticString)] = [
            (.seed, "seed"), (.presencePenalty, "presence_penalty"), (.frequencyPenalty, "frequency_penalty"),
            (.logprobs, "logprobs"),
        ]
        for (parameter, name) in names {
            guard let value = request.shared(parameter) else { continue }
            let isPenalty = parameter == .presencePenalty || parameter == .frequencyPenalty
            if isPenalty, let number = value.double, !(0...1).contains(number) {
                lossy.add(String("\(name)"))
            } else {
                settings.shared.append((name, value))
            }
        }
        return settings
    }

    private enum Thinking {
        case off
        case on(budget: Int?)

        func write(_ body: inout JSONFields) {
            body.object("thinking") { thinking in
                switch self {
                case .off: thinking.string("type", "disabled")
                case .on(let budget):
                    thinking.string("type", "enabled")
                    if let budget { thinking.integer("token_budget", budget) }
                }
            }
        }
    }

    private func thinking(_ lossy: inout LossyNames) -> Thinking? {
        guard let reasoning = request.reasoning else { return nil }
        guard model.isReasoning else {
            if reasoning != .off { lossy.add(request.names.reasoning) }
            return nil
        }
        switch reasoning {
        case .off: return .off
        case .budget(let budget): return .on(budget: budget)
        case .effort(let word):
            let budget = GeminiModel.budget(effort: word)
            return .on(budget: budget < 0 ? nil : budget)
        }
    }

    // MARK: The answer's form

    /// Beside tools the dialect refuses a form: there it is asked for in words.
    private var formatInWords: WireText? {
        request.tools.isEmpty ? nil : request.format?.words
    }

    private func writeFormat(_ body: inout JSONFields) {
        guard let format = request.format else { return }
        body.object("response_format") { fields in
            fields.string("type", "json_object")
            if case .schema(let schema, _, _) = format { fields.raw("json_schema", schema) }
        }
    }
}

/// What a model of Cohere's accepts, judged by its name.
struct CohereModel: Sendable {
    /// Whether it thinks, and is told how much.
    let isReasoning: Bool

    init(_ name: String) {
        isReasoning = name.lowercased().contains("reasoning")
    }
}
