import JSON

/// Reads contents of Gemini's dialect.
enum GeminiPartReader {
    /// The parts of a content.
    static func parts(
        of content: JSONCursor,
        _ place: @autoclosure () -> String,
        _ lossy: inout LossyNames
    ) throws(DialectError) -> [CanonicalPart] {
        if let text = WireText(content) { return [.text(text)] }
        guard let list = content.member("parts"), !list.isNull else { return [] }
        var parts: [CanonicalPart] = []
        for (index, part) in list.listed.enumerated() {
            if let text = WireText(part) {
                parts.append(.text(text))
                continue
            }
            guard part.kind == .object else { throw DialectError("\(place()).parts[\(index)]", "must be an object") }
            try read(part, "\(place()).parts[\(index)]", into: &parts, &lossy)
        }
        return parts
    }

    /// Appends parts, thoughts that came in pieces as one.
    static func append(_ parts: [CanonicalPart], to turn: inout [CanonicalPart]) {
        for part in parts {
            guard case .thinking(let next) = part, let last = turn.indices.last,
                case .thinking(var thinking) = turn[last], thinking.signature == nil
            else {
                turn.append(part)
                continue
            }
            thinking.text = WireText(joining: [thinking.text, next.text], by: "")
            thinking.signature = next.signature
            turn[last] = .thinking(thinking)
        }
    }

    private static func read(
        _ part: JSONCursor,
        _ place: @autoclosure () -> String,
        into parts: inout [CanonicalPart],
        _ lossy: inout LossyNames
    ) throws(DialectError) {
        let signature = WireText(part.member("thoughtSignature", or: "thought_signature"))
        if part.member("thought")?.boolean == true {
            return readThought(WireText(part.member("text")) ?? WireText(escaped: []), signature, into: &parts)
        }
        if let call = part.member("functionCall", or: "function_call") {
            seal(signature, .call, into: &parts)
            return parts.append(.toolCall(try Self.call(call, "\(place()).functionCall")))
        }
        if let response = part.member("functionResponse", or: "function_response") {
            return parts.append(.toolResult(try result(response, "\(place()).functionResponse", &lossy)))
        }
        if let data = part.member("inlineData", or: "inline_data") {
            append(media(inline: data), "contents[].parts[].inlineData", to: &parts, &lossy)
        } else if let file = part.member("fileData", or: "file_data") {
            append(media(file: file), "contents[].parts[].fileData", to: &parts, &lossy)
        } else if let text = WireText(part.member("text")) {
            if !text.isEmpty { parts.append(.text(text)) }
        } else if part.member("executableCode", or: "executable_code") != nil
            || part.member("codeExecutionResult", or: "code_execution_result") != nil
        {
            lossy.add("contents[].parts[].executableCode")
        } else if signature == nil {
            lossy.add("contents[].parts[]")
        }
        seal(signature, .text, into: &parts)
    }

    private static func append(
        _ media: CanonicalPart?,
        _ name: String,
        to parts: inout [CanonicalPart],
        _ lossy: inout LossyNames
    ) {
        if let media { parts.append(media) } else { lossy.add(name) }
    }

    private static func seal(
        _ signature: WireText?,
        _ place: GeminiSignature.Place,
        into parts: inout [CanonicalPart]
    ) {
        guard let signature, !signature.isEmpty, GeminiSignature.unwrapped(signature) == nil else { return }
        parts.append(.redactedThinking(data: GeminiSignature.sealed(signature, at: place)))
    }

    /// A thought, with the signature of the provider that had it.
    private static func readThought(_ text: WireText, _ signature: WireText?, into parts: inout [CanonicalPart]) {
        switch signature.flatMap({ GeminiSignature.unwrapped($0) }) {
        case .signature(let original):
            append([.thinking(CanonicalThinking(text: text, signature: WireText(original)))], to: &parts)
        case .redacted(let data):
            parts.append(.redactedThinking(data: WireText(data)))
        case nil:
            if !text.isEmpty { append([.thinking(CanonicalThinking(text: text, signature: nil))], to: &parts) }
            seal(signature, .thought, into: &parts)
        }
    }

