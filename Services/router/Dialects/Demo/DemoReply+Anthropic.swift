import JSON

extension DemoReply {
    func anthropicBody() -> [UInt8] {
        var writer = JSONWriter(capacity: 512 + text.utf8.count)
        writer.object { message in
            head(&message)
            message.array("content") { content in
                content.object { block in
                    block.string("type", "text")
                    block.string("text", text)
                }
            }
            message.string("stop_reason", "end_turn")
            message.null("stop_sequence")
            usage(&message, output: outputTokens)
        }
        return writer.bytes
    }

    func anthropicFrames() -> [[UInt8]] {
        var frames = [opening(), blockStart()]
        for piece in pieces {
            frames.append(
                Self.frame(event: "content_block_delta") { event in
                    event.string("type", "content_block_delta")
                    event.integer("index", 0)
                    event.object("delta") { delta in
                        delta.string("type", "text_delta")
                        delta.string("text", String(piece))
                    }
                }
            )
        }
        return frames + closing()
    }

    private func opening() -> [UInt8] {
        Self.frame(event: "message_start") { event in
            event.string("type", "message_start")
            event.object("message") { message in
                head(&message)
                message.array("content") { _ in }
                message.null("stop_reason")
                message.null("stop_sequence")
                usage(&message, output: 1)
            }
        }
    }

    private func blockStart() -> [UInt8] {
        Self.frame(event: "content_block_start") { event in
            event.string("type", "content_block_start")
            event.integer("index", 0)
            event.object("content_block") { block in
                block.string("type", "text")
                block.string("text", "")
            }
        }
    }

    private func closing() -> [[UInt8]] {
        [
            Self.frame(event: "content_block_stop") { event in
                event.string("type", "content_block_stop")
                event.integer("index", 0)
            },
            Self.frame(event: "message_delta") { event in
                event.string("type", "message_delta")
                event.object("delta") { delta in
                    delta.string("stop_reason", "end_turn")
                    delta.null("stop_sequence")
                }
                event.object("usage") { $0.integer("output_tokens", outputTokens) }
            },
            Self.frame(event: "message_stop") { $0.string("type", "message_stop") },
        ]
    }

    private func head(_ message: inout JSONFields) {
        message.string("id", "msg_demo_\(id)")
        message.string("type", "message")
        message.string("role", "assistant")
        message.string("model", model)
    }

    private func usage(_ message: inout JSONFields, output: Int) {
        message.object("usage") { usage in
            usage.integer("input_tokens", inputTokens)
            usage.integer("cache_creation_input_tokens", 0)
            usage.integer("cache_read_input_tokens", 0)
            usage.integer("output_tokens", output)
        }
    }
}
