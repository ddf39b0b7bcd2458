import JSON

extension DemoReply {
    func geminiBody() -> [UInt8] {
        var writer = JSONWriter(capacity: 512 + text.utf8.count)
        writer.object { write(text, isLast: true, &$0) }
        return writer.bytes
    }

    func geminiFrames() -> [[UInt8]] {
        pieces.enumerated().map { place, piece in
            Self.frame { write(String(piece), isLast: place == pieces.count - 1, &$0) }
        }
    }

    private func write(_ text: String, isLast: Bool, _ body: inout JSONFields) {
        body.array("candidates") { candidates in
            candidates.object { candidate in
                candidate.object("content") { content in
                    content.array("parts") { parts in parts.object { $0.string("text", text) } }
                    content.string("role", "model")
                }
                if isLast { candidate.string("finishReason", "STOP") }
                candidate.integer("index", 0)
            }
        }
        body.object("usageMetadata") { usage in
            usage.integer("promptTokenCount", inputTokens)
            if isLast { usage.integer("candidatesTokenCount", outputTokens) }
            usage.integer("totalTokenCount", inputTokens + (isLast ? outputTokens : 0))
        }
        body.string("modelVersion", model)
        body.string("responseId", "demo-\(id)")
    }
}
