import JSON

/// Writes turns as messages of OpenAI's dialect.
struct OpenAIMessageWriter {
    /// What stands in a tool's message where its result was a picture: this dialect has those in user messages alone.
    static let pictureFollows = "(The result follows as a picture or file in the next message.)"

    /// The upstream's names of tools that had to be renamed.
    let names: [String: String]
    let model: OpenAIModel
    var lossy: LossyNames

    mutating func write(_ turn: CanonicalTurn, _ items: inout JSONItems) {
        switch turn.role {
        case .system: writeSystem(turn.parts, &items)
        case .user: writeUser(turn.parts, &items)
        case .assistant: writeAssistant(turn.parts, &items)
        }
    }

    private mutating func writeSystem(_ parts: [CanonicalPart], _ items: inout JSONItems) {
        let texts = texts(parts)
        if texts.count < parts.count, parts.contains(where: { !$0.isText }) { lossy.add("system") }
        guard !texts.isEmpty else { return }
        items.object { message in
            message.string("role", "system")
            message.text("content", WireText(joining: texts, by: #"\n\n"#))
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
            let media = result.parts.filter(\.isMedia)
            writeResult(result, hasMedia: !media.isEmpty, &items)
            said += media
        }
        guard !said.isEmpty else { return }
        items.object { message in
            message.string("role", "user")
            writeContent(said, &message)
        }
    }

    private mutating func writeResult(_ result: CanonicalToolResult, hasMedia: Bool, _ items: inout JSONItems) {
        var text = WireText(joining: texts(result.parts), by: #"\n"#)
        if text.isEmpty, hasMedia { text = WireText(Self.pictureFollows) }
        if result.isError {
            // The dialect has no mark for failure; a result that says nothing says at least this.
            if text.isEmpty { text = WireText("Error") }
            lossy.add("messages[].content[].is_error")
        }
        items.object { message in
            message.string("role", "tool")
            message.string("tool_call_id", result.callID)
            message.text("content", text)
        }
    }

    private mutating func writeContent(_ parts: [CanonicalPart], _ message: inout JSONFields) {
        guard parts.contains(where: \.isMedia) else {
            message.text("content", WireText(joining: texts(parts), by: #"\n\n"#))
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
                        block.object("image_url") { $0.text("url", Self.url(media)) }
                    }
                case .file(let media, let name): writeFile(media, name, &content)
                case .thinking, .redactedThinking, .toolCall, .toolResult: continue
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
                block.text("text", Self.url(media))
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
                file.text("file_data", Self.url(media))
            }
        }
    }

    static func url(_ media: CanonicalMedia) -> WireText {
        switch media {
        case .url(let url): url
        case .base64(let type, let data):
            WireText(joining: [WireText("data:"), type, WireText(";base64,"), data], by: "")
        }
    }

    // MARK: The assistant

    private mutating func writeAssistant(_ parts: [CanonicalPart], _ items: inout JSONItems) {
        let texts = texts(parts)
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

    private func texts(_ parts: [CanonicalPart]) -> [WireText] {
        parts.compactMap { part in
            switch part {
            case .text(let text), .refusal(let text): text.isEmpty ? nil : text
            case .image, .file, .thinking, .redactedThinking, .toolCall, .toolResult: nil
            }
        }
    }
}

extension CanonicalPart {
    var isText: Bool {
        switch self {
        case .text, .refusal: true
        case .image, .file, .thinking, .redactedThinking, .toolCall, .toolResult: false
        }
    }

    var isMedia: Bool {
        switch self {
        case .image, .file: true
        case .text, .refusal, .thinking, .redactedThinking, .toolCall, .toolResult: false
        }
    }
}
