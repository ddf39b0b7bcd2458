import Dialects
import TestSupport

struct OllamaGrammar: WireGrammar {
    let dialect = Dialect.ollama

    func stream(_ bytes: [UInt8]) -> StreamGrammar { StreamGrammar.ollama(bytes) }

    func answer(_ body: WireValue) -> WholeAnswer {
        var whole = WholeAnswer()
        let message = body["message"]
        whole.demand(body["model"].string?.isEmpty == false, "no model")
        whole.demand(body["created_at"].string?.isEmpty == false, "no created_at")
        whole.demand(body["done"].boolean == true, "an answer that is not done")
        whole.demand(message["role"].string == "assistant", "the role is not the assistant's")
        whole.demand(message["content"].string != nil, "a message without content")
        whole.answer.text = message["content"].string ?? ""
        whole.answer.reasoning = message["thinking"].string ?? ""
        for call in message["tool_calls"].list {
            let function = call["function"]
            whole.demand(function["name"].string?.isEmpty == false, "a call without name")
            whole.demand(function["arguments"].isObject, "arguments that are no object")
            whole.answer.toolCalls.append(
                .init(
                    id: call["id"].string ?? "",
                    name: function["name"].string ?? "",
                    arguments: function["arguments"].canonical
                )
            )
        }
        let stop = body["done_reason"].string
        whole.answer.stopReason = stop
        whole.demand(stop == "stop" || stop == "length", "the reason \(stop ?? "null")")
        whole.answer.hasUsage = body["eval_count"].integer != nil
        whole.answer.counts.prompt = body["prompt_eval_count"].integer ?? 0
        whole.answer.counts.output = body["eval_count"].integer ?? 0
        return whole
    }

    func request(_ body: WireValue) -> WholeRequest { OllamaRequest.read(body) }
}
