import JSON

/// Reads Anthropic's request into the canonical form.
struct AnthropicRequestReader {
    private var request = CanonicalRequest()
    private var lossy: LossyNames
    private var droppedTools: Set<String> = []
    private var choice: JSONCursor?
    private var effort: JSONCursor?

    private init(_ lossy: LossyNames) {
        self.lossy = lossy
        request.names.stop = "stop_sequences"
        request.names.parallelToolCalls = "tool_choice.disable_parallel_tool_use"
        request.names.reasoning = "thinking"
        request.names.user = "metadata.user_id"
        request.names.format = "output_config.format"
    }

    static func read(
        _ root: JSONCursor,
        _ facts: RequestFacts,
        _ lossy: inout LossyNames
    ) throws(DialectError) -> CanonicalRequest {
        var reader = AnthropicRequestReader(lossy)
        reader.request.stream = facts.stream
        reader.request.includeUsage = true
        reader.request.maxOutputTokens = facts.maxOutputTokens
        if let system = root.member("system"), !system.isNull { try reader.readSystem(system) }
        for (name, value) in root.members {
            guard !value.isNull, let name = name.string else { continue }
            try reader.read(name, value)
        }
        reader.readEffort()
        try reader.readChoice()
        lossy = reader.lossy
        return reader.request
    }

    private mutating func read(_ name: String, _ value: JSONCursor) throws(DialectError) {
        switch name {
        case "model", "stream", "max_tokens", "system": break
        case "messages": try readMessages(value)
        case "temperature": request.temperature = try RequestNumbers.double(value, name)
        case "top_p": request.topP = try RequestNumbers.double(value, name)
        case "top_k": request.topK = value.integer
        case "stop_sequences": try readStops(value)
        case "tools": try readTools(value)
        case "tool_choice": choice = value
        case "thinking": readThinking(value)
        case "metadata":
            for (member, value) in value.members {
                if member.equals("user_id") {
                    request.user = WireText(value)
                } else {
                    lossy.add("metadata")
                }
            }
        case "output_config":
            effort = value.member("effort")
            if let format = value.member("format"), !format.isNull { try readFormat(format, "output_config.format") }
        case "output_format": try readFormat(value, name)
        default: request.extensions.append(CanonicalExtension(name: name, value: value))
        }
    }

    private mutating func readSystem(_ value: JSONCursor) throws(DialectError) {
        let parts = try AnthropicPartReader.parts(value, "system", &lossy)
        request.turns.append(CanonicalTurn(role: .system, parts: parts))
    }

    private mutating func readMessages(_ messages: JSONCursor) throws(DialectError) {
        request.turns.reserveCapacity(messages.count + 1)
        for (index, message) in messages.elements.enumerated() {
            guard let role = message.member("role"), role.kind == .string else {
                throw DialectError("messages[\(index)].role", "is required")
            }
            guard let content = message.member("content"), !content.isNull else {
                throw DialectError("messages[\(index)].content", "is required")
            }
            let parts = try AnthropicPartReader.parts(content, "messages[\(index)].content", &lossy)
            if role.equals("user") {
                request.turns.append(CanonicalTurn(role: .user, parts: parts))
            } else if role.equals("assistant") {
                request.turns.append(CanonicalTurn(role: .assistant, parts: parts))
            } else if role.equals("system") {
                request.turns.append(CanonicalTurn(role: .system, parts: parts))
            } else {
                throw DialectError("messages[\(index)].role", "must be user or assistant")
            }
        }
    }

    private mutating func readStops(_ value: JSONCursor) throws(DialectError) {
        guard value.kind == .array else { throw DialectError("stop_sequences", "must be an array of strings") }
        for element in value.elements {
            guard let text = WireText(element) else {
                throw DialectError("stop_sequences", "must be an array of strings")
            }
            request.stopSequences.append(text)
        }
    }

    private mutating func readThinking(_ value: JSONCursor) {
        guard let type = value.member("type") else { return }
        if type.equals("disabled") {
            request.reasoning = .off
        } else if let budget = value.member("budget_tokens")?.integer {
            request.reasoning = .budget(budget)
        } else {
            request.reasoning = .effort("")
        }
    }

    /// The effort says how hard a model thinks that thinks.
    private mutating func readEffort() {
        guard let effort = effort?.string else { return }
        switch request.reasoning {
        case .effort, .budget: request.reasoning = .effort(effort)
        case .off, nil: lossy.add("output_config.effort")
        }
    }

    private mutating func readFormat(_ value: JSONCursor, _ name: String) throws(DialectError) {
        request.names.format = name
        guard value.member("type")?.equals("json_schema") == true else {
            lossy.add(name)
            return
        }
        guard let schema = value.member("schema"), schema.kind == .object else {
            throw DialectError("\(name).schema", "is required and must be an object")
        }
        request.format = .schema(schema, name: WireText(value.member("name")), isStrict: true)
    }
}

// MARK: Tools

extension AnthropicRequestReader {
    private mutating func readTools(_ value: JSONCursor) throws(DialectError) {
        guard value.kind == .array else { throw DialectError("tools", "must be an array") }
        for (index, tool) in value.elements.enumerated() {
            let type = tool.member("type")
            let name = tool.member("name")?.string ?? ""
            guard type == nil || type?.isNull == true || type?.equals("custom") == true else {
                // Tools that run at the provider, or that only its models know.
                lossy.add("tools[].type")
                droppedTools.insert(name)
                continue
            }
            guard !name.isEmpty else { throw DialectError("tools[\(index)].name", "is required") }
            let schema = tool.member("input_schema")
            guard schema == nil || schema?.isNull == true || schema?.kind == .object else {
                throw DialectError("tools[\(index)].input_schema", "must be an object")
            }
            let description = WireText(tool.member("description"))
            var read = CanonicalTool(
                name: name,
                description: description,
                schema: schema?.kind == .object ? schema : nil
            )
            read.cacheMark = CanonicalCacheMark(tool.member("cache_control"))
            request.tools.append(read)
        }
    }

    private mutating func readChoice() throws(DialectError) {
        guard let choice else { return }
        guard let type = choice.member("type") else { throw DialectError("tool_choice.type", "is required") }
        if choice.member("disable_parallel_tool_use")?.boolean == true { request.parallelToolCalls = false }
        if type.equals("auto") {
            request.toolChoice = .auto
        } else if type.equals("none") {
            request.toolChoice = .never
        } else if type.equals("any") {
            guard request.tools.isEmpty, !droppedTools.isEmpty else {
                request.toolChoice = .required
                return
            }
            lossy.add("tool_choice")
        } else if type.equals("tool") {
            guard let name = choice.member("name")?.string else {
                throw DialectError("tool_choice.name", "is required")
            }
            if droppedTools.contains(name) { lossy.add("tool_choice") } else { request.toolChoice = .tool(name) }
        } else {
            throw DialectError("tool_choice.type", "must be auto, any, tool or none")
        }
    }
}
