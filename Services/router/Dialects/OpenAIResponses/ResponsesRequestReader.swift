import JSON

/// Reads a request of OpenAI's Responses into the canonical form.
struct ResponsesRequestReader {
    private var request = CanonicalRequest()
    private var lossy: LossyNames
    private var choice: JSONCursor?

    private init(_ lossy: LossyNames) {
        self.lossy = lossy
        request.isOpenAI = true
        request.names.maxOutputTokens = "max_output_tokens"
        request.names.reasoning = "reasoning.effort"
        request.names.role = "input[].role"
        request.names.format = "text.format"
        request.names.strict = "tools[].strict"
        request.names.thinking = "input[].encrypted_content"
        request.names.verbosity = "text.verbosity"
        request.names.recording = "input[].content[].input_file"
    }

    static func read(
        _ root: JSONCursor,
        _ facts: RequestFacts,
        _ lossy: inout LossyNames
    ) throws(DialectError) -> CanonicalRequest {
        var reader = ResponsesRequestReader(lossy)
        reader.request.stream = facts.stream
        reader.request.includeUsage = true
        reader.request.maxOutputTokens = facts.maxOutputTokens
        if let instructions = WireText(root.member("instructions")), !instructions.isEmpty {
            reader.request.turns.append(CanonicalTurn(role: .system, parts: [.text(instructions)]))
        }
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
        case "model", "stream", "stream_options", "max_output_tokens", "instructions", "background": break
        case "input":
            var items = ResponsesItemReader(turns: request.turns, lossy: lossy)
            try items.read(value)
            (request.turns, lossy) = (items.turns, items.lossy)
        case "previous_response_id", "conversation", "prompt": throw Self.held(name)
        case "temperature": request.temperature = try RequestNumbers.double(value, name)
        case "top_p": request.topP = try RequestNumbers.double(value, name)
        case "tools": try readTools(value)
        case "tool_choice": choice = value
        case "parallel_tool_calls": request.parallelToolCalls = value.boolean
        case "reasoning": readReasoning(value)
        case "text": try readText(value)
        case "user", "safety_identifier":
            if let user = WireText(value), !user.isEmpty {
                request.user = user
                request.names.user = name
            }
        case "store": if value.boolean == true { lossy.add(name) }
        case "truncation": if !value.equals("disabled") { lossy.add(name) }
        case "include":
            // What signs a reasoning comes unasked.
            for entry in value.elements where !entry.equals("reasoning.encrypted_content") { lossy.add(name) }
        default:
            if !Self.isDefault(name, value) { request.extensions.append(CanonicalExtension(name: name, value: value)) }
        }
    }

    /// What only the provider that holds a conversation can look up.
    private static func held(_ name: String) -> DialectError {
        DialectError(
            name,
            "names what a provider of this API keeps; the gateway keeps nothing, and this model is asked through "
                + "another API: send the whole conversation in input"
        )
    }

    private static func isDefault(_ name: String, _ value: JSONCursor) -> Bool {
        switch value.kind {
        case .boolean: value.boolean == false
        case .number: value.double == 0
        case .array, .object: value.count == 0
        case .string: name == "service_tier" && value.equals("auto")
        case .null: true
        }
    }

    private mutating func readReasoning(_ value: JSONCursor) {
        for (name, value) in value.members where !value.isNull {
            if name.equals("effort") {
                guard let effort = value.string else { continue }
                request.reasoning = effort == "none" ? .off : .effort(effort)
            } else if name.equals("summary") || name.equals("generate_summary") {
                request.wantsReasoningSummary = true
            } else if let name = name.string, !value.equals("auto"), !value.equals("standard") {
                lossy.add("reasoning.\(name)")
            }
        }
    }

    private mutating func readText(_ value: JSONCursor) throws(DialectError) {
        request.verbosity = value.member("verbosity")?.string
        guard let format = value.member("format"), !format.isNull else { return }
        guard let type = format.member("type") else { throw DialectError("text.format.type", "is required") }
        if type.equals("json_object") {
            request.format = .jsonObject
        } else if type.equals("json_schema") {
            guard let schema = format.member("schema"), schema.kind == .object else {
                throw DialectError("text.format.schema", "is required and must be an object")
            }
            request.format = .schema(
                schema,
                name: WireText(format.member("name")),
                isStrict: format.member("strict")?.boolean ?? false
            )
        } else if !type.equals("text") {
            lossy.add("text.format")
        }
    }
}

