import JSON

extension StreamGrammar {
    /// Checks a stream of Ollama's dialect, as lines or as the frames in which the router has them inside.
    package static func ollama(_ bytes: [UInt8]) -> StreamGrammar {
        var grammar = StreamGrammar()
        var checker = OllamaChecker()
        let isFramed = bytes.starts(with: "data: ".utf8)
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: isFramed).dropLast(isFramed ? 0 : 1) {
            checker.read(Array(isFramed ? line.dropFirst(6) : line), &grammar)
        }
        if bytes.last != 0x0A { grammar.complain("the last line does not end") }
        checker.finish(&grammar)
        return grammar
    }
}

/// Walks the lines of one stream.
struct OllamaChecker {
    private var hasEnded = false
    private var hasFailed = false
    private var model: String?

    mutating func read(_ line: [UInt8], _ grammar: inout StreamGrammar) {
        grammar.events.append("line")
        if hasEnded || hasFailed { grammar.complain("something follows the end") }
        guard let root = (try? JSONDocument(line))?.root, root.kind == .object else {
            return grammar.complain("no JSON object")
        }
        if let error = root["error"] {
            hasFailed = true
            if error.kind != .string { grammar.complain("an error that is no text") }
            grammar.answer.error = error.string ?? ""
            return
        }
        if let model = root["model"]?.string {
            if let known = self.model, known != model { grammar.complain("the model has changed") }
            self.model = model
            if root["created_at"]?.string?.isEmpty != false { grammar.complain("no time") }
        } else if root["message"]?["content"]?.string != "" || root["done"]?.boolean != false {
            // Only a line that keeps the connection open says nothing of its model.
            grammar.complain("no model")
        }
        guard let message = root["message"], message["role"]?.string == "assistant", message["content"]?.kind == .string
        else { return grammar.complain("no message of the assistant") }
        grammar.answer.text += message["content"]?.string ?? ""
        grammar.answer.reasoning += message["thinking"]?.string ?? ""
        if let calls = message["tool_calls"] { for call in calls.elements { read(call: call, &grammar) } }
        guard root["done"]?.boolean == true else { return }
        hasEnded = true
        grammar.answer.stopReason = root["done_reason"]?.string
        grammar.answer.inputTokens = root["prompt_eval_count"]?.integer
        grammar.answer.outputTokens = root["eval_count"]?.integer
        grammar.answer.hasUsage = root["eval_count"] != nil
        grammar.answer.counts.prompt = grammar.answer.inputTokens ?? 0
        grammar.answer.counts.output = grammar.answer.outputTokens ?? 0
    }

    private func read(call: JSONCursor, _ grammar: inout StreamGrammar) {
        guard let function = call["function"], let name = function["name"]?.string, !name.isEmpty,
            let arguments = function["arguments"], arguments.kind == .object
        else { return grammar.complain("a call without name or arguments") }
        let text = String(decoding: arguments.raw, as: UTF8.self)
        grammar.answer.toolCalls.append(.init(id: call["id"]?.string ?? "", name: name, arguments: text))
    }

    mutating func finish(_ grammar: inout StreamGrammar) {
        if !hasEnded, !hasFailed { grammar.complain("the stream has no end") }
        if hasEnded, !grammar.answer.hasUsage { grammar.complain("no usage") }
    }
}
