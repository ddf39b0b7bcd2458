import JSON

/// Reads OpenAI's request into the canonical form.
struct OpenAIRequestReader {
    private var request = CanonicalRequest()
    private var lossy: LossyNames
    /// Tools of kinds that no other dialect has; a choice of one goes with it.
    private var droppedTools: Set<String> = []
    private var choice: JSONCursor?

    private init(_ lossy: LossyNames) {
        self.lossy = lossy
        request.isOpenAI = true
    }

    static func read(
        _ root: JSONCursor,
        _ facts: RequestFacts,
        _ lossy: inout LossyNames
    ) throws(DialectError) -> CanonicalRequest {
        var reader = OpenAIRequestReader(lossy)
        reader.request.stream = facts.stream
        reader.request.includeUsage = facts.includeUsage
        reader.request.maxOutputTokens = facts.maxOutputTokens
        for (name, value) in root.members {
            guard !value.isNull, let name = name.string else { continue }
            try reader.read(name, value)
        }
        try reader.readChoice()
        lossy = reader.lossy
        return reader.request
    }

    private mutating func read(_ name: String, _ value: JSONCursor) throws(DialectError) {
        switch name {
        case "model", "stream", "stream_options": break
        case "messages": try readMessages(value)
        case "max_tokens":
            if request.names.maxOutputTokens != "max_completion_tokens" { request.names.maxOutputTokens = name }
        case "max_completion_tokens": request.names.maxOutputTokens = name
        case "temperature": request.temperature = try RequestNumbers.double(value, name)
        case "top_p": request.topP = try RequestNumbers.double(value, name)
        case "top_k": request.topK = value.integer
        case "stop": try readStop(value)
        case "tools": try readTools(value)
        case "functions": try readFunctions(value)
        case "tool_choice", "function_call": choice = value
        case "parallel_tool_calls": request.parallelToolCalls = value.boolean
        case "reasoning_effort", "reasoning", "thinking": readReasoning(name, value)
        case "response_format": try readFormat(value)
        case "user", "safety_identifier":
            if let user = WireText(value), !user.isEmpty {
                request.user = user
                request.names.user = name
            }
        case "verbosity": request.verbosity = value.string
        case "n" where value.integer == 1: break
        default:
            if !Self.isDefault(name, value) { request.extensions.append(CanonicalExtension(name: name, value: value)) }
        }
    }

    /// Whether a parameter says what goes without saying, so that leaving it out changes nothing.
    private static func isDefault(_ name: String, _ value: JSONCursor) -> Bool {
        switch value.kind {
        case .boolean: value.boolean == false
        case .number: value.double == 0 && name != "seed"
        case .array: value.count == 0 || (name == "modalities" && value.count == 1 && value[0]?.equals("text") == true)
        case .object: value.count == 0
        case .string: name == "service_tier" && value.equals("auto")
        case .null: true
        }
    }

    private mutating func readMessages(_ messages: JSONCursor) throws(DialectError) {
        request.turns.reserveCapacity(messages.count)
        for (index, message) in messages.elements.enumerated() {
            var reader = OpenAIMessageReader(index: index)
            let turn = try reader.read(message, &lossy)
            // Results that stand in a row belong to one turn.
            if reader.isResult, let last = request.turns.indices.last, request.turns[last].role == .user,
                request.turns[last].parts.allSatisfy(\.isToolResult)
            {
                request.turns[last].parts += turn.parts
            } else {
                request.turns.append(turn)
            }
        }
    }

    private mutating func readStop(_ value: JSONCursor) throws(DialectError) {
        if let text = WireText(value) {
            request.stopSequences = [text]
            return
        }
        guard value.kind == .array else { throw DialectError("stop", "must be a string or an array of strings") }
        for element in value.elements {
            guard let text = WireText(element) else {
                throw DialectError("stop", "must be a string or an array of strings")
            }
            request.stopSequences.append(text)
        }
    }

