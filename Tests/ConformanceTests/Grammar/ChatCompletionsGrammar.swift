import Dialects
import TestSupport

struct ChatCompletionsGrammar: WireGrammar {
    let dialect = Dialect.openAIChat

    func stream(_ bytes: [UInt8]) -> StreamGrammar { StreamGrammar.openAI(bytes, wantsUsage: true) }

    func answer(_ body: WireValue) -> WholeAnswer {
        var whole = WholeAnswer()
        whole.demand(body["object"].string == "chat.completion", "the object is no chat.completion")
        whole.demand(body["id"].string?.isEmpty == false, "no id")
        whole.demand(body["created"].integer != nil, "no created")
        whole.demand(body["model"].string?.isEmpty == false, "no model")
        whole.demand(!body["choices"].list.isEmpty, "no choices")
        let choice = body["choices"][0]
        let message = choice["message"]
        whole.demand(choice["index"].integer == 0, "the first choice is not number 0")
        whole.demand(message["role"].string == "assistant", "the role is not the assistant's")
        whole.demand(message.members.contains("content"), "a message without content")
        whole.answer.text = message["content"].string ?? ""
        whole.answer.refusal = message["refusal"].string ?? ""
        whole.answer.reasoning = (message["reasoning_content"].string ?? message["reasoning"].string) ?? ""
        for detail in message["reasoning_details"].list {
            if let signature = detail["signature"].string { whole.answer.signatures.append(signature) }
            if detail["type"].string == "reasoning.encrypted" {
                whole.answer.redacted.append(detail["data"].string ?? "")
            }
        }
        for call in message["tool_calls"].list { read(call, &whole) }
        let finish = choice["finish_reason"].string
        whole.answer.stopReason = finish
        let words = ["stop", "length", "tool_calls", "content_filter"]
        whole.demand(words.contains(finish ?? ""), "the finish \(finish ?? "null")")
        whole.demand(
            (finish == "tool_calls") == !whole.answer.toolCalls.isEmpty || finish == "length",
            "finish and calls"
        )
        usage(body["usage"], &whole)
        return whole
    }

    private func read(_ call: WireValue, _ whole: inout WholeAnswer) {
        let id = call["id"].string ?? ""
        let name = call["function"]["name"].string ?? ""
        let arguments = call["function"]["arguments"].string
        whole.demand(!id.isEmpty && !name.isEmpty, "a call without id or name")
        whole.demand(call["type"].string == "function", "a call that is no function")
        whole.demand((try? WireValue(Array((arguments ?? "").utf8)))?.isObject == true, "arguments that are no object")
        whole.answer.toolCalls.append(.init(id: id, name: name, arguments: arguments ?? ""))
    }

    private func usage(_ usage: WireValue, _ whole: inout WholeAnswer) {
        whole.answer.hasUsage = usage.isObject
        whole.answer.counts.prompt = usage["prompt_tokens"].integer ?? 0
        whole.answer.counts.output = usage["completion_tokens"].integer ?? 0
        whole.answer.counts.cacheRead = usage["prompt_tokens_details"]["cached_tokens"].integer ?? 0
        whole.answer.counts.cacheWrite = usage["prompt_tokens_details"]["cache_write_tokens"].integer ?? 0
        whole.answer.counts.reasoning = usage["completion_tokens_details"]["reasoning_tokens"].integer ?? 0
        let sum = whole.answer.counts.prompt + whole.answer.counts.output
        whole.demand(usage["total_tokens"].integer == sum, "the total is not the sum")
    }

    func request(_ body: WireValue) -> WholeRequest { ChatCompletionsRequest.read(body) }
}
