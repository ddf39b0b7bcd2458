import JSON

/// Reads Gemini's request into the canonical form.
struct GeminiRequestReader {
    private var request = CanonicalRequest()
    private var lossy: LossyNames
    /// Whether there were tools that run at the provider.
    private var hasOwnTools = false

    private init(_ lossy: LossyNames) {
        self.lossy = lossy
        request.names = CanonicalNames(
            maxOutputTokens: "generationConfig.maxOutputTokens",
            stop: "generationConfig.stopSequences",
            reasoning: "generationConfig.thinkingConfig",
            user: "labels",
            format: "generationConfig.responseSchema",
            toolChoice: "toolConfig.functionCallingConfig",
            recording: "contents[].parts[].inlineData",
            thinking: "contents[].parts[].thought",
            summary: "generationConfig.thinkingConfig.includeThoughts",
            isError: "contents[].parts[].functionResponse.response.error"
        )
    }

    static func read(
        _ root: JSONCursor,
        _ facts: RequestFacts,
        _ lossy: inout LossyNames
    ) throws(DialectError) -> CanonicalRequest {
        var reader = GeminiRequestReader(lossy)
        reader.request.stream = facts.stream
        reader.request.includeUsage = true
        reader.request.maxOutputTokens = facts.maxOutputTokens
        let members = try GeminiMembers(root)
        if let system = members.system { try reader.readSystem(system) }
        try reader.readContents(try members.requiredContents())
        if let tools = members.tools { try reader.readTools(tools) }
        if let config = members.toolConfig { try reader.readChoice(config) }
        if let generation = members.generation { try reader.readGeneration(generation) }
        for (name, value) in root.members where !value.isNull {
            guard let name = name.string, !Self.known.contains(name) else { continue }
            reader.request.extensions.append(CanonicalExtension(name: name, value: value))
        }
        lossy = reader.lossy
        return reader.request
    }

    private static let known: Set<String> = [
        "contents", "systemInstruction", "system_instruction", "tools", "toolConfig", "tool_config",
        "generationConfig", "generation_config", "model",
    ]

    // MARK: The conversation

    private static func role(_ value: JSONCursor?) -> CanonicalTurn.Role? {
        // As nearly all are written.
        if let value, value.equals("user") { return .user }
        if let value, value.equals("model") { return .assistant }
        return switch value?.string?.lowercased() {
        case nil, "user", "function", "tool", "": .user
        case "model", "assistant": .assistant
        case "system": .system
        default: nil
        }
    }

    private mutating func readSystem(_ value: JSONCursor) throws(DialectError) {
        let parts = try GeminiPartReader.parts(of: value, "systemInstruction", &lossy)
        if !parts.isEmpty { request.turns.append(CanonicalTurn(role: .system, parts: parts)) }
    }

    private mutating func readContents(_ contents: JSONCursor) throws(DialectError) {
        let list = contents.listed
        request.turns.reserveCapacity(list.count + 1)
        for (index, content) in list.enumerated() {
            guard let role = Self.role(content.member("role")) else {
                throw DialectError("contents[\(index)].role", "must be user or model")
            }
            let parts = try GeminiPartReader.parts(of: content, "contents[\(index)]", &lossy)
            guard !parts.isEmpty else { continue }
            // A streamed answer comes back as one content for each of its pieces.
            if role == .assistant, let last = request.turns.indices.last, request.turns[last].role == role {
                GeminiPartReader.append(parts, to: &request.turns[last].parts)
            } else {
                var turn = CanonicalTurn(role: role, parts: [])
                GeminiPartReader.append(parts, to: &turn.parts)
                request.turns.append(turn)
            }
        }
    }

    // MARK: Tools

    private mutating func readTools(_ value: JSONCursor) throws(DialectError) {
        for (index, tool) in value.listed.enumerated() {
            guard tool.kind == .object else { throw DialectError("tools[\(index)]", "must be an object") }
            for (name, value) in tool.members where !value.isNull {
                guard let name = name.string else { continue }
                guard name == "functionDeclarations" || name == "function_declarations" else {
                    // Search, code execution and their like run at Google.
                    lossy.add("tools[].\(name)")
                    hasOwnTools = true
                    continue
                }
                for (place, declaration) in value.listed.enumerated() {
                    let path = "tools[\(index)].functionDeclarations[\(place)]"
                    request.tools.append(try Self.tool(declaration, path))
                }
            }
        }
    }

    private static func tool(
        _ declaration: JSONCursor,
        _ place: @autoclosure () -> String
    ) throws(DialectError) -> CanonicalTool {
        guard let name = declaration.member("name")?.string, !name.isEmpty else {
            throw DialectError("\(place()).name", "is required")
        }
        let own = declaration.member("parameters")
        let standard = declaration.member("parametersJsonSchema", or: "parameters_json_schema")
        guard own == nil || own?.isNull == true || own?.kind == .object else {
            throw DialectError("\(place()).parameters", "must be an object")
        }
        return CanonicalTool(
            name: name,
            description: WireText(declaration.member("description")),
            schema: standard?.kind == .object ? standard : own.flatMap(GeminiSchemaReader.read)
        )
    }

