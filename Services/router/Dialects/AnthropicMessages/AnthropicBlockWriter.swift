import JSON

/// Writes turns as messages of Anthropic's dialect.
struct AnthropicBlockWriter {
    /// The upstream's names of tools that had to be renamed.
    let names: [String: String]

    func write(_ turn: CanonicalTurn, isLast: Bool, _ message: inout JSONFields) {
        message.string("role", turn.role == .assistant ? "assistant" : "user")
        if turn.parts.count == 1, case .text(let text) = turn.parts[0] {
            message.text("content", text)
            return
        }
        message.array("content") { content in
            for (index, part) in turn.parts.enumerated() where !part.isCacheMark {
                content.object { block in
                    write(part, &block)
                    let next = index + 1 < turn.parts.count ? turn.parts[index + 1] : nil
                    // The dialect takes none at thinking.
                    if case .cacheMark(let mark)? = next, !part.isThinking { mark.write(&block) }
                }
            }
        }
    }

    private func write(_ part: CanonicalPart, _ block: inout JSONFields) {
        switch part {
        case .text(let text), .refusal(let text):
            block.string("type", "text")
            block.text("text", text)
        case .image(let media):
            block.string("type", "image")
            write(media, &block)
        case .file(let media, let name):
            block.string("type", "document")
            write(media, &block)
            if let name, !name.isEmpty { block.text("title", name) }
        case .thinking(let thinking):
            block.string("type", "thinking")
            block.text("thinking", thinking.text)
            if let signature = thinking.signature { block.text("signature", signature) }
        case .redactedThinking(let data):
            block.string("type", "redacted_thinking")
            block.text("data", data)
        case .toolCall(let call):
            block.string("type", "tool_use")
            block.string("id", call.id)
            block.string(
                "name",
                names[call.name] ?? ToolNaming.fitting(call.name, limit: AnthropicRequestWriter.nameLimit)
            )
            block.raw("input", call.arguments.object)
        case .toolResult(let result): write(result, &block)
        case .cacheMark: return
        }
    }

    private func write(_ media: CanonicalMedia, _ block: inout JSONFields) {
        block.object("source") { source in
            switch media {
            case .url(let url):
                source.string("type", "url")
                source.text("url", url)
            case .base64(let type, let data):
                source.string("type", "base64")
                source.text("media_type", Self.known(type))
                source.text("data", data)
            }
        }
    }

    /// A spelling that is widely used and that the dialect does not know.
    private static func known(_ type: WireText) -> WireText {
        let name = type.string
        if name == "image/jpg" { return WireText("image/jpeg") }
        return type.escaped.count == name.utf8.count ? type : WireText(name)
    }

    private func write(_ result: CanonicalToolResult, _ block: inout JSONFields) {
        block.string("type", "tool_result")
        block.string("tool_use_id", result.callID)
        let parts = result.parts.filter { part in
            switch part {
            case .text(let text), .refusal(let text): !text.isEmpty
            case .image, .file: true
            case .thinking, .redactedThinking, .toolCall, .toolResult, .cacheMark: false
            }
        }
        if parts.isEmpty {
            // A failure has to say something.
            if result.isError { block.string("content", "Error") }
        } else if parts.count == 1, case .text(let text) = parts[0] {
            block.text("content", text)
        } else {
            block.array("content") { content in
                for part in parts where !part.isBlankText { content.object { write(part, &$0) } }
            }
        }
        if result.isError { block.boolean("is_error", true) }
        result.cacheMark?.write(&block)
    }
}

extension CanonicalCacheMark {
    /// Writes it as Anthropic's dialect has it.
    func write(_ block: inout JSONFields) {
        block.object("cache_control") { control in
            control.string("type", "ephemeral")
            writeTime(&control)
        }
    }
}

extension CanonicalPart {
    var isCacheMark: Bool {
        if case .cacheMark = self { true } else { false }
    }

    var isBlankText: Bool {
        if case .text(let text) = self { text.isBlank } else { false }
    }
}
