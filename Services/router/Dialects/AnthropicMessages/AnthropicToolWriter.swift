import JSON

/// Writes tools and the choice among them in Anthropic's dialect.
struct AnthropicToolWriter {
    let request: CanonicalRequest
    let names: [String: String]
    let turns: [CanonicalTurn]
    let formatTool: (name: String, schema: JSONCursor)?

    func write(_ body: inout JSONFields) {
        let remembered =
            request.tools.isEmpty && formatTool == nil ? Self.called(in: turns, AnthropicRequestWriter.nameLimit) : []
        guard !request.tools.isEmpty || formatTool != nil || !remembered.isEmpty else { return }
        body.array("tools") { tools in
            for tool in request.tools { tools.object { write(tool, &$0) } }
            if let formatTool {
                tools.object { tool in
                    tool.string("name", formatTool.name)
                    tool.string("description", "Gives the answer. Call it once, with the whole answer.")
                    tool.raw("input_schema", formatTool.schema)
                }
            }
            for name in remembered {
                tools.object { tool in
                    tool.string("name", name)
                    tool.object("input_schema") { $0.string("type", "object") }
                }
            }
        }
        writeChoice(isRemembered: !remembered.isEmpty, &body)
    }

    private func write(_ tool: CanonicalTool, _ fields: inout JSONFields) {
        fields.string("name", names[tool.name] ?? tool.name)
        if let description = tool.description, !description.isEmpty { fields.text("description", description) }
        tool.cacheMark?.write(&fields)
        guard let schema = tool.schema else {
            fields.object("input_schema") { $0.string("type", "object") }
            return
        }
        if schema.member("type") != nil { return fields.raw("input_schema", schema) }
        // The dialect demands the word.
        let rest = schema.raw.dropFirst()
        let head = Array((schema.count == 0 ? #"{"type":"object""# : #"{"type":"object","#).utf8)
        fields.raw("input_schema", head + rest)
    }

    private func writeChoice(isRemembered: Bool, _ body: inout JSONFields) {
        let isSerial = request.parallelToolCalls == false
        let choice: (type: String, name: String?)
        if let formatTool {
            let isAlone = request.tools.isEmpty || request.toolChoice == .never
            choice = isAlone ? ("tool", formatTool.name) : ("any", nil)
        } else if isRemembered {
            choice = ("none", nil)
        } else {
            switch request.toolChoice {
            case nil where !isSerial: return
            case nil, .auto: choice = ("auto", nil)
            case .never: choice = ("none", nil)
            case .required: choice = ("any", nil)
            case .tool(let name): choice = ("tool", names[name] ?? name)
            }
        }
        body.object("tool_choice") { fields in
            fields.string("type", choice.type)
            if let name = choice.name { fields.string("name", name) }
            if isSerial, choice.type != "none" { fields.boolean("disable_parallel_tool_use", true) }
        }
    }

    /// The tools of a conversation that goes on without them: the dialect wants to know them still.
    static func called(in turns: [CanonicalTurn], _ limit: Int) -> [String] {
        var names: [String] = []
        var known: Set<String> = []
        for turn in turns where turn.role == .assistant {
            for case .toolCall(let call) in turn.parts {
                let name = ToolNaming.fitting(call.name, limit: limit)
                if known.insert(name).inserted { names.append(name) }
            }
        }
        return names
    }
}
