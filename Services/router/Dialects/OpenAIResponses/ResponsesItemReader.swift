import JSON

/// Reads the items of a Responses request as turns.
///
/// An item is a message, a call, a result or a reasoning; those of one side that stand in a row are one turn.
struct ResponsesItemReader {
    var turns: [CanonicalTurn]
    var lossy: LossyNames

    mutating func read(_ input: JSONCursor) throws(DialectError) {
        if let text = WireText(input) { return add(.user, [.text(text)]) }
        guard input.kind == .array else { throw DialectError("input", "must be a string or an array of items") }
        for (index, item) in input.elements.enumerated() { try read(item: item, "input[\(index)]") }
    }

    private mutating func read(item: JSONCursor, _ place: @autoclosure () -> String) throws(DialectError) {
        let type = item.member("type")?.string ?? (item.member("role") == nil ? "" : "message")
        switch type {
        case "message": try readMessage(item, place())
        case "function_call": add(.assistant, [.toolCall(try functionCall(item, place()))])
        case "custom_tool_call": add(.assistant, [.toolCall(try customCall(item, place()))])
        case "function_call_output", "custom_tool_call_output":
            add(.user, [.toolResult(try result(item, place()))])
        case "reasoning": readReasoning(item)
        case "": throw DialectError("\(place()).type", "is required")
        default:
            // Calls of tools that ran at their provider, and items that only it can look up.
            lossy.add(type == "item_reference" ? "input[].item_reference" : "input[].\(type)")
        }
    }

    private mutating func add(_ role: CanonicalTurn.Role, _ parts: [CanonicalPart]) {
        guard !parts.isEmpty else { return }
        if let last = turns.indices.last, turns[last].role == role {
            let isResults = parts.allSatisfy(\.isToolResult) && turns[last].parts.allSatisfy(\.isToolResult)
            if role == .assistant || (role == .user && isResults) {
                turns[last].parts += parts
                return
            }
        }
        turns.append(CanonicalTurn(role: role, parts: parts))
    }

    // MARK: Messages

    private mutating func readMessage(_ message: JSONCursor, _ place: @autoclosure () -> String) throws(DialectError) {
        guard let role = message.member("role"), role.kind == .string else {
            throw DialectError("\(place()).role", "is required")
        }
        let parts = try parts(message.member("content"), "\(place()).content")
        if role.equals("user") {
            add(.user, parts)
        } else if role.equals("assistant") {
            add(.assistant, parts)
        } else if role.equals("system") || role.equals("developer") {
            add(.system, parts)
        } else {
            throw DialectError("\(place()).role", "is not a role of this dialect")
        }
    }

    private mutating func parts(
        _ content: JSONCursor?,
        _ place: @autoclosure () -> String
    ) throws(DialectError) -> [CanonicalPart] {
        guard let content, !content.isNull else { return [] }
        if let text = WireText(content) { return [.text(text)] }
        guard content.kind == .array else { throw DialectError(place(), "must be a string or an array of parts") }
        var parts: [CanonicalPart] = []
        for (index, part) in content.elements.enumerated() {
            if let read = try self.part(part, "\(place())[\(index)]") { parts.append(read) }
        }
        return parts
    }

    private mutating func part(
        _ part: JSONCursor,
        _ place: @autoclosure () -> String
    ) throws(DialectError) -> CanonicalPart? {
        guard let type = part.member("type")?.string else { throw DialectError("\(place()).type", "is required") }
        switch type {
        case "input_text", "output_text", "text", "summary_text":
            guard let text = WireText(part.member("text")) else { throw DialectError("\(place()).text", "is required") }
            if part.member("prompt_cache_breakpoint")?.kind == .object { lossy.add("prompt_cache_breakpoint") }
            return .text(text)
        case "refusal": return WireText(part.member("refusal")).map { .refusal($0) }
        case "input_image": return image(part)
        case "input_file": return file(part)
        default:
            lossy.add("input[].content[].\(type)")
            return nil
        }
    }