    private mutating func readReasoning(_ name: String, _ value: JSONCursor) {
        request.names.reasoning = name
        if let effort = value.string {
            request.reasoning = effort == "none" ? .off : .effort(effort)
        } else if value.member("enabled")?.boolean == false || value.member("type")?.equals("disabled") == true {
            request.reasoning = .off
        } else if let budget = value.member("max_tokens")?.integer ?? value.member("budget_tokens")?.integer {
            request.reasoning = .budget(budget)
        } else if let effort = value.member("effort")?.string {
            request.reasoning = effort == "none" ? .off : .effort(effort)
        } else if request.reasoning == nil, value.kind == .object {
            request.reasoning = .effort("medium")
        }
    }

    private mutating func readFormat(_ value: JSONCursor) throws(DialectError) {
        guard let type = value.member("type") else {
            throw DialectError("response_format.type", "is required")
        }
        if type.equals("json_object") {
            request.format = .jsonObject
        } else if type.equals("json_schema") {
            let format = value.member("json_schema")
            guard let schema = format?.member("schema"), schema.kind == .object else {
                throw DialectError("response_format.json_schema.schema", "is required and must be an object")
            }
            request.format = .schema(
                schema,
                name: WireText(format?.member("name")),
                isStrict: format?.member("strict")?.boolean ?? false
            )
        } else if !type.equals("text") {
            lossy.add("response_format")
        }
    }
}

// MARK: Tools

extension OpenAIRequestReader {
    private mutating func readTools(_ value: JSONCursor) throws(DialectError) {
        guard value.kind == .array else { throw DialectError("tools", "must be an array") }
        for (index, tool) in value.elements.enumerated() {
            guard let function = tool.member("function"), function.kind == .object else {
                // Custom and hosted tools.
                lossy.add("tools[].type")
                if let name = (tool.member("custom") ?? tool).member("name")?.string { droppedTools.insert(name) }
                continue
            }
            var read = try Self.tool(function, "tools[\(index)].function")
            read.isStrict = function.member("strict")?.boolean ?? false
            read.cacheMark = CanonicalCacheMark(tool.member("cache_control") ?? function.member("cache_control"))
            request.tools.append(read)
        }
    }

    private mutating func readFunctions(_ value: JSONCursor) throws(DialectError) {
        guard value.kind == .array else { throw DialectError("functions", "must be an array") }
        request.usesFunctions = true
        for (index, function) in value.elements.enumerated() {
            request.tools.append(try Self.tool(function, "functions[\(index)]"))
        }
    }

    private static func tool(
        _ function: JSONCursor,
        _ place: @autoclosure () -> String
    ) throws(DialectError) -> CanonicalTool {
        guard let name = function.member("name")?.string, !name.isEmpty else {
            throw DialectError("\(place()).name", "is required")
        }
        let schema = function.member("parameters")
        guard schema == nil || schema?.isNull == true || schema?.kind == .object else {
            throw DialectError("\(place()).parameters", "must be an object")
        }
        return CanonicalTool(
            name: name,
            description: WireText(function.member("description")),
            schema: schema?.kind == .object ? schema : nil
        )
    }

    private mutating func readChoice() throws(DialectError) {
        guard let choice else { return }
        if let word = choice.string {
            switch word {
            case "auto": request.toolChoice = .auto
            case "none": request.toolChoice = .never
            case "required", "any": request.toolChoice = .required
            default: throw DialectError("tool_choice", "must be none, auto, required or an object")
            }
            return
        }
        let named = choice.member("function") ?? choice.member("custom") ?? choice
        guard let name = named.member("name")?.string else {
            // `allowed_tools` and kinds to come.
            guard choice.member("type")?.kind == .string else {
                throw DialectError("tool_choice", "must be none, auto, required or an object")
            }
            let allowed = choice.member("allowed_tools") ?? choice
            if allowed.member("mode")?.equals("required") == true, !request.tools.isEmpty {
                request.toolChoice = .required
            }
            lossy.add("tool_choice")
            return
        }
        if droppedTools.contains(name) { lossy.add("tool_choice") } else { request.toolChoice = .tool(name) }
    }
}
