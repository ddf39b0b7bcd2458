import Contracts
import JSON

/// Writes a whole answer in OpenAI's dialect.
struct OpenAIAnswerWriter {
    let context: AnswerContext

    func write(_ answer: CanonicalAnswer, _ lossy: inout LossyNames) -> [UInt8] {
        var writer = JSONWriter(capacity: answer.size + 512)
        writer.object { body in
            body.string("id", Self.id(answer.id))
            body.string("object", "chat.completion")
            body.integer("created", answer.created ?? context.created)
            body.string("model", answer.model ?? context.requestedModel)
            body.array("choices") { choices in
                for choice in answer.choices { choices.object { write(choice, &$0) } }
            }
            let usage = answer.usage ?? TokenUsage(input: context.estimatedInputTokens)
            body.object("usage") { Self.write(usage, &$0) }
        }
        return writer.bytes
    }

    /// The upstream's id in this dialect's form.
    static func id(_ id: String?) -> String {
        guard let id, !id.isEmpty else { return "chatcmpl-" + AnswerID.random() }
        return id.hasPrefix("chatcmpl") ? id : "chatcmpl-\(id)"
    }

    private func write(_ choice: CanonicalChoice, _ fields: inout JSONFields) {
        let content = OpenAIAnswerContent(choice, context)
        fields.integer("index", choice.index)
        fields.object("message") { message in
            message.string("role", "assistant")
            if let text = content.text {
                message.text("content", text)
            } else {
                message.null("content")
            }
            if let refusal = content.refusal { message.text("refusal", refusal) } else { message.null("refusal") }
            OpenAIReasoningWriter(answer: choice.parts).write(&message)
            write(content.calls, &message)
        }
        fields.null("logprobs")
        let stop = (choice.stop ?? .end).fitting(hasToolCalls: !content.calls.isEmpty)
        fields.string("finish_reason", stop.openAI(usesFunctions: context.usesFunctions))
    }

    private func write(_ calls: [CanonicalToolCall], _ message: inout JSONFields) {
        guard let first = calls.first else { return }
        if context.usesFunctions {
            message.object("function_call") { write(first, &$0) }
            return
        }
        message.array("tool_calls") { list in
            for call in calls {
                list.object { item in
                    item.string("id", call.id)
                    item.string("type", "function")
                    item.object("function") { write(call, &$0) }
                }
            }
        }
    }

    private func write(_ call: CanonicalToolCall, _ function: inout JSONFields) {
        function.string("name", context.clientName(call.name))
        function.text("arguments", call.arguments.text)
    }

    /// The usage in this dialect's classes: what was read from a cache or written to one is part of the prompt.
    static func write(_ usage: TokenUsage, _ fields: inout JSONFields) {
        let written = usage.cacheWrite5m + usage.cacheWrite1h
        let prompt = usage.input + usage.cacheRead + written
        fields.integer("prompt_tokens", prompt)
        fields.integer("completion_tokens", usage.output)
        fields.integer("total_tokens", prompt + usage.output)
        fields.object("prompt_tokens_details") { details in
            details.integer("cached_tokens", usage.cacheRead)
            if written > 0 { details.integer("cache_write_tokens", written) }
            if usage.audioIn > 0 { details.integer("audio_tokens", usage.audioIn) }
        }
        fields.object("completion_tokens_details") { details in
            details.integer("reasoning_tokens", usage.reasoning)
            if usage.audioOut > 0 { details.integer("audio_tokens", usage.audioOut) }
        }
    }
}

/// What an assistant message of OpenAI's dialect holds.
private struct OpenAIAnswerContent {
    var text: WireText?
    var refusal: WireText?
    var calls: [CanonicalToolCall] = []

    init(_ choice: CanonicalChoice, _ context: AnswerContext) {
        var texts: [WireText] = []
        var refusals: [WireText] = []
        for part in choice.parts {
            switch part {
            case .text(let text): texts.append(text)
            case .refusal(let text): refusals.append(text)
            case .toolCall(let call):
                if call.name == context.formatTool {
                    texts.append(call.arguments.text)
                } else {
                    calls.append(call)
                }
            case .image, .file, .thinking, .redactedThinking, .toolResult, .cacheMark: continue
            }
        }
        if !texts.isEmpty || (calls.isEmpty && refusals.isEmpty) { text = WireText(joining: texts, by: "") }
        if !refusals.isEmpty { refusal = WireText(joining: refusals, by: "") }
    }
}
