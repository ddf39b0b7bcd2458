import JSON

extension DemoReply {
    func openAIBody() -> [UInt8] {
        var writer = JSONWriter(capacity: 512 + text.utf8.count)
        writer.object { body in
            head(&body, object: "chat.completion")
            body.array("choices") { choices in
                choices.object { choice in
                    choice.integer("index", 0)
                    choice.object("message") { message in
                        message.string("role", "assistant")
                        message.string("content", text)
                        message.null("refusal")
                    }
                    choice.null("logprobs")
                    choice.string("finish_reason", "stop")
                }
            }
            usage(&body)
        }
        return writer.bytes
    }

    func openAIFrames() -> [[UInt8]] {
        let opening = chunk(finish: false) { delta in
            delta.string("role", "assistant")
            delta.string("content", "")
        }
        var frames = [opening]
        for piece in pieces {
            frames.append(chunk(finish: false) { $0.string("content", String(piece)) })
        }
        frames.append(chunk(finish: true) { _ in })
        if includeUsage {
            frames.append(
                Self.frame { body in
                    head(&body, object: "chat.completion.chunk")
                    body.array("choices") { _ in }
                    usage(&body)
                }
            )
        }
        frames.append(Array("data: [DONE]\n\n".utf8))
        return frames
    }

    private func chunk(finish: Bool, _ delta: (inout JSONFields) -> Void) -> [UInt8] {
        Self.frame { body in
            head(&body, object: "chat.completion.chunk")
            body.array("choices") { choices in
                choices.object { choice in
                    choice.integer("index", 0)
                    choice.object("delta", delta)
                    choice.null("logprobs")
                    choice.string("finish_reason", finish ? "stop" : nil)
                }
            }
            if includeUsage { body.null("usage") }
        }
    }

    private func head(_ body: inout JSONFields, object: String) {
        body.string("id", "chatcmpl-demo-\(id)")
        body.string("object", object)
        body.integer("created", created)
        body.string("model", model)
        body.string("system_fingerprint", "keirouter-demo")
    }

    private func usage(_ body: inout JSONFields) {
        body.object("usage") { usage in
            usage.integer("prompt_tokens", inputTokens)
            usage.integer("completion_tokens", outputTokens)
            usage.integer("total_tokens", inputTokens + outputTokens)
        }
    }
}
