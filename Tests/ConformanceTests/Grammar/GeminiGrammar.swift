import Dialects
import TestSupport

struct GeminiGrammar: WireGrammar {
    let dialect = Dialect.gemini

    func stream(_ bytes: [UInt8]) -> StreamGrammar { StreamGrammar.gemini(bytes) }

    func answer(_ body: WireValue) -> WholeAnswer {
        var whole = WholeAnswer()
        let candidate = body["candidates"][0]
        whole.demand(!body["candidates"].list.isEmpty, "no candidates")
        whole.demand(body["modelVersion"].string?.isEmpty == false, "no modelVersion")
        whole.demand(body["responseId"].string?.isEmpty == false, "no responseId")
        whole.demand(candidate["content"]["role"].string == "model", "the role is not the model's")
        for part in candidate["content"]["parts"].list { read(part, &whole) }
        let finish = candidate["finishReason"].string
        whole.answer.stopReason = finish
        whole.demand(["STOP", "MAX_TOKENS", "SAFETY"].contains(finish ?? ""), "the finish \(finish ?? "null")")
        let usage = body["usageMetadata"]
        whole.answer.hasUsage = usage.isObject
        let thoughts = usage["thoughtsTokenCount"].integer ?? 0
        whole.answer.counts.prompt = usage["promptTokenCount"].integer ?? 0
        whole.answer.counts.cacheRead = usage["cachedContentTokenCount"].integer ?? 0
        whole.answer.counts.output = (usage["candidatesTokenCount"].integer ?? 0) + thoughts
        whole.answer.counts.reasoning = thoughts
        let sum = whole.answer.counts.prompt + whole.answer.counts.output
        whole.demand(usage["totalTokenCount"].integer == sum, "the total is not the sum")
        return whole
    }

    private func read(_ part: WireValue, _ whole: inout WholeAnswer) {
        if let signature = part["thoughtSignature"].string { whole.answer.signatures.append(signature) }
        if part["functionCall"].isObject {
            let call = part["functionCall"]
            whole.demand(call["name"].string?.isEmpty == false, "a call without name")
            whole.demand(call["args"].isObject, "arguments that are no object")
            let id = call["id"].string ?? ""
            let arguments = call["args"].canonical
            whole.answer.toolCalls.append(.init(id: id, name: call["name"].string ?? "", arguments: arguments))
        } else if part["thought"].boolean == true {
            whole.answer.reasoning += part["text"].string ?? ""
        } else {
            whole.demand(part["text"].string != nil, "a part that says nothing")
            whole.answer.text += part["text"].string ?? ""
        }
    }

    func request(_ body: WireValue) -> WholeRequest { GeminiRequest.read(body) }
}
