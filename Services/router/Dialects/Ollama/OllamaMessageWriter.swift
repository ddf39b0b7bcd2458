import JSON

/// Writes turns as messages of Ollama's dialect.
struct OllamaMessageWriter {
    var lossy: LossyNames

    mutating func write(_ turn: CanonicalTurn, _ items: inout JSONItems) {
        switch turn.role {
        case .system: write(turn.parts, role: "system", &items)
        case .user: writeUser(turn.parts, &items)
        case .assistant: writeAssistant(turn.parts, &items)
        }
    }

    private mutating func writeUser(_ parts: [CanonicalPart], _ items: inout JSONItems) {
        var said: [CanonicalPart] = []
        for part in parts {
            guard case .toolResult(let result) = part else {
                said.append(part)
                continue
            }
            // Models see pictures in what a user says alone.
            let media = result.parts.filter(\.isMedia)
            writeResult(result, hasMedia: !media.isEmpty, &items)
            said += media
        }
        write(said, role: "user", &items)
    }

    private mutating func writeResult(_ result: CanonicalToolResult, hasMedia: Bool, _ items: inout JSONItems) {
        var text = WireText(joining: Self.texts(result.parts), by: #"\n"#)
        if text.isEmpty, hasMedia { text = WireText(OpenAIMessageWriter.pictureFollows) }
        if result.isError {
            if text.isEmpty { text = WireText("Error") }
            lossy.add("messages[].content[].is_error")
        }
        items.object { message in
            message.string("role", "tool")
            message.text("content", text)
            if let name = result.name { message.string("tool_name", name) }
            message.string("tool_call_id", result.callID)
        }
    }

    private mutating func write(_ parts: [CanonicalPart], role: String, _ items: inout JSONItems) {
        var texts = Self.texts(parts)
        var images: [WireText] = []
        for part in parts {
            switch part {
            case .image(.base64(_, let data)): images.append(data)
            case .image(.url(let url)), .file(.url(let url), _):
                // The dialect fetches nothing; the model at least learns of it.
                lossy.add("messages[].content[].url")
                texts.append(url)
            case .file: lossy.add("messages[].content[].file")
            case .text, .refusal, .thinking, .redactedThinking, .toolCall, .toolResult: continue
            }
        }
        guard !texts.isEmpty || !images.isEmpty else { return }
        items.object { message in
            message.string("role", role)
            message.text("content", WireText(joining: texts, by: #"\n\n"#))
            if !images.isEmpty { message.array("images") { list in for image in images { list.text(image) } } }
        }
    }

    private mutating func writeAssistant(_ parts: [CanonicalPart], _ items: inout JSONItems) {
        var thinking: [WireText] = []
        var calls: [CanonicalToolCall] = []
        for part in parts {
            switch part {
            case .thinking(let thought):
                thinking.append(thought.text)
                if thought.isKept { lossy.add("messages[].content[].signature") }
            case .redactedThinking: lossy.add("messages[].content[].thinking")
            case .toolCall(let call): calls.append(call)
            case .image, .file: lossy.add("messages[].content[].type")
            case .text, .refusal, .toolResult: continue
            }
        }
        let texts = Self.texts(parts)
        guard !texts.isEmpty || !thinking.isEmpty || !calls.isEmpty else { return }
        items.object { message in
            message.string("role", "assistant")
            message.text("content", WireText(joining: texts, by: ""))
            if !thinking.isEmpty { message.text("thinking", WireText(joining: thinking, by: "")) }
            OllamaCall.write(calls, names: [:], &message)
        }
    }

    private static func texts(_ parts: [CanonicalPart]) -> [WireText] {
        parts.compactMap { part in
            switch part {
            case .text(let text), .refusal(let text): text.isEmpty ? nil : text
            case .image, .file, .thinking, .redactedThinking, .toolCall, .toolResult: nil
            }
        }
    }
}

/// Calls of tools in Ollama's dialect, whose arguments are objects.
enum OllamaCall {
    /// - Parameters:
    ///   - calls: The calls; without any nothing is written.
    ///   - names: The client's names of tools that had to be renamed.
    ///   - message: Takes them.
    static func write(_ calls: [CanonicalToolCall], names: [String: String], _ message: inout JSONFields) {
        guard !calls.isEmpty else { return }
        message.array("tool_calls") { list in
            for (index, call) in calls.enumerated() {
                list.object { item in
                    if !call.id.isEmpty { item.string("id", call.id) }
                    item.object("function") { function in
                        function.integer("index", index)
                        function.string("name", names[call.name] ?? call.name)
                        function.raw("arguments", call.arguments.object)
                    }
                }
            }
        }
    }
}
