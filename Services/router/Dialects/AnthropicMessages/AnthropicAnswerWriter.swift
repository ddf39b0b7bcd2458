import Contracts
import JSON

/// Writes a whole answer in Anthropic's dialect.
struct AnthropicAnswerWriter {
    let context: AnswerContext

    func write(_ answer: CanonicalAnswer, _ lossy: inout LossyNames) -> [UInt8] {
        let choice = answer.choices.first ?? CanonicalChoice()
        if answer.choices.count > 1 { lossy.add("choices") }
        let stop = (choice.stop ?? .end).fitting(hasToolCalls: choice.hasToolCalls(without: context.formatTool))
        var writer = JSONWriter(capacity: answer.size + 512)
        writer.object { message in
            message.string("id", Self.id(answer.id))
            message.string("type", "message")
            message.string("role", "assistant")
            message.string("model", answer.model ?? context.requestedModel)
            message.array("content") { content in
                for (index, part) in choice.parts.enumerated() { write(part, index, &content) }
            }
            message.string("stop_reason", stop.anthropic)
            message.string("stop_sequence", stop.sequence)
            let usage = answer.usage ?? TokenUsage(input: context.estimatedInputTokens)
            message.object("usage") { Self.write(usage, &$0) }
        }
        return writer.bytes
    }

    /// The upstream's id in this dialect's form.
    static func id(_ id: String?) -> String {
        guard let id, !id.isEmpty else { return "msg_" + AnswerID.random() }
        return id.hasPrefix("msg_") ? id : "msg_\(id)"
    }

    /// The upstream's id of a call, in the alphabet that this dialect's servers take back.
    static func toolID(_ id: String) -> String {
        guard !id.isEmpty else { return "toolu_" + AnswerID.random() }
        return ToolNaming.fitting(id, limit: AnthropicRequestWriter.idLimit)
    }

    private func write(_ part: CanonicalPart, _ index: Int, _ content: inout JSONItems) {
        switch part {
        case .text(let text), .refusal(let text):
            guard !text.isEmpty else { return }
            content.object { block in
                block.string("type", "text")
                block.text("text", text)
            }
        case .thinking(let thinking):
            content.object { block in
                block.string("type", "thinking")
                block.text("thinking", thinking.text)
                block.text("signature", thinking.signature ?? WireText(CanonicalThinking.ownSignature))
            }
        case .redactedThinking(let data):
            content.object { block in
                block.string("type", "redacted_thinking")
                block.text("data", data)
            }
        case .toolCall(let call) where call.name == context.formatTool:
            // The arguments are the answer.
            write(.text(call.arguments.text), index, &content)
        case .toolCall(let call):
            content.object { block in
                block.string("type", "tool_use")
                block.string("id", Self.toolID(call.id))
                block.string("name", context.clientName(call.name))
                block.raw("input", call.arguments.object)
            }
        case .image, .file, .toolResult, .cacheMark: return
        }
    }

    /// The usage in this dialect's classes, which do not overlap.
    static func write(_ usage: TokenUsage, _ fields: inout JSONFields) {
        fields.integer("input_tokens", usage.input)
        fields.integer("cache_creation_input_tokens", usage.cacheWrite5m + usage.cacheWrite1h)
        fields.integer("cache_read_input_tokens", usage.cacheRead)
        if usage.cacheWrite1h > 0 {
            fields.object("cache_creation") { creation in
                creation.integer("ephemeral_5m_input_tokens", usage.cacheWrite5m)
                creation.integer("ephemeral_1h_input_tokens", usage.cacheWrite1h)
            }
        }
        fields.integer("output_tokens", usage.output)
    }
}