    private mutating func image(_ part: JSONCursor) -> CanonicalPart? {
        let value = part.member("image_url")
        guard let url = WireText(value) ?? WireText(value?.member("url")), !url.isEmpty else {
            // A picture that was uploaded before, which only its provider has.
            lossy.add("input[].content[].file_id")
            return nil
        }
        if let detail = part.member("detail"), detail.kind == .string, !detail.equals("auto") {
            lossy.add("input[].content[].detail")
        }
        return .image(OpenAIPartReader.media(url))
    }

    private mutating func file(_ part: JSONCursor) -> CanonicalPart? {
        let name = WireText(part.member("filename"))
        if let url = WireText(part.member("file_url")), !url.isEmpty { return .file(.url(url), name: name) }
        guard let data = WireText(part.member("file_data")), !data.isEmpty else {
            lossy.add("input[].content[].file_id")
            return nil
        }
        if data.escaped.starts(with: "data:".utf8) { return .file(OpenAIPartReader.media(data), name: name) }
        return .file(.base64(type: WireText("application/pdf"), data: data), name: name)
    }

    // MARK: Tools

    private func functionCall(
        _ item: JSONCursor,
        _ place: @autoclosure () -> String
    ) throws(DialectError) -> CanonicalToolCall {
        guard let name = item.member("name")?.string, !name.isEmpty else {
            throw DialectError("\(place()).name", "is required")
        }
        return CanonicalToolCall(
            id: item.member("call_id")?.string ?? "",
            name: NamespacedTool.joined(item.member("namespace")?.string, name),
            arguments: OpenAIMessageReader.arguments(item.member("arguments"))
        )
    }

    private func customCall(
        _ item: JSONCursor,
        _ place: @autoclosure () -> String
    ) throws(DialectError) -> CanonicalToolCall {
        guard let name = item.member("name")?.string, !name.isEmpty else {
            throw DialectError("\(place()).name", "is required")
        }
        let input = WireText(item.member("input")) ?? WireText(escaped: [])
        return CanonicalToolCall(
            id: item.member("call_id")?.string ?? "",
            name: NamespacedTool.joined(item.member("namespace")?.string, name),
            arguments: .json(CustomTools.arguments(input))
        )
    }

    private mutating func result(
        _ item: JSONCursor,
        _ place: @autoclosure () -> String
    ) throws(DialectError) -> CanonicalToolResult {
        let output = item.member("output")
        var result = CanonicalToolResult(callID: item.member("call_id")?.string ?? "", parts: [])
        if let output, output.kind == .object {
            // Not of the dialect, and yet what the tool said.
            result.parts = [.text(WireText(String(decoding: output.raw, as: UTF8.self)))]
        } else {
            result.parts = try parts(output, "\(place()).output")
        }
        if item.member("status")?.equals("incomplete") == true { result.isError = true }
        return result
    }

    // MARK: Reasoning

    private mutating func readReasoning(_ item: JSONCursor) {
        var texts: [WireText] = []
        for member in ["summary", "content"] where texts.isEmpty {
            guard let parts = item[member] else { continue }
            for part in parts.elements {
                if let text = WireText(part.member("text")), !text.isEmpty { texts.append(text) }
            }
        }
        let text = WireText(joining: texts, by: #"\n\n"#)
        let content = WireText(item.member("encrypted_content")).flatMap { $0.isEmpty ? nil : $0 }
        if let data = content?.behind(ForeignSignature.redacted) {
            add(.assistant, [.redactedThinking(data: data)])
        } else if let signature = content?.behind(ForeignSignature.signed) {
            add(.assistant, [.thinking(CanonicalThinking(text: text, signature: signature))])
        } else if let content {
            let signature = ForeignSignature.responses(id: item.member("id")?.string ?? "", content: content)
            add(.assistant, [.thinking(CanonicalThinking(text: text, signature: signature))])
        } else if !text.isEmpty {
            add(.assistant, [.thinking(CanonicalThinking(text: text, signature: nil))])
        }
    }
}