    // MARK: Tools

    private static func call(
        _ call: JSONCursor,
        _ place: @autoclosure () -> String
    ) throws(DialectError) -> CanonicalToolCall {
        guard let name = call.member("name")?.string, !name.isEmpty else {
            throw DialectError("\(place()).name", "is required")
        }
        let arguments = call.member("args")
        return CanonicalToolCall(
            id: call.member("id")?.string ?? "",
            name: name,
            arguments: arguments.map { WireText($0).map { .text($0) } ?? .json($0.raw) } ?? .text(WireText("{}"))
        )
    }

    /// A result: the one text in it where it holds no more, else its JSON.
    private static func result(
        _ response: JSONCursor,
        _ place: @autoclosure () -> String,
        _ lossy: inout LossyNames
    ) throws(DialectError) -> CanonicalToolResult {
        var result = CanonicalToolResult(
            callID: response.member("id")?.string ?? "",
            name: response.member("name")?.string,
            parts: []
        )
        if let value = response.member("response"), !value.isNull {
            let (content, isError) = GeminiToolResult.content(of: value)
            result.isError = isError
            if let text = WireText(content) {
                result.parts.append(.text(text))
            } else {
                result.parts.append(.text(WireText(String(decoding: content.raw, as: UTF8.self))))
            }
        }
        for (index, part) in (response.member("parts")?.listed ?? []).enumerated() where part.kind == .object {
            try read(part, "\(place()).parts[\(index)]", into: &result.parts, &lossy)
        }
        return result
    }

    // MARK: Media

    private static func media(inline data: JSONCursor) -> CanonicalPart? {
        guard let bytes = WireText(data.member("data")) else { return nil }
        let type = WireText(data.member("mimeType", or: "mime_type")) ?? WireText("application/octet-stream")
        let media = CanonicalMedia.base64(type: type, data: bytes)
        guard !type.escaped.starts(with: "image/".utf8) else { return .image(media) }
        return .file(media, name: WireText(data.member("displayName", or: "display_name")))
    }

    private static func media(file: JSONCursor) -> CanonicalPart? {
        guard let uri = WireText(file.member("fileUri", or: "file_uri")), uri.escaped.starts(with: "http".utf8),
            // What was uploaded to Google only Google has.
            !uri.string.contains("generativelanguage.googleapis.com")
        else { return nil }
        let type = file.member("mimeType", or: "mime_type")?.string ?? ""
        guard !type.hasPrefix("image/") else { return .image(.url(uri)) }
        return .file(.url(uri), name: WireText(file.member("displayName", or: "display_name")))
    }
}

/// The object in which Gemini's dialect has a tool's result, and what others have in its place.
enum GeminiToolResult {
    /// What an object says: the value of its only member where that is named as Google names them, else itself.
    static func content(of response: JSONCursor) -> (content: JSONCursor, isError: Bool) {
        guard response.kind == .object, response.count == 1 else { return (response, false) }
        if let error = response.member("error") { return (error, true) }
        for name: StaticString in ["result", "output", "content"] {
            if let value = response.member(name) { return (value, false) }
        }
        return (response, false)
    }

    /// A result as an object.
    static func write(_ text: WireText, isError: Bool, _ fields: inout JSONFields) {
        if isError { return fields.text("error", text) }
        fields.text("result", text)
    }

    /// The text, if it is a JSON object.
    static func object(_ text: WireText) -> ArraySlice<UInt8>? {
        let first = text.escaped.first { $0 != 0x20 }
        guard first == UInt8(ascii: "{"), let document = try? JSONDocument(Array(text.string.utf8)),
            document.root.kind == .object
        else { return nil }
        return document.root.raw
    }
}
