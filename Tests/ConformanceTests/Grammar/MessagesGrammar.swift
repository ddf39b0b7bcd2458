import Dialects
import TestSupport

struct MessagesGrammar: WireGrammar {
    let dialect = Dialect.anthropicMessages

    func stream(_ bytes: [UInt8]) -> StreamGrammar { StreamGrammar.anthropic(bytes) }

    func answer(_ body: WireValue) -> WholeAnswer {
        var whole = WholeAnswer()
        whole.demand(body["type"].string == "message", "the type is no message")
        whole.demand(body["role"].string == "assistant", "the role is not the assistant's")
        whole.demand(body["id"].string?.isEmpty == false, "no id")
        whole.demand(body["model"].string?.isEmpty == false, "no model")
        whole.demand(body["content"].isList, "no content")
        whole.demand(body.members.contains("stop_sequence"), "no stop_sequence")
        for block in body["content"].list { read(block, &whole) }
        let stop = body["stop_reason"].string
        whole.answer.stopReason = stop
        let words = ["end_turn", "max_tokens", "stop_sequence", "tool_use", "pause_turn", "refusal"]
        whole.demand(words.contains(stop ?? ""), "the stop reason \(stop ?? "null")")
        let mayCall = stop == "max_tokens" || stop == "refusal"
        whole.demand((stop == "tool_use") == !whole.answer.toolCalls.isEmpty || mayCall, "stop reason and calls")
        let usage = body["usage"]
        whole.answer.hasUsage = usage["input_tokens"].integer != nil && usage["output_tokens"].integer != nil
        whole.answer.counts.cacheRead = usage["cache_read_input_tokens"].integer ?? 0
        whole.answer.counts.cacheWrite = usage["cache_creation_input_tokens"].integer ?? 0
        whole.answer.counts.prompt =
            (usage["input_tokens"].integer ?? 0) + whole.answer.counts.cacheRead + whole.answer.counts.cacheWrite
        whole.answer.counts.output = usage["output_tokens"].integer ?? 0
        return whole
    }

    private func read(_ block: WireValue, _ whole: inout WholeAnswer) {
        switch block["type"].string {
        case "text":
            whole.demand(block["text"].string?.isEmpty == false, "a text block without text")
            whole.answer.text += block["text"].string ?? ""
        case "thinking":
            whole.demand(block["signature"].string?.isEmpty == false, "thinking without signature")
            whole.answer.reasoning += block["thinking"].string ?? ""
            whole.answer.signatures.append(block["signature"].string ?? "")
        case "redacted_thinking": whole.answer.redacted.append(block["data"].string ?? "")
        case "tool_use":
            let id = block["id"].string ?? ""
            let name = block["name"].string ?? ""
            whole.demand(!id.isEmpty && !name.isEmpty, "a call without id or name")
            whole.demand(block["input"].isObject, "an input that is no object")
            whole.answer.toolCalls.append(.init(id: id, name: name, arguments: block["input"].canonical))
        default: whole.problems.append("a block of type \(block["type"].string ?? "null")")
        }
    }

    func request(_ body: WireValue) -> WholeRequest { MessagesRequest.read(body) }
}
