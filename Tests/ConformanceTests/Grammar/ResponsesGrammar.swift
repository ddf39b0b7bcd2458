import Dialects
import TestSupport

struct ResponsesGrammar: WireGrammar {
    let dialect = Dialect.openAIResponses

    func stream(_ bytes: [UInt8]) -> StreamGrammar { StreamGrammar.responses(bytes) }

    func answer(_ body: WireValue) -> WholeAnswer {
        var whole = WholeAnswer()
        whole.demand(body["object"].string == "response", "the object is no response")
        whole.demand(body["id"].string?.hasPrefix("resp_") == true, "a bad id")
        whole.demand(body["created_at"].integer != nil, "no created_at")
        whole.demand(body["model"].string?.isEmpty == false, "no model")
        whole.demand(body["output"].isList, "no output")
        for name in ["tools", "tool_choice", "parallel_tool_calls", "error", "incomplete_details"] {
            whole.demand(body.members.contains(name), "no \(name)")
        }
        var ids: Set<String> = []
        for item in body["output"].list {
            let id = item["id"].string ?? ""
            whole.demand(!id.isEmpty && ids.insert(id).inserted, "an item with a bad id")
            read(item, &whole)
        }
        let reason = body["incomplete_details"]["reason"].string
        let status = body["status"].string ?? ""
        whole.demand(status == (reason == nil ? "completed" : "incomplete"), "the status \(status)")
        whole.answer.stopReason = reason ?? "completed"
        let usage = body["usage"]
        whole.answer.hasUsage = usage.isObject
        whole.answer.counts.prompt = usage["input_tokens"].integer ?? 0
        whole.answer.counts.output = usage["output_tokens"].integer ?? 0
        whole.answer.counts.cacheRead = usage["input_tokens_details"]["cached_tokens"].integer ?? 0
        whole.answer.counts.cacheWrite = usage["input_tokens_details"]["cache_write_tokens"].integer ?? 0
        whole.answer.counts.reasoning = usage["output_tokens_details"]["reasoning_tokens"].integer ?? 0
        let sum = whole.answer.counts.prompt + whole.answer.counts.output
        whole.demand(usage["total_tokens"].integer == sum, "the total is not the sum")
        return whole
    }

    private func read(_ item: WireValue, _ whole: inout WholeAnswer) {
        switch item["type"].string {
        case "message":
            whole.demand(item["role"].string == "assistant", "a message that is not the assistant's")
            for part in item["content"].list {
                whole.answer.text += part["text"].string ?? ""
                whole.answer.refusal += part["refusal"].string ?? ""
                let type = part["type"].string
                whole.demand(type == "output_text" || type == "refusal", "a part of type \(type ?? "null")")
            }
        case "reasoning":
            whole.demand(item["summary"].isList, "a reasoning without summary")
            for part in item["summary"].list { whole.answer.reasoning += part["text"].string ?? "" }
            guard let content = item["encrypted_content"].string else { return }
            if content.hasPrefix("keirouter-redacted.") {
                whole.answer.redacted.append(content)
            } else {
                whole.answer.signatures.append(content)
            }
        case "function_call":
            let id = item["call_id"].string ?? ""
            let name = item["name"].string ?? ""
            let arguments = item["arguments"].string ?? ""
            whole.demand(!id.isEmpty && !name.isEmpty, "a call without id or name")
            whole.demand((try? WireValue(Array(arguments.utf8)))?.isObject == true, "arguments that are no object")
            whole.answer.toolCalls.append(.init(id: id, name: name, arguments: arguments))
        default: whole.problems.append("an item of type \(item["type"].string ?? "null")")
        }
    }

    func request(_ body: WireValue) -> WholeRequest { ResponsesRequest.read(body) }
}
