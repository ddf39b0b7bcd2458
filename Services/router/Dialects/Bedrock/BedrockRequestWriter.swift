import JSON

/// Writes the canonical request in the dialect of Bedrock's Converse.
///
/// The model and whether it streams stand in the path. Its rules about turns are Anthropic's.
struct BedrockRequestWriter {
    /// The longest id of a tool call.
    static let idLimit = 64
    /// The longest name of a tool.
    static let nameLimit = 64

    private let request: CanonicalRequest
    private let model: BedrockModel
    private var arrangement: AnthropicRequestWriter

    init(_ request: CanonicalRequest, model: String, modelMaximum: Int?) {
        self.request = request
        self.model = BedrockModel(model)
        var arranged = request
        // Only Anthropic's models are told how to think and can be made to call a tool for their answer.
        if !self.model.isClaude {
            arranged.reasoning = nil
            arranged.format = nil
            for place in arranged.turns.indices where arranged.turns[place].parts.contains(where: \.isThinking) {
                arranged.turns[place].parts.removeAll(where: \.isThinking)
            }
        }
        arrangement = AnthropicRequestWriter(arranged, model: model, modelMaximum: modelMaximum)
    }

    private var isClaude: Bool { model.isClaude }

    mutating func write(_ lossy: inout LossyNames, _ context: inout AnswerContext) -> [UInt8] {
        let maximum = arrangement.arrange(&lossy, &context)
        if !isClaude, let format = request.format { arrangement.say(format) }
        let names = ToolNames(request, limit: Self.nameLimit, &context)
        nameWhatIsLost(&lossy)
        let sampling = arrangement.sampling(&lossy)
        let effort = effort(&lossy)
        let tools = BedrockToolWriter(request: request, arrangement: arrangement, names: names, lossy: &lossy)
        var contents = BedrockContentWriter(names: names, lossy: lossy)
        let stops = request.stopSequences.filter { !$0.isBlank }
        var writer = JSONWriter(capacity: 4096)
        writer.object { body in
            body.array("messages") { items in
                for turn in arrangement.turns { items.object { contents.write(turn, &$0) } }
            }
            if !arrangement.system.isEmpty {
                body.array("system") { items in
                    for instruction in arrangement.system {
                        items.object { $0.text("text", instruction.text) }
                        instruction.cacheMark?.writePoint(&items)
                    }
                }
            }
            let asksForMaximum = request.maxOutputTokens != nil || arrangement.plan.isOn
            if asksForMaximum || sampling.temperature != nil || sampling.topP != nil || !stops.isEmpty {
                body.object("inferenceConfig") { config in
                    if asksForMaximum { config.integer("maxTokens", maximum) }
                    if let temperature = sampling.temperature { config.double("temperature", temperature) }
                    if let topP = sampling.topP { config.double("topP", topP) }
                    if !stops.isEmpty {
                        config.array("stopSequences") { items in for stop in stops { items.text(stop) } }
                    }
                }
            }
            tools.write(&body)
            let topK = isClaude ? sampling.topK : nil
            guard arrangement.plan.isOn || topK != nil || effort != nil else { return }
            body.object("additionalModelRequestFields") { fields in
                arrangement.plan.write(&fields)
                if let topK { fields.integer("top_k", topK) }
                if let effort { fields.string("reasoning_effort", effort) }
            }
        }
        lossy = contents.lossy
        return writer.bytes
    }

    private func nameWhatIsLost(_ lossy: inout LossyNames) {
        for parameter in request.extensions { lossy.add(parameter.name) }
        if request.user != nil { lossy.add(request.names.user) }
        if request.verbosity != nil { lossy.add(request.names.verbosity) }
        if request.tools.contains(where: \.isStrict) { lossy.add(request.names.strict) }
        if request.parallelToolCalls == false, !request.tools.isEmpty { lossy.add(request.names.parallelToolCalls) }
        guard !isClaude else { return }
        if request.topK != nil { lossy.add("top_k") }
        if request.turns.contains(where: { $0.parts.contains(where: \.isThinking) }) {
            lossy.add(request.names.thinking)
        }
    }