// MARK: Tools

extension ResponsesRequestReader {
    private mutating func readTools(_ value: JSONCursor) throws(DialectError) {
        guard value.kind == .array else { throw DialectError("tools", "must be an array") }
        for (index, tool) in value.elements.enumerated() { try read(tool: tool, "tools[\(index)]", namespace: nil) }
    }

    private mutating func read(
        tool: JSONCursor,
        _ place: @autoclosure () -> String,
        namespace: String?
    ) throws(DialectError) {
        guard let type = tool.member("type")?.string else { throw DialectError("\(place()).type", "is required") }
        switch type {
        case "function": request.tools.append(try Self.function(tool, place(), namespace))
        case "custom": request.tools.append(try CustomTools.tool(tool, place(), namespace))
        case "namespace" where namespace == nil:
            let name = tool.member("name")?.string ?? ""
            guard let tools = tool.member("tools"), tools.kind == .array else { return }
            for (index, inner) in tools.elements.enumerated() {
                try read(tool: inner, "\(place()).tools[\(index)]", namespace: name)
            }
        default:
            // Tools that run at their provider, or that only its models know.
            lossy.add("tools[].\(type)")
        }
    }

    private static func function(
        _ tool: JSONCursor,
        _ place: @autoclosure () -> String,
        _ namespace: String?
    ) throws(DialectError) -> CanonicalTool {
        guard let name = tool.member("name")?.string, !name.isEmpty else {
            throw DialectError("\(place()).name", "is required")
        }
        let schema = tool.member("parameters")
        guard schema == nil || schema?.isNull == true || schema?.kind == .object else {
            throw DialectError("\(place()).parameters", "must be an object")
        }
        var read = CanonicalTool(
            name: NamespacedTool.joined(namespace, name),
            description: WireText(tool.member("description")),
            schema: schema?.kind == .object ? schema : nil
        )
        read.isStrict = tool.member("strict")?.boolean ?? false
        read.namespace = namespace.map { NamespacedTool(namespace: $0, name: name) }
        return read
    }

    private mutating func readChoice() throws(DialectError) {
        guard let choice else { return }
        if let word = choice.string {
            switch word {
            case "auto": request.toolChoice = .auto
            case "none": request.toolChoice = .never
            case "required": require()
            default: throw DialectError("tool_choice", "must be none, auto, required or an object")
            }
            return
        }
        guard let type = choice.member("type")?.string else {
            throw DialectError("tool_choice", "must be none, auto, required or an object")
        }
        switch type {
        case "function", "custom":
            guard let name = choice.member("name")?.string else {
                throw DialectError("tool_choice.name", "is required")
            }
            request.toolChoice = .tool(NamespacedTool.joined(choice.member("namespace")?.string, name))
        case "allowed_tools": readAllowed(choice)
        default: lossy.add("tool_choice")
        }
    }

    /// A call is demanded only where a tool is left that can be called.
    private mutating func require() {
        if request.tools.isEmpty, !lossy.names.isEmpty {
            lossy.add("tool_choice")
        } else {
            request.toolChoice = .required
        }
    }

    /// Tools that may not be called are left out: to a model that is the same.
    private mutating func readAllowed(_ choice: JSONCursor) {
        var allowed: Set<String> = []
        if let tools = choice.member("tools") {
            for tool in tools.elements {
                guard let name = tool.member("name")?.string else { continue }
                allowed.insert(NamespacedTool.joined(tool.member("namespace")?.string, name))
            }
        }
        request.tools.removeAll { !allowed.contains($0.name) }
        if choice.member("mode")?.equals("required") == true { require() } else { request.toolChoice = .auto }
        if request.tools.isEmpty { request.toolChoice = nil }
    }
}

/// A tool that has a namespace, which no other dialect has: the two names stand as one there.
struct NamespacedTool: Hashable, Sendable {
    var namespace: String
    var name: String

    static func joined(_ namespace: String?, _ name: String) -> String {
        guard let namespace, !namespace.isEmpty else { return name }
        return namespace.hasSuffix("__") ? namespace + name : "\(namespace)__\(name)"
    }
}
