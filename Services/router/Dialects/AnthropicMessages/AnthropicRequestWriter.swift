import JSON

/// Writes the canonical request in Anthropic's dialect.
struct AnthropicRequestWriter {
    /// The longest id of a tool call that all of the dialect's servers take.
    static let idLimit = 64
    /// The longest name of a tool.
    static let nameLimit = 128
    /// What is sent where neither the client nor the catalogue says how much the model may say.
    static let defaultMaximum = 4096

    let request: CanonicalRequest
    let modelName: String
    let model: AnthropicModel
    let modelMaximum: Int?
    var turns: [CanonicalTurn] = []
    var system: [AnthropicTurns.Instruction] = []
    var formatTool: (name: String, schema: JSONCursor)?
    var plan = AnthropicThinkingPlan.off

    init(_ request: CanonicalRequest, model: String, modelMaximum: Int?) {
        self.request = request
        modelName = model
        self.model = AnthropicModel(model)
        self.modelMaximum = modelMaximum
    }

    /// Arranges turns, instructions, the answer's form and the thinking, in which Bedrock's dialect has the same rules.
    ///
    /// - Returns: The most output tokens to ask for.
    mutating func arrange(_ lossy: inout LossyNames, _ context: inout AnswerContext) -> Int {
        (system, turns) = AnthropicTurns.arrange(request, &lossy)
        arrangeFormat(&lossy)
        context.formatTool = formatTool?.name
        let maximum = maximumTokens(&lossy)
        plan = AnthropicThinkingPlan.make(self, maximum: maximum, &lossy)
        return plan.maximum ?? maximum
    }

    mutating func write(_ lossy: inout LossyNames, _ context: inout AnswerContext) -> [UInt8] {
        let maximum = arrange(&lossy, &context)
        let names = Self.renamed(request, &context)
        nameExtensions(&lossy)
        if request.tools.contains(where: \.isStrict) { lossy.add(request.names.strict) }
        if request.verbosity != nil { lossy.add(request.names.verbosity) }
        let settings = sampling(&lossy)
        let tier = serviceTier
        let user = userID(&lossy)
        let stops = request.stopSequences.filter { !$0.isBlank }
        if stops.count < request.stopSequences.count { lossy.add(request.names.stop) }
        var writer = JSONWriter(capacity: 4096)
        writer.object { body in
            body.string("model", modelName)
            body.integer("max_tokens", maximum)
            if request.stream { body.boolean("stream", true) }
            writeSystem(&body)
            AnthropicToolWriter(request: request, names: names, turns: turns, formatTool: formatTool).write(&body)
            body.array("messages") { messages in
                for (index, turn) in turns.enumerated() {
                    let blocks = AnthropicBlockWriter(names: names)
                    messages.object { blocks.write(turn, isLast: index == turns.count - 1, &$0) }
                }
            }
            plan.write(&body)
            if let temperature = settings.temperature { body.double("temperature", temperature) }
            if let topP = settings.topP { body.double("top_p", topP) }
            if let topK = settings.topK { body.integer("top_k", topK) }
            if !stops.isEmpty {
                body.array("stop_sequences") { items in for stop in stops { items.text(stop) } }
            }
            if let tier { body.string("service_tier", tier) }
            if let user { body.object("metadata") { $0.text("user_id", user) } }
        }
        return writer.bytes
    }

    private func writeSystem(_ body: inout JSONFields) {
        guard let first = system.first else { return }
        guard system.count > 1 || first.cacheMark != nil else { return body.text("system", first.text) }
        body.array("system") { blocks in
            for instruction in system {
                blocks.object { block in
                    block.string("type", "text")
                    block.text("text", instruction.text)
                    instruction.cacheMark?.write(&block)
                }
            }
        }
    }

    // MARK: Parameters

    /// What the client asked for, within what the model can.
    private func maximumTokens(_ lossy: inout LossyNames) -> Int {
        guard let wanted = request.maxOutputTokens else { return modelMaximum ?? Self.defaultMaximum }
        guard let modelMaximum, wanted > modelMaximum else { return wanted }
        lossy.add(request.names.maxOutputTokens)
        return modelMaximum
    }

    struct Sampling {
        var temperature: Double?
        var topP: Double?
        var topK: Int?
    }

    func sampling(_ lossy: inout LossyNames) -> Sampling {
        var sampling = Sampling()
        let isThinking = plan.isOn
        if let wanted = request.temperature {
            let clamped = min(max(wanted, 0), 1)
            if isThinking || model.refusesSampling {
                if wanted != 1 { lossy.add("temperature") }
            } else {
                if clamped != wanted { lossy.add("temperature") }
                sampling.temperature = clamped
            }
        }
        if let wanted = request.topP, wanted < 1 {
            let isRefused =
                model.refusesSampling || (isThinking && wanted < 0.95)
                || (sampling.temperature != nil && model.refusesBothSamplings)
            if isRefused { lossy.add("top_p") } else { sampling.topP = max(wanted, 0) }
        }
        if let wanted = request.topK, wanted > 0 {
            if isThinking || model.refusesSampling { lossy.add("top_k") } else { sampling.topK = wanted }
        }
        return sampling
    }

    private var serviceTier: String? {
        let tier = request.extensions.first { $0.name == "service_tier" }?.value
        return tier?.equals("default") == true ? "standard_only" : nil
    }

    private func nameExtensions(_ lossy: inout LossyNames) {
        for parameter in request.extensions {
            if parameter.name == "service_tier", parameter.value.equals("default") { continue }
            lossy.add(parameter.name)
        }
    }

    private func userID(_ lossy: inout LossyNames) -> WireText? {
        guard let user = request.user else { return nil }
        guard user.escaped.count <= 256 else {
            lossy.add(request.names.user)
            return nil
        }
        return user
    }

    /// The upstream's name of each tool whose name it does not take.
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

    // MARK: The answer's form

    /// Asks for a form in words.
    mutating func say(_ format: CanonicalFormat) {
        system.append(AnthropicTurns.Instruction(text: format.words))
    }

    /// Makes a schema a tool that the model must call and whose arguments are the answer.
    ///
    /// What no tool can hold is asked for in words.
    private mutating func arrangeFormat(_ lossy: inout LossyNames) {
        switch request.format {
        case nil: return
        case .jsonObject?: say(.jsonObject)
        case .schema(let schema, _, _)?:
            // A call that the client forces comes before the answer.
            if case .tool = request.toolChoice { return lossy.add(request.names.format) }
            guard schema.member("type")?.equals("object") == true else {
                if let format = request.format { say(format) }
                return
            }
            var name = "answer_as_json"
            while request.tools.contains(where: { $0.name == name }) { name += "_" }
            formatTool = (name, schema)
        }
    }
}
