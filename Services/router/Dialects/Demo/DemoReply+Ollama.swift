import JSON

extension DemoReply {
    func ollamaBody() -> [UInt8] {
        var writer = JSONWriter(capacity: 512 + text.utf8.count)
        writer.object { write(text, isLast: true, &$0) }
        return writer.bytes
    }

    /// The lines of a stream, which has no events.
    func ollamaLines() -> [[UInt8]] {
        let texts = pieces.map { String($0) }.map { ($0, false) } + [("", true)]
        return texts.map { text, isLast in
            var writer = JSONWriter()
            writer.object { write(text, isLast: isLast, &$0) }
            return writer.bytes + [0x0A]
        }
    }

    private func write(_ text: String, isLast: Bool, _ body: inout JSONFields) {
        body.string("model", model)
        body.string("created_at", CivilTime.iso8601(created))
        body.object("message") { message in
            message.string("role", "assistant")
            message.string("content", text)
        }
        body.boolean("done", isLast)
        guard isLast else { return }
        body.string("done_reason", "stop")
        body.integer("prompt_eval_count", inputTokens)
        body.integer("eval_count", outputTokens)
    }
}
