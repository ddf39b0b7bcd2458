import JSON

/// Writes turns as items of OpenAI's Responses.
struct ResponsesItemWriter {
    let names: ToolNames
    /// What the client calls the mark of a failed result, for which the dialect has no word.
    let isErrorName: String
    var lossy: LossyNames

    /// What the conversation begins with: instructions apart.
    mutating func writeInstructions(_ turns: [CanonicalTurn], _ body: inout JSONFields) {
        let texts = turns.flatMap(\.parts.texts)
        if turns.contains(where: { $0.parts.contains { !$0.isText } }) { lossy.add("system") }
        guard !texts.isEmpty else { return }
        body.text("instructions", WireText(joining: texts, by: #"\n\n"#))
    }

    mutating func write(_ turn: CanonicalTurn, _ input: inout JSONItems) {
        switch turn.role {
        case .system:
            let texts = turn.parts.texts
            guard !texts.isEmpty else { return }
            message("developer", WireText(joining: texts, by: #"\n\n"#), &input)
        case .user: writeUser(turn.parts, &input)
        case .assistant: writeAssistant(turn.parts, &input)
        }
    }

    private func message(_ role: String, _ text: WireText, _ input: inout JSONItems) {
        input.object { message in
            message.string("role", role)
            message.text("content", text)
        }
    }

    // MARK: The user

    private mutating func writeUser(_ parts: [CanonicalPart], _ input: inout JSONItems) {
        var said: [CanonicalPart] = []
        for part in parts {
            if case .toolResult(let result) = part { write(result, &input) } else { said.append(part) }
        }
        guard !said.isEmpty else { return }
        if said.allSatisfy(\.isText) {
            return message("user", WireText(joining: said.texts, by: #"\n\n"#), &input)
        }
        input.object { message in
            message.string("role", "user")
            message.array("content") { content in
                for part in said { write(part, &content) }
            }
        }
    }

    private mutating func write(_ result: CanonicalToolResult, _ input: inout JSONItems) {
        // The dialect has no mark for failure; a result that says nothing says at least this.
        if result.isError { lossy.add(isErrorName) }
        input.object { item in
            item.string("type", "function_call_output")
            item.string("call_id", result.callID)
            guard result.parts.contains(where: \.isMedia) else {
                let text = WireText(joining: result.parts.texts, by: #"\n"#)
                item.text("output", text.isEmpty && result.isError ? WireText("Error") : text)
                return
            }
            item.array("output") { content in
                for part in result.parts { write(part, &content) }
            }
        }
    }

    private func write(_ part: CanonicalPart, _ content: inout JSONItems) {
        switch part {
        case .text(let text), .refusal(let text):
            guard !text.isEmpty else { return }
            content.object { block in
                block.string("type", "input_text")
                block.text("text", text)
            }
        case .image(let media):
            content.object { block in
                block.string("type", "input_image")
                block.string("detail", "auto")
                block.text("image_url", media.url)
            }
        case .file(let media, let name):
            content.object { block in
                block.string("type", "input_file")
                if case .url(let url) = media { return block.text("file_url", url) }
                if let name, !name.isEmpty {
                    block.text("filename", name)
                } else {
                    block.string("filename", "document.pdf")
                }
                block.text("file_data", media.url)
            }
        case .thinking, .redactedThinking, .toolCall, .toolResult, .cacheMark: return
        }
    }

    // MARK: The assistant

    /// Items in the order in which the model made them; texts that stand in a row are one message.
    private mutating func writeAssistant(_ parts: [CanonicalPart], _ input: inout JSONItems) {
        var waiting: [WireText] = []
        func say(_ input: inout JSONItems) {
            if !waiting.isEmpty { message("assistant", WireText(joining: waiting, by: ""), &input) }
            waiting = []
        }
        for part in parts {
            switch part {
            case .text(let text), .refusal(let text): if !text.isEmpty { waiting.append(text) }
            case .thinking(let thinking):
                guard let (id, content) = ForeignSignature.readResponses(thinking.signature) else {
                    lossy.add("messages[].content[].thinking")
                    continue
                }
                say(&input)
                write(thinking, id, content, &input)
            case .redactedThinking: lossy.add("messages[].content[].thinking")
            case .toolCall(let call):
                say(&input)
                input.object { item in
                    item.string("type", "function_call")
                    item.string("call_id", call.id)
                    item.string("name", names.upstream(call.name))
                    item.text("arguments", call.arguments.text)
                }
            case .image, .file: lossy.add("messages[].content[].type")
            case .toolResult, .cacheMark: continue
            }
        }
        say(&input)
    }

    private func write(_ thinking: CanonicalThinking, _ id: WireText, _ content: WireText, _ input: inout JSONItems) {
        input.object { item in
            item.string("type", "reasoning")
            if !id.isEmpty { item.text("id", id) }
            item.array("summary") { summary in
                guard !thinking.text.isEmpty else { return }
                summary.object { part in
                    part.string("type", "summary_text")
                    part.text("text", thinking.text)
                }
            }
            item.text("encrypted_content", content)
        }
    }
}

extension CanonicalMedia {
    /// The address, or the data as one.
    var url: WireText {
        switch self {
        case .url(let url): url
        case .base64(let type, let data):
            WireText(joining: [WireText("data:"), type, WireText(";base64,"), data], by: "")
        }
    }
}
