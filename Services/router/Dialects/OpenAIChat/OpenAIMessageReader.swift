import JSON

/// Reads one message of OpenAI's dialect.
struct OpenAIMessageReader {
    let index: Int
    /// Whether it was a tool's result.
    private(set) var isResult = false

    init(index: Int) {
        self.index = index
    }

    mutating func read(_ message: JSONCursor, _ lossy: inout LossyNames) throws(DialectError) -> CanonicalTurn {
        guard let role = message.member("role"), role.kind == .string else {
            throw DialectError("messages[\(index)].role", "is required")
        }
        let content = message.member("content")
        if role.equals("assistant") { return try assistant(message, content, &lossy) }
        if role.equals("tool") || role.equals("function") {
            isResult = true
            return try result(message, content, &lossy)
        }
        if message.member("name")?.kind == .string { lossy.add("messages[].name") }
        let parts = try parts(content, "messages[\(index)].content", &lossy)
        if role.equals("user") { return CanonicalTurn(role: .user, parts: parts) }
        guard role.equals("system") || role.equals("developer") else {
            throw DialectError("messages[\(index)].role", "is not a role of this dialect")
        }
        return CanonicalTurn(role: .system, parts: parts)
    }

    private func result(
        _ message: JSONCursor,
        _ content: JSONCursor?,
        _ lossy: inout LossyNames
    ) throws(DialectError) -> CanonicalTurn {
        var result = CanonicalToolResult(
            callID: message.member("tool_call_id")?.string ?? "",
            name: message.member("name")?.string,
            parts: [],
            isError: message.member("is_error")?.boolean ?? false
        )
        result.take(try parts(content, "messages[\(index)].content", &lossy))
        return CanonicalTurn(role: .user, parts: [.toolResult(result)])
    }

    private func assistant(
        _ message: JSONCursor,
        _ content: JSONCursor?,
        _ lossy: inout LossyNames
    ) throws(DialectError) -> CanonicalTurn {
        var parts = OpenAIReasoning.read(message).map(\.part)
        parts += try self.parts(content, "messages[\(index)].content", &lossy)
        if let refusal = WireText(message.member("refusal")), !refusal.isEmpty { parts.append(.refusal(refusal)) }
        if message.member("audio")?.kind == .object { lossy.add("messages[].audio") }
        if message.member("name")?.kind == .string { lossy.add("messages[].name") }
        if let calls = message.member("tool_calls"), !calls.isNull {
            guard calls.kind == .array else {
                throw DialectError("messages[\(index)].tool_calls", "must be an array")
            }
            for (place, call) in calls.elements.enumerated() {
                parts.append(.toolCall(try toolCall(call, "messages[\(index)].tool_calls[\(place)]")))
            }
        }
        if let call = message.member("function_call"), call.kind == .object {
            parts.append(.toolCall(try functionCall(call, id: "", "messages[\(index)].function_call")))
        }
        return CanonicalTurn(role: .assistant, parts: parts)
    }

    private func toolCall(
        _ call: JSONCursor,
        _ place: @autoclosure () -> String
    ) throws(DialectError) -> CanonicalToolCall {
        let id = call.member("id")?.string ?? ""
        if let custom = call.member("custom"), custom.kind == .object {
            let name = custom.member("name")?.string ?? ""
            guard !name.isEmpty else { throw DialectError("\(place()).custom.name", "is required") }
            return CanonicalToolCall(id: id, name: name, arguments: Self.arguments(custom.member("input")))
        }
        guard let function = call.member("function"), function.kind == .object else {
            throw DialectError("\(place()).function", "is required")
        }
        return try functionCall(function, id: id, "\(place()).function")
    }

    private func functionCall(
        _ function: JSONCursor,
        id: String,
        _ place: @autoclosure () -> String
    ) throws(DialectError) -> CanonicalToolCall {
        guard let name = function.member("name")?.string, !name.isEmpty else {
            throw DialectError("\(place()).name", "is required")
        }
        return CanonicalToolCall(id: id, name: name, arguments: Self.arguments(function.member("arguments")))
    }

    /// Arguments are JSON in a string; some clients send the object itself.
    static func arguments(_ value: JSONCursor?) -> CanonicalArguments {
        guard let value, !value.isNull else { return .text(WireText(escaped: [])) }
        return WireText(value).map { .text($0) } ?? .json(value.raw)
    }

    /// The parts of a content, which is a string, an array of parts or nothing.
    private func parts(
        _ content: JSONCursor?,
        _ place: @autoclosure () -> String,
        _ lossy: inout LossyNames
    ) throws(DialectError) -> [CanonicalPart] {
        guard let content, !content.isNull else { return [] }
        if let text = WireText(content) { return [.text(text)] }
        guard content.kind == .array else { throw DialectError(place(), "must be a string or an array of parts") }
        var parts: [CanonicalPart] = []
        for (index, part) in content.elements.enumerated() {
            if let read = try OpenAIPartReader.read(part, "\(place())[\(index)]", &lossy) { parts.append(read) }
            // Servers of many makers' models take Anthropic's mark at any part.
            if let mark = CanonicalCacheMark(part.member("cache_control")) { parts.append(.cacheMark(mark)) }
        }
        return parts
    }
}
