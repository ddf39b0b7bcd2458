public import JSON

/// OpenAI's oldest dialect, `POST /v1/completions`, by way of Chat Completions: the prompt is what the user says, and the
/// answer's text is the completion.
///
/// What chat has no word for is refused and not left out, since those who still ask this way rely on it.
public enum LegacyCompletions {
    /// Says a request as one of Chat Completions.
    ///
    /// - Parameter document: The client's body.
    /// - Returns: The body of a chat request.
    /// - Throws: ``DialectError`` naming the parameter that chat has no word for.
    public static func chatRequest(_ document: JSONDocument) throws(DialectError) -> [UInt8] {
        let root = document.root
        guard root.kind == .object else { throw DialectError("", "the request body must be a JSON object") }
        let prompt = try prompt(root.member("prompt"))
        try check(root)
        var writer = JSONWriter(capacity: document.bytes.count + 64)
        writer.object { body in
            for (name, value) in root.members {
                guard let name = name.string, !own.contains(name) else { continue }
                body.raw(name, value)
            }
            body.array("messages") { messages in
                messages.object { message in
                    message.string("role", "user")
                    message.raw("content", prompt)
                }
            }
        }
        return writer.bytes
    }

    /// Members that chat does not have; `messages` would be a second conversation.
    private static let own: Set<String> = ["prompt", "suffix", "echo", "best_of", "logprobs", "messages"]

    private static func prompt(_ value: JSONCursor?) throws(DialectError) -> JSONCursor {
        guard let value, !value.isNull else { throw DialectError("prompt", "is required") }
        if value.kind == .string { return value }
        guard value.kind == .array, value.count == 1, let only = value[0], only.kind == .string else {
            throw DialectError("prompt", "must be a string or an array of one string")
        }
        return only
    }

    private static func check(_ root: JSONCursor) throws(DialectError) {
        if let suffix = root.member("suffix"), suffix.utf8Count ?? 0 > 0 {
            throw DialectError("suffix", "is not served: chat models do not complete in the middle of a text")
        }
        if root.member("echo")?.boolean == true { throw DialectError("echo", "is not served") }
        if let best = root.member("best_of")?.integer, best > root.member("n")?.integer ?? 1 {
            throw DialectError("best_of", "must not be more than n")
        }
        if let count = root.member("logprobs")?.integer, count > 0 {
            throw DialectError("logprobs", "is not served: chat models tell them in another form")
        }
    }

    /// Says a whole chat answer as a completion; bytes that are none stay as they are.
    public static func answer(_ body: some Collection<UInt8>) -> [UInt8] {
        let bytes = Array(body)
        guard let root = try? JSONDocument(bytes).root, root.member("choices")?.kind == .array else { return bytes }
        var writer = JSONWriter(capacity: bytes.count)
        writer.object { write(root, isChunk: false, &$0) }
        return writer.bytes
    }

    /// Says the frames of a chat stream as those of a completion; whatever is no chunk stays as it is.
    ///
    /// - Parameter frames: Whole frames, each with its blank line.
    /// - Returns: The frames; chunks that say nothing in this dialect are left out.
    public static func frames(_ frames: some Collection<UInt8>) -> [UInt8] {
        let bytes = Array(frames)
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var start = 0
        while start < bytes.count {
            let end = endOfFrame(bytes, from: start)
            frame(bytes[start..<end], into: &out)
            start = end
        }
        return out
    }

    /// Behind the blank line that ends the frame, whichever way its lines end.
    private static func endOfFrame(_ bytes: [UInt8], from start: Int) -> Int {
        var index = start
        var isEmpty = false
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == 0x0D, index < bytes.count, bytes[index] == 0x0A { index += 1 }
            guard byte == 0x0A || byte == 0x0D else {
                isEmpty = false
                continue
            }
            if isEmpty { return index }
            isEmpty = true
        }
        return index
    }

    private static func frame(_ frame: ArraySlice<UInt8>, into out: inout [UInt8]) {
        let payload = Array(frame).withUnsafeBytes { bytes -> [UInt8]? in
            switch EventFields(bytes).payload {
            case .none: nil
            case .slice(let range): Array(bytes[range])
            case .joined(let joined): joined
            }
        }
        guard let payload, let root = try? JSONDocument(payload).root, root.member("choices")?.kind == .array else {
            out.append(contentsOf: frame)
            return
        }
        guard says(root) else { return }
        var writer = JSONWriter(capacity: payload.count)
        writer.object { write(root, isChunk: true, &$0) }
        WireBytes.append("data: ", to: &out)
        out.append(contentsOf: writer.bytes)
        WireBytes.append("\n\n", to: &out)
    }

    private static func says(_ chunk: JSONCursor) -> Bool {
        if chunk.member("usage")?.kind == .object { return true }
        return chunk.member("choices")?.elements.contains { choice in
            choice.member("finish_reason")?.kind == .string || text(choice.member("delta"))?.isEmpty == false
        } ?? false
    }

    /// What a message or a piece of one says.
    private static func text(_ message: JSONCursor?) -> WireText? {
        let content = WireText(message?.member("content")).flatMap { $0.isEmpty ? nil : $0 }
        return content ?? WireText(message?.member("refusal"))
    }

    private static func write(_ root: JSONCursor, isChunk: Bool, _ body: inout JSONFields) {
        let id = root.member("id")?.string ?? ""
        body.string("id", id.hasPrefix("chatcmpl") ? "cmpl" + id.dropFirst("chatcmpl".count) : "cmpl-\(id)")
        body.string("object", "text_completion")
        for (name, value) in root.members {
            guard let name = name.string, !["id", "object", "choices"].contains(name) else { continue }
            body.raw(name, value)
        }
        body.array("choices") { choices in
            guard let list = root.member("choices") else { return }
            for choice in list.elements {
                choices.object { fields in
                    fields.text("text", text(choice.member(isChunk ? "delta" : "message")) ?? WireText(""))
                    fields.integer("index", choice.member("index")?.integer ?? 0)
                    fields.null("logprobs")
                    fields.string("finish_reason", choice.member("finish_reason")?.string)
                }
            }
        }
    }
}
