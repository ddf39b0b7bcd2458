import JSON

/// Reads Ollama's request into the canonical form.
struct OllamaRequestReader {
    private var request = CanonicalRequest()
    private var lossy: LossyNames

    private init(_ lossy: LossyNames) {
        self.lossy = lossy
        request.names = CanonicalNames(
            maxOutputTokens: "options.num_predict",
            stop: "options.stop",
            reasoning: "think",
            user: "user",
            format: "format",
            toolChoice: "tools",
            thinking: "messages[].thinking"
        )
    }

    static func read(
        _ root: JSONCursor,
        _ facts: RequestFacts,
        _ lossy: inout LossyNames
    ) throws(DialectError) -> CanonicalRequest {
        var reader = OllamaRequestReader(lossy)
        reader.request.stream = facts.stream
        reader.request.includeUsage = true
        reader.request.maxOutputTokens = facts.maxOutputTokens
        for (name, value) in root.members {
            guard !value.isNull, let name = name.string else { continue }
            try reader.read(name, value)
        }
        lossy = reader.lossy
        return reader.request
    }

    private mutating func read(_ name: String, _ value: JSONCursor) throws(DialectError) {
        switch name {
        case "model", "stream": break
        case "messages":
            for (index, message) in value.elements.enumerated() { try read(message, "messages[\(index)]") }
        case "tools": try readTools(value)
        case "options":
            for (name, value) in value.members where !value.isNull {
                if let name = name.string { try read(option: name, value) }
            }
        case "format": try readFormat(value)
        case "think": readThink(value)
        default: keep(name, value)
        }
    }

    /// Leaves a parameter to the writers that know it, where it says more than what goes without saying.
    private mutating func keep(_ name: String, _ value: JSONCursor) {
        let isDefault =
            switch value.kind {
            case .boolean: value.boolean == false
            case .array, .object: value.count == 0
            case .string: value.utf8Count == 0
            case .number, .null: false
            }
        if !isDefault { request.extensions.append(CanonicalExtension(name: name, value: value)) }
    }

    private mutating func read(option name: String, _ value: JSONCursor) throws(DialectError) {
        switch name {
        case "num_predict": break
        case "temperature": request.temperature = try RequestNumbers.double(value, "options.temperature")
        case "top_p": request.topP = try RequestNumbers.double(value, "options.top_p")
        case "top_k": request.topK = value.integer
        case "stop":
            let texts = value.kind == .array ? value.elements.map { WireText($0) } : [WireText(value)]
            for text in texts {
                guard let text else { throw DialectError("options.stop", "must be a string or an array of strings") }
                request.stopSequences.append(text)
            }
        default: keep("options.\(name)", value)
        }
    }

    private mutating func readThink(_ value: JSONCursor) {
        if let wanted = value.boolean {
            request.reasoning = wanted ? .effort("medium") : .off
        } else if let word = value.string, !word.isEmpty {
            request.reasoning = .effort(word)
        }
    }

    private mutating func readFormat(_ value: JSONCursor) throws(DialectError) {
        if value.equals("json") {
            request.format = .jsonObject
        } else if value.kind == .object {
            request.format = .schema(value, name: nil, isStrict: true)
        } else if value.utf8Count != 0 {
            throw DialectError("format", "must be \"json\" or a JSON schema")
        }
    }

    private mutating func readTools(_ value: JSONCursor) throws(DialectError) {
        guard value.kind == .array else { throw DialectError("tools", "must be an array") }
        for (index, tool) in value.elements.enumerated() {
            guard let function = tool.member("function"), let name = function.member("name")?.string, !name.isEmpty
            else { throw DialectError("tools[\(index)].function.name", "is required") }
            let schema = function.member("parameters")
            request.tools.append(
                CanonicalTool(
                    name: name,
                    description: WireText(function.member("description")),
                    schema: schema?.kind == .object ? schema : nil
                )
            )
        }
    }
}

// MARK: Messages

extension OllamaRequestReader {
    private mutating func read(_ message: JSONCursor, _ place: @autoclosure () -> String) throws(DialectError) {
        let content = message.member("content")
        var parts: [CanonicalPart] = []
        if let text = WireText(content) {
            if !text.isEmpty { parts.append(.text(text)) }
        } else if let content, !content.isNull {
            throw DialectError("\(place()).content", "must be a string")
        }
        for image in message.member("images")?.listed ?? [] {
            guard let data = WireText(image) else { throw DialectError("\(place()).images", "must be base64 strings") }
            parts.append(.image(OllamaImage.media(data)))
        }
        switch message.member("role")?.string {
        case "system": request.turns.append(CanonicalTurn(role: .system, parts: parts))
        case "user": request.turns.append(CanonicalTurn(role: .user, parts: parts))
        case "assistant": try readAssistant(message, parts, place())
        case "tool": append(result: message, parts)
        default: throw DialectError("\(place()).role", "must be system, user, assistant or tool")
        }
    }

    private mutating func readAssistant(
        _ message: JSONCursor,
        _ said: [CanonicalPart],
        _ place: @autoclosure () -> String
    ) throws(DialectError) {
        var parts: [CanonicalPart] = []
        if let text = WireText(message.member("thinking")), !text.isEmpty {
            parts.append(.thinking(CanonicalThinking(text: text, signature: nil)))
        }
        parts += said
        for (index, call) in (message.member("tool_calls")?.listed ?? []).enumerated() {
            guard let function = call.member("function"), let name = function.member("name")?.string, !name.isEmpty
            else { throw DialectError("\(place()).tool_calls[\(index)].function.name", "is required") }
            let call = CanonicalToolCall(
                id: call.member("id")?.string ?? "",
                name: name,
                arguments: OpenAIMessageReader.arguments(function.member("arguments"))
            )
            parts.append(.toolCall(call))
        }
        request.turns.append(CanonicalTurn(role: .assistant, parts: parts))
    }

    /// Results that stand in a row belong to one turn; most have no id and are paired by name and order.
    private mutating func append(result message: JSONCursor, _ parts: [CanonicalPart]) {
        let result = CanonicalPart.toolResult(
            CanonicalToolResult(
                callID: message.member("tool_call_id")?.string ?? "",
                name: (message.member("tool_name") ?? message.member("name"))?.string,
                parts: parts
            )
        )
        if let last = request.turns.indices.last, request.turns[last].role == .user,
            request.turns[last].parts.allSatisfy(\.isToolResult)
        {
            request.turns[last].parts.append(result)
        } else {
            request.turns.append(CanonicalTurn(role: .user, parts: [result]))
        }
    }
}

/// Pictures of Ollama's dialect, which are data without a type.
enum OllamaImage {
    /// The data with the type that its first bytes tell; JPEG where they tell none.
    static func media(_ data: WireText) -> CanonicalMedia {
        if data.behind("data:") != nil { return OpenAIPartReader.media(data) }
        let types: [(StaticString, String)] = [
            ("iVBORw0KGgo", "image/png"), ("R0lGOD", "image/gif"), ("UklGR", "image/webp"), ("Qk", "image/bmp"),
        ]
        let type = types.first { data.behind($0.0) != nil }?.1 ?? "image/jpeg"
        return .base64(type: WireText(type), data: data)
    }
}
