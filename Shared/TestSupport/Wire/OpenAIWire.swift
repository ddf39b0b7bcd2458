/// Writes Chat Completions as OpenAI's servers do.
struct OpenAIWire {
    let model: String

    private var common: String {
        #""created":1741570283,"model":\#(MockWire.quoted(model)),"system_fingerprint":"fp_mock""#
    }

    func unary(_ answer: MockAnswer) -> String {
        var message = #""role":"assistant","content":"#
        message += answer.text.isEmpty ? "null" : MockWire.quoted(answer.text.joined())
        if let reasoning = answer.reasoning {
            message += #","reasoning_content":"# + MockWire.quoted(reasoning.text.joined())
        }
        message += #","refusal":null"#
        if !answer.tools.isEmpty {
            let calls = answer.tools.map { call in
                #"{"id":\#(MockWire.quoted(call.id)),"type":"function","function":{"name":\#(MockWire.quoted(call.name)),"#
                    + #""arguments":\#(MockWire.quoted(call.arguments.joined()))}}"#
            }
            message += #","tool_calls":[\#(calls.joined(separator: ","))]"#
        }
        return
            #"{"id":"chatcmpl-mock","object":"chat.completion",\#(common),"choices":[{"index":0,"message":{\#(message)},"#
            + #""logprobs":null,"finish_reason":"\#(finishReason(answer))"}],"usage":\#(usage(answer.usage))}"#
    }

    func frames(_ answer: MockAnswer, usage wantsUsage: Bool) -> [String] {
        let tail = wantsUsage ? #","usage":null"# : ""
        var frames = [chunk(#"{"role":"assistant","content":"","refusal":null}"#, tail)]
        for piece in answer.reasoning?.text ?? [] {
            frames.append(chunk(#"{"reasoning_content":\#(MockWire.quoted(piece))}"#, tail))
        }
        for piece in answer.text { frames.append(chunk(#"{"content":\#(MockWire.quoted(piece))}"#, tail)) }
        for (index, call) in answer.tools.enumerated() {
            let head =
                #"{"index":\#(index),"id":\#(MockWire.quoted(call.id)),"type":"function","#
                + #""function":{"name":\#(MockWire.quoted(call.name)),"arguments":""}}"#
            frames.append(chunk(#"{"tool_calls":[\#(head)]}"#, tail))
            for piece in call.arguments {
                let part = #"{"index":\#(index),"function":{"arguments":\#(MockWire.quoted(piece))}}"#
                frames.append(chunk(#"{"tool_calls":[\#(part)]}"#, tail))
            }
        }
        frames.append(chunk("{}", tail, finish: "\"\(finishReason(answer))\""))
        if wantsUsage { frames.append(usageFrame(answer.usage)) }
        frames.append("data: [DONE]\n\n")
        return frames
    }

    private func usageFrame(_ used: MockUsage) -> String {
        #"data: {"id":"chatcmpl-mock","object":"chat.completion.chunk",\#(common),"choices":[],"usage":\#(usage(used))}"#
            + "\n\n"
    }

    private func chunk(_ delta: String, _ tail: String, finish: String = "null") -> String {
        #"data: {"id":"chatcmpl-mock","object":"chat.completion.chunk",\#(common),"choices":[{"index":0,"delta":\#(delta),"#
            + #""logprobs":null,"finish_reason":\#(finish)}]\#(tail)}"# + "\n\n"
    }

    private func finishReason(_ answer: MockAnswer) -> String {
        answer.tools.isEmpty ? "stop" : "tool_calls"
    }

    private func usage(_ used: MockUsage) -> String {
        let prompt = used.input + used.cacheRead + used.cacheWrite5m + used.cacheWrite1h
        return
            #"{"prompt_tokens":\#(prompt),"completion_tokens":\#(used.output),"total_tokens":\#(prompt + used.output),"#
            + #""prompt_tokens_details":{"cached_tokens":\#(used.cacheRead),"audio_tokens":0},"#
            + #""completion_tokens_details":{"reasoning_tokens":\#(used.reasoning),"audio_tokens":0}}"#
    }
}
