import JSON

/// Writes turns as messages of Cohere's dialect.
struct CohereMessageWriter {
    let names: ToolNames
    /// Whether the model thinks in blocks of its own; others have a plan before their calls.
    let isReasoning: Bool
    var lossy: LossyNames

    mutating func write(_ turn: CanonicalTurn, _ items: inout JSONItems) {
        switch turn.role {
        case .system:
            let texts = turn.parts.texts
            guard !texts.isEmpty else { return }
            items.object { message in
                message.string("role", "system")
                message.text("content", WireText(joining: texts, by: #"\n\n"#))
            }
        case .user: writeUser(turn.parts, &items)
        case .assistant: writeAssistant(turn.parts, &items)
        }
    }

    // MARK: The user

    private mutating func writeUser(_ parts: [CanonicalPart], _ items: inout JSONItems) {
        let user = UserParts(parts)
        for answer in user.results { write(answer, &items) }
        let said = user.said.filter { part in
            guard case .file(.base64, _) = part else { return true }
            lossy.add("messages[].content[].file")
            return false
        }
        guard said.contains(where: \.isMedia) else {
            guard !said.texts.isEmpty else { return }
            return items.object { message in
                message.string("role", "user")
                message.text("content", WireText(joining: said.texts, by: #"\n\n"#))
            }
        }
        items.object { message in
            message.string("role", "user")
            message.array("content") { content in for part in said { write(part, &content) } }
        }
    }

    private mutating func write(_ part: CanonicalPart, _ content: inout JSONItems) {
        switch part {
        case .text(let text), .refusal(let text):
            if !text.isEmpty { Self.write(text: text, &content) }
        case .image(let media):
            content.object { block in
                block.string("type", "image_url")
                block.object("image_url") { $0.text("url", media.url) }
            }
        case .file(.url(let url), _):
            lossy.add("messages[].content[].url")
            Self.write(text: url, &content)
        case .file, .thinking, .redactedThinking, .toolCall, .toolResult, .cacheMark: return
        }
    }

    private static func write(text: WireText, _ content: inout JSONItems) {
        content.object { block in
            block.string("type", "text")
            block.text("text", text)
        }
    }

    /// A result is a document, whose data is an object: a text that is one as it stands, every other as one member.
    private func write(_ answer: UserParts.Result, _ items: inout JSONItems) {
        let isError = answer.result.isError
        items.object { message in
            message.string("role", "tool")
            message.string("tool_call_id", answer.result.callID)
            message.array("content") { content in
                content.object { block in
                    block.string("type", "document")
                    block.object("document") { document in
                        if !isError, let object = GeminiToolResult.object(answer.text) {
                            document.raw("data", object)
                        } else {
                            document.object("data") { GeminiToolResult.write(answer.text, isError: isError, &$0) }
                        }
                    }
                }
            }
        }
    }

    // MARK: The assistant

    private mutating func writeAssistant(_ parts: [CanonicalPart], _ items: inout JSONItems) {
        let said = AssistantParts(parts, &lossy)
        let (texts, calls) = (said.texts, said.calls)
        let hasPlan = !isReasoning && !calls.isEmpty && !said.thoughts.isEmpty
        if !isReasoning, calls.isEmpty, !said.thoughts.isEmpty { lossy.add("messages[].content[].thinking") }
        let blocks = isReasoning ? said.thoughts : []
        guard !texts.isEmpty || !blocks.isEmpty || !calls.isEmpty else { return }
        items.object { message in
            message.string("role", "assistant")
            if hasPlan { message.text("tool_plan", WireText(joining: said.thoughts, by: "")) }
            if !blocks.isEmpty || !texts.isEmpty {
                message.array("content") { content in
                    for thought in blocks {
                        content.object { block in
                            block.string("type", "thinking")
                            block.text("thinking", thought)
                        }
                    }
                    if !texts.isEmpty { Self.write(text: WireText(joining: texts, by: ""), &content) }
                }
            }
            guard !calls.isEmpty else { return }
            message.array("tool_calls") { list in
                for call in calls { list.object { write(call, &$0) } }
            }
        }
    }

    private func write(_ call: CanonicalToolCall, _ fields: inout JSONFields) {
        fields.string("id", call.id)
        fields.string("type", "function")
        fields.object("function") { function in
            function.string("name", names.upstream(call.name))
            function.text("arguments", call.arguments.text)
        }
    }
}
