import JSON

/// Writes turns as messages of Ollama's dialect.
struct OllamaMessageWriter {
    /// What the client calls the mark of a failed result, for which the dialect has no word.
    let isErrorName: String
    var lossy: LossyNames

    mutating func write(_ turn: CanonicalTurn, _ items: inout JSONItems) {
        switch turn.role {
        case .system: write(turn.parts, role: "system", &items)
        case .user: writeUser(turn.parts, &items)
        case .assistant: writeAssistant(turn.parts, &items)
        }
    }

    private mutating func writeUser(_ parts: [CanonicalPart], _ items: inout JSONItems) {
        let user = UserParts(parts)
        for answer in user.results {
            if answer.result.isError { lossy.add(isErrorName) }
            items.object { message in
                message.string("role", "tool")
                message.text("content", answer.text)
                if let name = answer.result.name { message.string("tool_name", name) }
                message.string("tool_call_id", answer.result.callID)
            }
        }
        write(user.said, role: "user", &items)
    }

    private mutating func write(_ parts: [CanonicalPart], role: String, _ items: inout JSONItems) {
        var texts = parts.texts
        var images: [WireText] = []
        for part in parts {
            switch part {
            case .image(.base64(_, let data)): images.append(data)
            case .image(.url(let url)), .file(.url(let url), _):
                // The dialect fetches nothing; the model at least learns of it.
                lossy.add("messages[].content[].url")
                texts.append(url)
            case .file: lossy.add("messages[].content[].file")
            case .text, .refusal, .thinking, .redactedThinking, .toolCall, .toolResult, .cacheMark: continue
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
        let said = AssistantParts(parts, &lossy)
        guard !said.texts.isEmpty || !said.thoughts.isEmpty || !said.calls.isEmpty else { return }
        items.object { message in
            message.string("role", "assistant")
            message.text("content", WireText(joining: said.texts, by: ""))
            if !said.thoughts.isEmpty { message.text("thinking", WireText(joining: said.thoughts, by: "")) }
            OllamaCall.write(said.calls, names: [:], &message)
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
