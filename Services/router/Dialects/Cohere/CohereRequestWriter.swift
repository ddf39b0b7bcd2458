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
        request.nameUnsaid(without: [.choices, .topLogprobs], &lossy)
        let settings = settings(&lossy)
        let tools = tools
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

    // MARK: Tools

    /// The dialect cannot demand one tool: the others are left out, and a call is required.
    private var tools: [CanonicalTool] {
        if case .tool(let name) = request.toolChoice { return request.tools.filter { $0.name == name } }
        return request.tools
    }

    private func write(_ tools: [CanonicalTool], _ names: ToolNames, _ body: inout JSONFields) {
        guard !tools.isEmpty else { return }
        body.array("tools") { items in
            for tool in tools {
                items.object { FunctionTool.write(tool, name: names.upstream(tool.name), &$0) }
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

    private static let words = RequestSettings.Words(
        maximum: "max_tokens",
        temperature: "temperature",
        topP: "p",
        topK: "k",
        stops: "stop_sequences",
        shared: [
            (.seed, "seed"), (.presencePenalty, "presence_penalty"), (.frequencyPenalty, "frequency_penalty"),
            (.logprobs, "logprobs"),
        ]
    )

    private func settings(_ lossy: inout LossyNames) -> RequestSettings {
        var settings = RequestSettings(
            request,
            modelMaximum: modelMaximum,
            stopLimit: Self.stopLimit,
            words: Self.words,
            &lossy
        )
        settings.temperature = request.temperature.map { max($0, 0) }
        // One means no bound, which goes without saying.
        settings.topP = request.topP.flatMap { $0 >= 1 ? nil : min(max($0, 0.01), 0.99) }
        settings.topK = request.topK.map { min(max($0, 0), 500) }
        if let topK = request.topK, topK != settings.topK { lossy.add("top_k") }
        settings.shared.removeAll { parameter, name, value in
            let isPenalty = parameter == .presencePenalty || parameter == .frequencyPenalty
            guard isPenalty, let number = value.double, !(0...1).contains(number) else { return false }
            lossy.add(String("\(name)"))
            return true
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
        isReasoning = ModelName(name).holds("reasoning")
    }
}