    /// OpenAI's open models are told how hard to think; others than these and Anthropic's are not told.
    private func effort(_ lossy: inout LossyNames) -> String? {
        guard !isClaude, let reasoning = request.reasoning else { return nil }
        let effort: String
        switch reasoning {
        case .off: return nil
        case .effort(let word): effort = OpenAIModel("gpt-oss").effort(word)
        case .budget(let budget): effort = OpenAIModel.effort(budget: budget)
        }
        if model.takesEffort { return effort }
        lossy.add(request.names.reasoning)
        return nil
    }
}

/// Writes tools and the choice among them in Bedrock's dialect.
struct BedrockToolWriter {
    private let request: CanonicalRequest
    private let formatTool: (name: String, schema: JSONCursor)?
    private let names: ToolNames
    /// The tools of a conversation that goes on without them: the dialect wants to know them still.
    private let remembered: [String]
    private let isLeftOut: Bool

    init(
        request: CanonicalRequest,
        arrangement: AnthropicRequestWriter,
        names: ToolNames,
        lossy: inout LossyNames
    ) {
        self.request = request
        self.names = names
        formatTool = arrangement.formatTool
        let called = AnthropicToolWriter.called(in: arrangement.turns, BedrockRequestWriter.nameLimit)
        remembered = request.tools.isEmpty && arrangement.formatTool == nil ? called : []
        // The dialect has no word for none: tools that may not be called go, where nothing in the conversation needs them.
        isLeftOut = request.toolChoice == .never && arrangement.formatTool == nil && called.isEmpty
        if request.toolChoice == .never, !request.tools.isEmpty, !called.isEmpty { lossy.add(request.names.toolChoice) }
    }

    func write(_ body: inout JSONFields) {
        guard !isLeftOut, !request.tools.isEmpty || formatTool != nil || !remembered.isEmpty else { return }
        body.object("toolConfig") { config in
            config.array("tools") { tools in
                for tool in request.tools {
                    write(names.upstream(tool.name), tool.description, tool.schema, &tools)
                    tool.cacheMark?.writePoint(&tools)
                }
                if let formatTool {
                    let purpose = WireText("Gives the answer. Call it once, with the whole answer.")
                    write(formatTool.name, purpose, formatTool.schema, &tools)
                }
                for name in remembered { write(name, nil, nil, &tools) }
            }
            writeChoice(&config)
        }
    }

    private func write(
        _ name: String,
        _ description: WireText?,
        _ schema: JSONCursor?,
        _ tools: inout JSONItems
    ) {
        tools.object { tool in
            tool.object("toolSpec") { spec in
                spec.string("name", name)
                if let description, !description.isEmpty { spec.text("description", description) }
                spec.object("inputSchema") { input in
                    if let schema, schema.member("type") != nil {
                        input.raw("json", schema)
                    } else {
                        // The dialect demands the word.
                        input.object("json") { json in
                            json.string("type", "object")
                            for (name, value) in schema?.members.map({ ($0, $1) }) ?? [] {
                                if let name = name.string { json.raw(name, value) }
                            }
                        }
                    }
                }
            }
        }
    }

    private func writeChoice(_ config: inout JSONFields) {
        if let formatTool {
            let isAlone = request.tools.isEmpty || request.toolChoice == .never
            return config.object("toolChoice") { choice in
                if isAlone {
                    choice.object("tool") { $0.string("name", formatTool.name) }
                } else {
                    choice.object("any") { _ in }
                }
            }
        }
        switch request.toolChoice {
        case nil, .auto, .never: return
        case .required: config.object("toolChoice") { $0.object("any") { _ in } }
        case .tool(let name):
            config.object("toolChoice") { choice in
                choice.object("tool") { $0.string("name", names.upstream(name)) }
            }
        }
    }
}
