import Contracts
import JSON

/// Writes a whole answer in Gemini's dialect.
struct GeminiAnswerWriter {
    let context: AnswerContext

    func write(_ answer: CanonicalAnswer, _ lossy: inout LossyNames) -> [UInt8] {
        var writer = JSONWriter(capacity: answer.size + 512)
        writer.object { body in
            body.array("candidates") { candidates in
                for choice in answer.choices { candidates.object { write(choice, &$0) } }
            }
            let usage = answer.usage ?? TokenUsage(input: context.estimatedInputTokens)
            body.object("usageMetadata") { Self.write(usage, &$0) }
            body.string("modelVersion", answer.model ?? context.requestedModel)
            body.string("responseId", answer.id.flatMap { $0.isEmpty ? nil : $0 } ?? AnswerID.random())
        }
        return writer.bytes
    }

    private func write(_ choice: CanonicalChoice, _ candidate: inout JSONFields) {
        candidate.object("content") { content in
            content.array("parts") { items in
                var isEmpty = true
                for part in choice.parts where write(part, &items) { isEmpty = false }
                // Google's own library takes an answer without parts for a broken one.
                if isEmpty { items.object { $0.string("text", "") } }
            }
            content.string("role", "model")
        }
        let hasRefusal = choice.parts.contains { if case .refusal = $0 { true } else { false } }
        let stop = choice.stop ?? .end
        candidate.string("finishReason", (hasRefusal && stop == .end ? .refusal : stop).gemini)
        candidate.integer("index", choice.index)
    }

    /// - Returns: Whether the part says anything here.
    private func write(_ part: CanonicalPart, _ items: inout JSONItems) -> Bool {
        switch part {
        case .text(let text), .refusal(let text):
            guard !text.isEmpty else { return false }
            items.object { $0.text("text", text) }
        case .thinking(let thinking):
            items.object { fields in
                fields.text("text", thinking.text)
                fields.boolean("thought", true)
                if thinking.isKept, let signature = thinking.signature {
                    fields.string("thoughtSignature", GeminiSignature.wrapped(.signature(signature.string)))
                }
            }
        case .redactedThinking(let data):
            items.object { Self.writeSeal(data.string, &$0) }
        case .toolCall(let call):
            if call.name == context.formatTool {
                items.object { $0.text("text", call.arguments.text) }
            } else {
                items.object { fields in
                    fields.object("functionCall") { function in
                        if !call.id.isEmpty { function.string("id", call.id) }
                        function.string("name", context.clientName(call.name))
                        function.raw("args", call.arguments.object)
                    }
                }
            }
        case .image, .file, .toolResult, .cacheMark: return false
        }
        return true
    }

    /// Sealed reasoning: Google's own signature as it is, that of others behind our mark.
    static func writeSeal(_ data: String, _ fields: inout JSONFields) {
        if let opened = GeminiSignature.opened(data) {
            fields.string("text", "")
            if opened.place == .thought { fields.boolean("thought", true) }
            return fields.string("thoughtSignature", opened.signature)
        }
        fields.boolean("thought", true)
        fields.string("thoughtSignature", GeminiSignature.wrapped(.redacted(data)))
    }

    /// The usage in this dialect's classes: what caches gave and took is part of the prompt, thoughts stand apart.
    static func write(_ usage: TokenUsage, _ fields: inout JSONFields) {
        let prompt = usage.input + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h
        fields.integer("promptTokenCount", prompt)
        if usage.cacheRead > 0 { fields.integer("cachedContentTokenCount", usage.cacheRead) }
        fields.integer("candidatesTokenCount", max(0, usage.output - usage.reasoning))
        if usage.reasoning > 0 { fields.integer("thoughtsTokenCount", usage.reasoning) }
        fields.integer("totalTokenCount", prompt + usage.output)
        if usage.audioIn > 0 { write("promptTokensDetails", audio: usage.audioIn, of: prompt, &fields) }
        if usage.audioOut > 0 { write("candidatesTokensDetails", audio: usage.audioOut, of: usage.output, &fields) }
    }

    private static func write(_ name: StaticString, audio: Int, of all: Int, _ fields: inout JSONFields) {
        fields.array(name) { items in
            for (modality, count) in [("TEXT", max(0, all - audio)), ("AUDIO", audio)] {
                items.object { item in
                    item.string("modality", modality)
                    item.integer("tokenCount", count)
                }
            }
        }
    }
}
