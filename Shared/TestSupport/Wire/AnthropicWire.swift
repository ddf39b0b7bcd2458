/// Writes Messages as Anthropic's servers do.
struct AnthropicWire {
    let model: String

    func unary(_ answer: MockAnswer) -> String {
        var blocks: [String] = []
        if let reasoning = answer.reasoning {
            blocks.append(
                #"{"type":"thinking","thinking":\#(MockWire.quoted(reasoning.text.joined())),"#
                    + #""signature":\#(MockWire.quoted(reasoning.signature))}"#
            )
            if let data = reasoning.redacted {
                blocks.append(#"{"type":"redacted_thinking","data":\#(MockWire.quoted(data))}"#)
            }
        }
        if !answer.text.isEmpty {
            blocks.append(#"{"type":"text","text":\#(MockWire.quoted(answer.text.joined()))}"#)
        }
        for call in answer.tools {
            blocks.append(
                #"{"type":"tool_use","id":\#(MockWire.quoted(call.id)),"name":\#(MockWire.quoted(call.name)),"#
                    + #""input":\#(call.arguments.joined())}"#
            )
        }
        return #"{"id":"msg_mock","type":"message","role":"assistant","model":\#(MockWire.quoted(model)),"#
            + #""content":[\#(blocks.joined(separator: ","))],"stop_reason":"\#(stopReason(answer))","#
            + #""stop_sequence":null,"usage":\#(usage(answer.usage, output: answer.usage.output))}"#
    }

    func frames(_ answer: MockAnswer) -> [String] {
        let message =
            #"{"id":"msg_mock","type":"message","role":"assistant","model":\#(MockWire.quoted(model)),"content":[],"#
            + #""stop_reason":null,"stop_sequence":null,"usage":\#(usage(answer.usage, output: 1))}"#
        var frames = [event("message_start", #""message":\#(message)"#)]
        var index = 0
        for block in blocks(answer) {
            frames.append(event("content_block_start", #""index":\#(index),"content_block":\#(block.start)"#))
            if index == 0 { frames.append(event("ping", "")) }
            frames += block.deltas.map { event("content_block_delta", #""index":\#(index),"delta":\#($0)"#) }
            frames.append(event("content_block_stop", #""index":\#(index)"#))
            index += 1
        }
        let delta = #""delta":{"stop_reason":"\#(stopReason(answer))","stop_sequence":null}"#
        frames.append(event("message_delta", delta + #","usage":{"output_tokens":\#(answer.usage.output)}"#))
        frames.append(event("message_stop", ""))
        return frames
    }

    private func blocks(_ answer: MockAnswer) -> [(start: String, deltas: [String])] {
        var blocks: [(start: String, deltas: [String])] = []
        if let reasoning = answer.reasoning {
            var deltas = reasoning.text.map { #"{"type":"thinking_delta","thinking":\#(MockWire.quoted($0))}"# }
            deltas.append(#"{"type":"signature_delta","signature":\#(MockWire.quoted(reasoning.signature))}"#)
            blocks.append((#"{"type":"thinking","thinking":"","signature":""}"#, deltas))
            if let data = reasoning.redacted {
                blocks.append((#"{"type":"redacted_thinking","data":\#(MockWire.quoted(data))}"#, []))
            }
        }
        if !answer.text.isEmpty {
            let deltas = answer.text.map { #"{"type":"text_delta","text":\#(MockWire.quoted($0))}"# }
            blocks.append((#"{"type":"text","text":""}"#, deltas))
        }
        for call in answer.tools {
            let start =
                #"{"type":"tool_use","id":\#(MockWire.quoted(call.id)),"name":\#(MockWire.quoted(call.name)),"input":{}}"#
            let deltas = call.arguments.map {
                #"{"type":"input_json_delta","partial_json":\#(MockWire.quoted($0))}"#
            }
            blocks.append((start, deltas))
        }
        return blocks
    }

    private func event(_ name: String, _ rest: String) -> String {
        let members = rest.isEmpty ? "" : "," + rest
        return "event: \(name)\ndata: {\"type\":\"\(name)\"\(members)}\n\n"
    }

    private func stopReason(_ answer: MockAnswer) -> String {
        answer.tools.isEmpty ? "end_turn" : "tool_use"
    }

    private func usage(_ used: MockUsage, output: Int) -> String {
        let written = used.cacheWrite5m + used.cacheWrite1h
        return #"{"input_tokens":\#(used.input),"cache_creation_input_tokens":\#(written),"#
            + #""cache_read_input_tokens":\#(used.cacheRead),"cache_creation":{"#
            + #""ephemeral_5m_input_tokens":\#(used.cacheWrite5m),"ephemeral_1h_input_tokens":\#(used.cacheWrite1h)},"#
            + #""output_tokens":\#(output),"service_tier":"standard"}"#
    }
}
