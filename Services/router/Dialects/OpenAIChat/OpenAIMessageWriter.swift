import JSON

/// Writes turns as messages of OpenAI's dialect.
struct OpenAIMessageWriter {
    /// The upstream's names of tools that had to be renamed.
    let names: [String: String]
    let model: OpenAIModel
    /// What the client calls the mark of a failed result, for which the dialect has no word.
    let isErrorName: String
    var lossy: LossyNames

    mutating func write(_ turn: CanonicalTurn, _ items: inout JSONItems) {
        switch turn.role {
        case .system: writeSystem(turn.parts, &items)
        case .user: writeUser(turn.parts, &items)
        case .assistant: writeAssistant(turn.parts, &items)
        }
    }

    private mutating func writeSystem(_ parts: [CanonicalPart], _ items: inout JSONItems) {
        let texts = parts.texts
        if texts.count < parts.count, parts.contains(where: { !$0.isText }) { lossy.add("system") }
        guard !texts.isEmpty else { return }
        items.object { message in
            message.string("role", "system")
            message.text("content", WireText(joining: texts, by: #"\n\n"#))
        }
    }

    // MARK: The user

    private mutating func writeUser(_ parts: [CanonicalPart], _ items: inout JSONItems) {
        let user = UserParts(parts)
        for answer in user.results {
            if answer.result.isError { lossy.add(isErrorName) }
            items.object { message in
                message.string("role", "tool")
                message.string("tool_call_id", answer.result.callID)
                message.text("content", answer.text)
            }
        }
        guard !user.said.isEmpty else { return }
        items.object { message in
            message.string("role", "user")
            writeContent(user.said, &message)
        }
    }

    private mutating func writeContent(_ parts: [CanonicalPart], _ message: inout JSONFields) {
        guard parts.contains(where: \.isMedia) else {
            message.text("content", WireText(joining: parts.texts, by: #"\n\n"#))
            return
        }
        message.array("content") { content in
            for part in parts {
                switch part {
                case .text(let text), .refusal(let text):
                    content.object { block in
                        block.string("type", "text")
                        block.text("text", text)
                    }
                case .image(let media):
                    content.object { block in
                        block.string("type", "image_url")
                        block.object("image_url") { $0.text("url", media.url) }
                    }
                case .file(let media, let name): writeFile(media, name, &content)
                case .thinking, .redactedThinking, .toolCall, .toolResult, .cacheMark: continue
                }
            }
        }
    }

    private mutating func writeFile(_ media: CanonicalMedia, _ name: WireText?, _ content: inout JSONItems) {
        guard case .base64 = media else {
            // The dialect takes no file by its address; the model at least learns of it.
            lossy.add("messages[].content[].source.url")
            content.object { block in
                block.string("type", "text")
                block.text("text", media.url)
            }
            return
        }
        if let format = media.audioFormat, case .base64(_, let data) = media {
            content.object { block in
                block.string("type", "input_audio")
                block.object("input_audio") { audio in
                    audio.text("data", data)
                    audio.string("format", format)
                }
            }
            return
        }
        content.object { block in
            block.string("type", "file")
            block.object("file") { file in
                if let name, !name.isEmpty {
                    file.text("filename", name)
                } else {
                    file.string("filename", "document.pdf")
                }
                file.text("file_data", media.url)
            }
        }
    }

    // MARK: The assistant

    private mutating func writeAssistant(_ parts: [CanonicalPart], _ items: inout JSONItems) {
        let texts = parts.texts
        let calls = parts.compactMap { part -> CanonicalToolCall? in
            if case .toolCall(let call) = part { call } else { nil }
        }
        if parts.contains(where: \.isMedia) { lossy.add("messages[].content[].type") }
        let reasoning = OpenAIReasoningWriter(model: model, parts: parts)
        if reasoning.isDropped { lossy.add("messages[].content[].thinking") }
        guard !texts.isEmpty || !calls.isEmpty || !reasoning.isEmpty else { return }
        items.object { message in
            message.string("role", "assistant")
            if texts.isEmpty, !calls.isEmpty {
                message.null("content")
            } else {
                message.text("content", WireText(joining: texts, by: ""))
            }
            reasoning.write(&message)
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
            function.string(
                "name",
                names[call.name] ?? ToolNaming.fitting(call.name, limit: OpenAIRequestWriter.nameLimit)
            )
            function.text("arguments", call.arguments.text)
        }
    }
}

extension CanonicalPart {
    var isText: Bool {
        switch self {
        case .text, .refusal: true
        case .image, .file, .thinking, .redactedThinking, .toolCall, .toolResult, .cacheMark: false
        }
    }

    var isMedia: Bool {
        switch self {
        case .image, .file: true
        case .text, .refusal, .thinking, .redactedThinking, .toolCall, .toolResult, .cacheMark: false
        }
    }
}
