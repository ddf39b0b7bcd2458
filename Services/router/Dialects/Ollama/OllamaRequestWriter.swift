import JSON

/// Writes the canonical request in Ollama's dialect.
struct OllamaRequestWriter {
    let request: CanonicalRequest
    let modelName: String
    let model: OllamaModel
    let modelMaximum: Int?

    init(_ request: CanonicalRequest, model: String, modelMaximum: Int?) {
        self.request = request
        modelName = model
        self.model = OllamaModel(model)
        self.modelMaximum = modelMaximum
    }

    mutating func write(_ lossy: inout LossyNames) -> [UInt8] {
        request.nameUnsaid(without: [.choices], &lossy)
        if request.tools.contains(where: \.isStrict) { lossy.add(request.names.strict) }
        let tools = tools(&lossy)
        let options = RequestSettings(request, modelMaximum: modelMaximum, words: Self.options, &lossy)
        let think = think(&lossy)
        var messages = OllamaMessageWriter(isErrorName: request.names.isError, lossy: lossy)
        var writer = JSONWriter(capacity: 4096)
        writer.object { body in
            body.string("model", modelName)
            body.array("messages") { items in
                for turn in request.turns { messages.write(turn, &items) }
            }
            if !tools.isEmpty {
                body.array("tools") { items in
                    for tool in tools { items.object { FunctionTool.write(tool, name: tool.name, &$0) } }
                }
            }
            switch request.format {
            case nil: break
            case .jsonObject: body.string("format", "json")
            case .schema(let schema, _, _): body.raw("format", schema)
            }
            think?.write(&body)
            if options.isPresent { body.object("options") { options.write(&$0) } }
            for (parameter, name) in Self.topLevel {
                if let value = request.shared(parameter) { body.raw(name, value) }
            }
            // The dialect streams unless it is told not to.
            body.boolean("stream", request.stream)
        }
        lossy = messages.lossy
        return writer.bytes
    }

    private static let topLevel: [(SharedParameter, StaticString)] = [
        (.logprobs, "logprobs"), (.topLogprobs, "top_logprobs"),
    ]

    private static let options = RequestSettings.Words(
        maximum: "num_predict",
        temperature: "temperature",
        topP: "top_p",
        topK: "top_k",
        stops: "stop",
        shared: [
            (.seed, "seed"), (.presencePenalty, "presence_penalty"), (.frequencyPenalty, "frequency_penalty"),
        ]
    )

    // MARK: Tools

    /// The dialect has no choice among tools: those that may not be called are left out, and a call is not demanded.
    private func tools(_ lossy: inout LossyNames) -> [CanonicalTool] {
        switch request.toolChoice {
        case nil, .auto: return request.tools
        case .never: return []
        case .required:
            lossy.add(request.names.toolChoice)
            return request.tools
        case .tool(let name):
            lossy.add(request.names.toolChoice)
            return request.tools.filter { $0.name == name }
        }
    }

    // MARK: Thinking

    private enum Think {
        case flag(Bool)
        case level(String)

        func write(_ body: inout JSONFields) {
            switch self {
            case .flag(let wanted): body.boolean("think", wanted)
            case .level(let word): body.string("think", word)
            }
        }
    }

    /// A model that does not think refuses to be asked for it.
    private func think(_ lossy: inout LossyNames) -> Think? {
        guard let reasoning = request.reasoning else { return nil }
        let level: String
        switch reasoning {
        case .off:
            guard model.thinksByLevel else { return .flag(false) }
            // These cannot be told not to.
            lossy.add(request.names.reasoning)
            return .level("low")
        case .effort(let word):
            level = ["minimal": "low", "low": "low", "high": "high", "xhigh": "high", "max": "high"][word] ?? "medium"
        case .budget(let budget): level = OpenAIModel.effort(budget: budget)
        }
        guard model.thinks else {
            lossy.add(request.names.reasoning)
            return nil
        }
        return model.thinksByLevel ? .level(level) : .flag(true)
    }
}

/// What a model behind Ollama accepts, judged by its name.
struct OllamaModel: Sendable {
    private let name: ModelName

    init(_ name: String) {
        self.name = ModelName(name).bare
    }

    private static let thinkers: [StaticString] = [
        "qwen3", "qwq", "deepseek-r1", "deepseek-v3", "magistral", "glm", "kimi", "minimax", "cogito", "phi4-reasoning",
        "nemotron",
    ]

    /// Whether it is told how hard to think, and cannot be told not to.
    var thinksByLevel: Bool { name.begins(with: "gpt-oss") }

    /// Whether it thinks when it is asked to.
    var thinks: Bool { thinksByLevel || name.holds(anyOf: Self.thinkers) }
}
