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
            let texts = Self.texts(turn.parts)
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
        var said: [CanonicalPart] = []
        for part in parts {
            guard case .toolResult(let result) = part else {
                said.append(part)
                continue
            }
            // Pictures stand in what a user says alone.
            let media = result.parts.filter(\.isMedia)
            writeResult(result, hasMedia: !media.isEmpty, &items)
            said += media
        }
        guard !said.isEmpty else { return }
        guard said.contains(where: \.isMedia) else {
            let texts = Self.texts(said)
            guard !texts.isEmpty else { return }
            return items.object { message in
                message.string("role", "user")
                message.text("content", WireText(joining: texts, by: #"\n\n"#))
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
                block.object("image_url") { $0.text("url", OpenAIMessageWriter.url(media)) }
            }
        case .file(.url(let url), _):
            lossy.add("messages[].content[].url")
            Self.write(text: url, &content)
        case .file:
            lossy.add("messages[].content[].file")
        case .thinking, .redactedThinking, .toolCall, .toolResult: return
        }
    }

    private static func write(text: WireText, _ content: inout JSONItems) {
        content.object { block in
            block.string("type", "text")
            block.text("text", text)
        }
    }

    /// A result is a document, whose data is an object: a text that is one as it stands, every other as one member.
    private mutating func writeResult(_ result: CanonicalToolResult, hasMedia: Bool, _ items: inout JSONItems) {
        var text = WireText(joining: Self.texts(result.parts), by: #"\n"#)
        if text.isEmpty, hasMedia { text = WireText(OpenAIMessageWriter.pictureFollows) }
        if text.isEmpty, result.isError { text = WireText("Error") }
        items.object { message in
            message.string("role", "tool")
            message.string("tool_call_id", result.callID)
            message.array("content") { content in
                content.object { block in
                    block.string("type", "document")
                    block.object("document") { document in
                        if !result.isError, let object = GeminiToolResult.object(text) {
                            document.raw("data", object)
                        } else {
                            document.object("data") { GeminiToolResult.write(text, isError: result.isError, &$0) }
                        }
                    }
                }
            }
        }
    }

    // MARK: The assistant

    private mutating func writeAssistant(_ parts: [CanonicalPart], _ items: inout JSONItems) {
        var thoughts: [WireText] = []
        var calls: [CanonicalToolCall] = []
        for part in parts {
            switch part {
            case .thinking(let thinking):
                if !thinking.text.isEmpty { thoughts.append(thinking.text) }
                if thinking.isKept { lossy.add("messages[].content[].signature") }
            case .redactedThinking: lossy.add("messages[].content[].thinking")
            case .toolCall(let call): calls.append(call)
            case .image, .file: lossy.add("messages[].content[].type")
            case .text, .refusal, .toolResult: continue
            }
        }
        let texts = Self.texts(parts)
        let hasPlan = !isReasoning && !calls.isEmpty && !thoughts.isEmpty
        if !isReasoning, calls.isEmpty, !thoughts.isEmpty { lossy.add("messages[].content[].thinking") }
        let blocks = isReasoning ? thoughts : []
        guard !texts.isEmpty || !blocks.isEmpty || !calls.isEmpty else { return }
        items.object { message in
            message.string("role", "assistant")
            if hasPlan { message.text("tool_plan", WireText(joining: thoughts, by: "")) }
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

    private static func texts(_ parts: [CanonicalPart]) -> [WireText] {
        parts.compactMap { part in
            switch part {
            case .text(let text), .refusal(let text): text.isEmpty ? nil : text
            case .image, .file, .thinking, .redactedThinking, .toolCall, .toolResult: nil
            }
        }
    }
}
