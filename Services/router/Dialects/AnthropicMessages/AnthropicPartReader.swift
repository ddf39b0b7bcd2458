import JSON

/// Reads contents of Anthropic's dialect.
enum AnthropicPartReader {
    /// The parts of a content, which is a string or an array of blocks.
    static func parts(
        _ content: JSONCursor,
        _ place: @autoclosure () -> String,
        _ lossy: inout LossyNames
    ) throws(DialectError) -> [CanonicalPart] {
        if let text = WireText(content) { return [.text(text)] }
        guard content.kind == .array else { throw DialectError(place(), "must be a string or an array of blocks") }
        var parts: [CanonicalPart] = []
        parts.reserveCapacity(content.count)
        for (index, block) in content.elements.enumerated() {
            guard let type = block.member("type"), type.kind == .string else {
                throw DialectError("\(place())[\(index)].type", "is required")
            }
            try read(block, type, "\(place())[\(index)]", into: &parts, &lossy)
            if let mark = CanonicalCacheMark(block.member("cache_control")) { add(mark, to: &parts) }
        }
        return parts
    }

    private static func add(_ mark: CanonicalCacheMark, to parts: inout [CanonicalPart]) {
        guard case .toolResult(var result)? = parts.last else { return parts.append(.cacheMark(mark)) }
        result.cacheMark = mark
        parts[parts.count - 1] = .toolResult(result)
    }

    private static func read(
        _ block: JSONCursor,
        _ type: JSONCursor,
        _ place: @autoclosure () -> String,
        into parts: inout [CanonicalPart],
        _ lossy: inout LossyNames
    ) throws(DialectError) {
        if type.equals("text") {
            guard let text = WireText(block.member("text")) else {
                throw DialectError("\(place()).text", "is required")
            }
            if let citations = block.member("citations"), citations.count > 0 { lossy.add("citations") }
            parts.append(.text(text))
        } else if type.equals("tool_use") {
            parts.append(.toolCall(try toolUse(block, place())))
        } else if type.equals("tool_result") {
            parts.append(.toolResult(try toolResult(block, place(), &lossy)))
        } else if type.equals("thinking") {
            let text = WireText(block.member("thinking")) ?? WireText(escaped: [])
            parts.append(.thinking(CanonicalThinking(text: text, signature: WireText(block.member("signature")))))
        } else if type.equals("redacted_thinking") {
            if let data = WireText(block.member("data")) { parts.append(.redactedThinking(data: data)) }
        } else if type.equals("image") {
            if let media = media(block.member("source")) {
                parts.append(.image(media))
            } else {
                lossy.add("messages[].content[].source")
            }
        } else if type.equals("document") {
            try document(block, place(), into: &parts, &lossy)
        } else {
            lossy.add("messages[].content[].type")
        }
    }

    private static func toolUse(
        _ block: JSONCursor,
        _ place: @autoclosure () -> String
    ) throws(DialectError) -> CanonicalToolCall {
        guard let name = block.member("name")?.string, !name.isEmpty else {
            throw DialectError("\(place()).name", "is required")
        }
        let input = block.member("input")
        let arguments: CanonicalArguments =
            if let text = WireText(input) { .text(text) } else { .json(input.map { $0.raw } ?? Array("{}".utf8)[...]) }
        return CanonicalToolCall(id: block.member("id")?.string ?? "", name: name, arguments: arguments)
    }

    private static func toolResult(
        _ block: JSONCursor,
        _ place: @autoclosure () -> String,
        _ lossy: inout LossyNames
    ) throws(DialectError) -> CanonicalToolResult {
        var result = CanonicalToolResult(callID: block.member("tool_use_id")?.string ?? "", parts: [])
        result.isError = block.member("is_error")?.boolean ?? false
        if let content = block.member("content"), !content.isNull {
            result.take(try parts(content, "\(place()).content", &lossy))
        }
        return result
    }

    private static func document(
        _ block: JSONCursor,
        _ place: @autoclosure () -> String,
        into parts: inout [CanonicalPart],
        _ lossy: inout LossyNames
    ) throws(DialectError) {
        if block.member("context")?.kind == .string { lossy.add("messages[].content[].context") }
        if block.member("citations")?.member("enabled")?.boolean == true { lossy.add("citations") }
        let source = block.member("source")
        if source?.member("type")?.equals("text") == true, let text = WireText(source?.member("data")) {
            parts.append(.text(text))
        } else if source?.member("type")?.equals("content") == true, let content = source?.member("content") {
            parts += try self.parts(content, "\(place()).source.content", &lossy)
        } else if let media = media(source) {
            parts.append(.file(media, name: WireText(block.member("title"))))
        } else {
            lossy.add("messages[].content[].source")
        }
    }

    /// Data or an address; `nil` for a file that only its provider has.
    private static func media(_ source: JSONCursor?) -> CanonicalMedia? {
        guard let source else { return nil }
        if source.member("type")?.equals("base64") == true, let data = WireText(source.member("data")),
            let type = WireText(source.member("media_type"))
        {
            return .base64(type: type, data: data)
        }
        if let url = WireText(source.member("url")), !url.isEmpty { return .url(url) }
        return nil
    }
}