    private mutating func readChoice(_ config: JSONCursor) throws(DialectError) {
        let place = "toolConfig.functionCallingConfig"
        if config.member("retrievalConfig", or: "retrieval_config") != nil { lossy.add("toolConfig.retrievalConfig") }
        guard let calling = config.member("functionCallingConfig", or: "function_calling_config") else { return }
        let names = calling.member("allowedFunctionNames", or: "allowed_function_names")?.listed ?? []
        let allowed = names.compactMap(\.string)
        switch calling.member("mode")?.string?.uppercased() {
        case nil, "MODE_UNSPECIFIED", "AUTO": if !request.tools.isEmpty { request.toolChoice = .auto }
        case "NONE": request.toolChoice = .never
        case "ANY":
            guard !request.tools.isEmpty || !hasOwnTools else { return lossy.add(place) }
            request.toolChoice = allowed.count == 1 ? .tool(allowed[0]) : .required
            if allowed.count > 1 { try keep(allowed, place) }
        case "VALIDATED":
            request.toolChoice = .auto
            if !allowed.isEmpty { try keep(allowed, place) }
        default: throw DialectError("\(place).mode", "must be AUTO, ANY, NONE or VALIDATED")
        }
    }

    /// Leaves only the tools that may be called: no other dialect has a list of them.
    private mutating func keep(_ allowed: [String], _ place: @autoclosure () -> String) throws(DialectError) {
        let names = Set(allowed)
        guard names.isSubset(of: request.tools.map(\.name)) else {
            throw DialectError("\(place()).allowedFunctionNames", "names a function that is not declared")
        }
        request.tools.removeAll { !names.contains($0.name) }
    }
}

// MARK: Generation

extension GeminiRequestReader {
    private mutating func readGeneration(_ config: JSONCursor) throws(DialectError) {
        var isJSON = false
        var schema: JSONCursor?
        for (name, value) in config.members where !value.isNull {
            guard let name = name.string else { continue }
            switch Self.camel(name) {
            case "maxOutputTokens": break
            case "temperature":
                request.temperature = try RequestNumbers.double(value, "generationConfig.temperature")
            case "topP": request.topP = try RequestNumbers.double(value, "generationConfig.topP")
            case "topK": request.topK = value.double.flatMap { Int(exactly: $0.rounded()) }
            case "stopSequences": try readStops(value)
            case "thinkingConfig":
                request.reasoning = GeminiThinkingPlan.read(value)
                request.wantsReasoningSummary =
                    value.member("includeThoughts", or: "include_thoughts")?.boolean ?? false
            case "responseMimeType":
                isJSON = value.equals("application/json")
                if !isJSON, !value.equals("text/plain") { lossy.add("generationConfig.responseMimeType") }
            case "responseSchema": schema = schema ?? GeminiSchemaReader.read(value)
            case "responseJsonSchema": if value.kind == .object { schema = value }
            case "candidateCount" where value.looseInteger == 1: break
            case "responseModalities":
                if !value.listed.allSatisfy({ $0.string?.uppercased() == "TEXT" }) {
                    lossy.add("generationConfig.responseModalities")
                }
            case let known:
                guard known == "seed" || !Self.isDefault(value) else { continue }
                request.extensions.append(CanonicalExtension(name: "generationConfig.\(known)", value: value))
            }
        }
        if let schema {
            request.format = .schema(schema, name: nil, isStrict: true)
        } else if isJSON {
            request.format = .jsonObject
            request.names.format = "generationConfig.responseMimeType"
        }
    }

    /// Whether a parameter says what goes without saying.
    private static func isDefault(_ value: JSONCursor) -> Bool {
        switch value.kind {
        case .boolean: value.boolean == false
        case .number: value.double == 0
        case .array, .object: value.count == 0
        case .string, .null: false
        }
    }

    private mutating func readStops(_ value: JSONCursor) throws(DialectError) {
        for element in value.listed {
            guard let text = WireText(element) else {
                throw DialectError("generationConfig.stopSequences", "must be an array of strings")
            }
            request.stopSequences.append(text)
        }
    }

    /// `max_output_tokens` as `maxOutputTokens`: both are taken.
    private static func camel(_ name: String) -> String {
        guard name.utf8.contains(UInt8(ascii: "_")) else { return name }
        let words = name.split(separator: "_")
        guard let first = words.first else { return name }
        return words.dropFirst().reduce(String(first)) { $0 + $1.prefix(1).uppercased() + $1.dropFirst() }
    }
}
