import JSON

extension StreamGrammar {
    /// Follows an OpenAI stream chunk by chunk; of several choices the first is read out.
    struct OpenAIChecker {
        private struct Choice {
            var hasRole = false
            var finish: String?
            var calls: [Int] = []
        }

        private var choices: [Int: Choice] = [:]
        private var isDone = false
        private var id: String?
        private var created: Int?
        private var model: String?

        mutating func read(_ event: Event, _ grammar: inout StreamGrammar) {
            if isDone || grammar.answer.error != nil { grammar.complain("something after the end") }
            if event.data == "[DONE]" {
                grammar.events.append("[DONE]")
                isDone = true
                return
            }
            grammar.events.append("chunk")
            guard let document = try? JSONDocument(Array(event.data.utf8)) else {
                return grammar.complain("data that is no JSON")
            }
            let root = document.root
            if let error = root["error"], error.kind == .object {
                if error["message"]?.string == nil { grammar.complain("an error without message") }
                grammar.answer.error = error["type"]?.string ?? "?"
                return
            }
            head(root, &grammar)
            guard let list = root["choices"], list.kind == .array else { return grammar.complain("no choices") }
            for choice in list.elements { read(choice: choice, &grammar) }
            guard let usage = root["usage"], usage.kind == .object else {
                if list.count == 0 { grammar.complain("a chunk that says nothing") }
                return
            }
            if grammar.answer.hasUsage { grammar.complain("usage twice") }
            grammar.answer.hasUsage = true
            grammar.answer.inputTokens = usage["prompt_tokens"]?.integer
            grammar.answer.outputTokens = usage["completion_tokens"]?.integer
            grammar.answer.counts = Self.counts(usage)
            let sum = (usage["prompt_tokens"]?.integer ?? 0) + (usage["completion_tokens"]?.integer ?? 0)
            if usage["total_tokens"]?.integer != sum { grammar.complain("a total that is no sum") }
            if choices.values.contains(where: { $0.finish == nil }), list.count == 0 {
                grammar.complain("usage before the end of a choice")
            }
        }

        private mutating func head(_ root: JSONCursor, _ grammar: inout StreamGrammar) {
            if root["object"]?.string != "chat.completion.chunk" { grammar.complain("not a chunk") }
            let id = root["id"]?.string
            if id?.isEmpty != false { grammar.complain("a chunk without id") }
            if let known = self.id, known != id { grammar.complain("another id") }
            self.id = id
            guard let created = root["created"]?.integer else { return grammar.complain("a chunk without created") }
            guard let model = root["model"]?.string, !model.isEmpty else {
                return grammar.complain("a chunk without model")
            }
            if self.created ?? created != created { grammar.complain("another created") }
            if self.model ?? model != model { grammar.complain("another model") }
            self.created = created
            self.model = model
        }

        private static func counts(_ usage: JSONCursor) -> Counts {
            var counts = Counts()
            let details = usage["prompt_tokens_details"]
            counts.prompt = usage["prompt_tokens"]?.integer ?? 0
            counts.cacheRead = details?["cached_tokens"]?.integer ?? 0
            counts.cacheWrite = details?["cache_write_tokens"]?.integer ?? 0
            counts.output = usage["completion_tokens"]?.integer ?? 0
            counts.reasoning = usage["completion_tokens_details"]?["reasoning_tokens"]?.integer ?? 0
            return counts
        }

        func finish(wantsUsage: Bool?, _ grammar: inout StreamGrammar) {
            guard grammar.answer.error == nil else { return }
            if !isDone { grammar.complain("no [DONE]") }
            if choices.isEmpty { grammar.complain("no choice") }
            for (index, choice) in choices where choice.finish == nil { grammar.complain("choice \(index) has no end") }
            if let wantsUsage, wantsUsage != grammar.answer.hasUsage { grammar.complain("usage is there or not") }
            for call in grammar.answer.toolCalls where (try? JSONDocument(Array(call.arguments.utf8))) == nil {
                if grammar.answer.stopReason != "length" { grammar.complain("arguments that are no JSON") }
            }
        }

        private mutating func read(choice: JSONCursor, _ grammar: inout StreamGrammar) {
            guard let index = choice["index"]?.integer, let delta = choice["delta"], delta.kind == .object else {
                return grammar.complain("a choice without index or delta")
            }
            var state = choices[index] ?? Choice()
            defer { choices[index] = state }
            if state.finish != nil, delta.count > 0 { grammar.complain("a delta after the finish") }
            if delta["role"]?.string == "assistant" { state.hasRole = true }
            if !state.hasRole { grammar.complain("a delta before the role") }
            read(delta: delta, index, &state, &grammar)
            guard let finish = choice["finish_reason"]?.string else { return }
            if state.finish != nil { grammar.complain("a second finish") }
            state.finish = finish
            if !["stop", "length", "tool_calls", "content_filter", "function_call"].contains(finish) {
                grammar.complain("an unknown finish \(finish)")
            }
            if finish == "tool_calls", state.calls.isEmpty { grammar.complain("a finish for calls without any") }
            if finish == "stop", !state.calls.isEmpty { grammar.complain("a plain finish behind calls") }
            if index == 0 { grammar.answer.stopReason = finish }
        }

        private func read(
            delta: JSONCursor,
            _ index: Int,
            _ state: inout Choice,
            _ grammar: inout StreamGrammar
        ) {
            for call in delta["tool_calls"]?.elements ?? delta.elements {
                read(call: call, index, &state, &grammar)
            }
            guard index == 0 else { return }
            grammar.answer.text += delta["content"]?.string ?? ""
            grammar.answer.refusal += delta["refusal"]?.string ?? ""
            grammar.answer.reasoning += (delta["reasoning_content"] ?? delta["reasoning"])?.string ?? ""
            for detail in delta["reasoning_details"]?.elements ?? delta.elements {
                if let signature = detail["signature"]?.string { grammar.answer.signatures.append(signature) }
                if detail["type"]?.string == "reasoning.encrypted" {
                    grammar.answer.redacted.append(detail["data"]?.string ?? "")
                }
            }
        }

        private func read(call: JSONCursor, _ choice: Int, _ state: inout Choice, _ grammar: inout StreamGrammar) {
            guard let index = call["index"]?.integer else { return grammar.complain("a call without index") }
            let function = call["function"]
            guard let place = state.calls.firstIndex(of: index) else {
                if index != state.calls.count { grammar.complain("call \(index) where \(state.calls.count) was due") }
                state.calls.append(index)
                let id = call["id"]?.string ?? ""
                let name = function?["name"]?.string ?? ""
                if id.isEmpty || name.isEmpty { grammar.complain("a call begins without id or name") }
                guard choice == 0 else { return }
                let arguments = function?["arguments"]?.string ?? ""
                grammar.answer.toolCalls.append(Answer.ToolCall(id: id, name: name, arguments: arguments))
                return
            }
            if choice == 0 { grammar.answer.toolCalls[place].arguments += function?["arguments"]?.string ?? "" }
        }
    }
}
