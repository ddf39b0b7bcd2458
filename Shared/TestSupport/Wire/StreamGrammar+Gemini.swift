import JSON

extension StreamGrammar {
    /// Checks a stream of Gemini's dialect.
    package static func gemini(_ bytes: [UInt8]) -> StreamGrammar {
        var grammar = StreamGrammar()
        var checker = GeminiChecker()
        for event in grammar.split(bytes) { checker.read(event, &grammar) }
        checker.finish(&grammar)
        return grammar
    }
}

/// Walks the frames of one stream.
struct GeminiChecker {
    private var hasEnded = false
    private var hasFailed = false
    private var identity: (id: String, model: String)?

    mutating func read(_ event: StreamGrammar.Event, _ grammar: inout StreamGrammar) {
        grammar.events.append("frame")
        if hasFailed { grammar.complain("something follows the error") }
        if event.name != nil { grammar.complain("events have no names in this dialect") }
        guard let root = (try? JSONDocument(Array(event.data.utf8)))?.root, root.kind == .object else {
            return grammar.complain("no JSON object")
        }
        if let error = root["error"] {
            hasFailed = true
            if error["code"]?.integer == nil || error["status"]?.string == nil {
                grammar.complain("an error without code or status")
            }
            grammar.answer.error = error["message"]?.string ?? ""
            return
        }
        check(root, &grammar)
        for candidate in root["candidates"]?.elements ?? root.elements { read(candidate, &grammar) }
        guard let usage = root["usageMetadata"] else { return }
        grammar.answer.hasUsage = true
        grammar.answer.inputTokens = usage["promptTokenCount"]?.integer
        let output = (usage["candidatesTokenCount"]?.integer ?? 0) + (usage["thoughtsTokenCount"]?.integer ?? 0)
        grammar.answer.outputTokens = output
        grammar.answer.counts.prompt =
            (usage["promptTokenCount"]?.integer ?? 0) + (usage["toolUsePromptTokenCount"]?.integer ?? 0)
        grammar.answer.counts.cacheRead = usage["cachedContentTokenCount"]?.integer ?? 0
        grammar.answer.counts.output = output
        grammar.answer.counts.reasoning = usage["thoughtsTokenCount"]?.integer ?? 0
        if let total = usage["totalTokenCount"]?.integer, hasEnded,
            total != (grammar.answer.inputTokens ?? 0) + output + (usage["toolUsePromptTokenCount"]?.integer ?? 0)
        {
            grammar.complain("the total is not the sum")
        }
    }

    private mutating func check(_ root: JSONCursor, _ grammar: inout StreamGrammar) {
        let known = [
            "candidates", "usageMetadata", "modelVersion", "responseId", "promptFeedback", "createTime", "modelStatus",
        ]
        for (name, _) in root.members where !known.contains(name.string ?? "") {
            grammar.complain("the member \(name.string ?? "") is not known")
        }
        let id = root["responseId"]?.string ?? ""
        let model = root["modelVersion"]?.string ?? ""
        if let identity, identity.id != id || identity.model != model { grammar.complain("id or model has changed") }
        identity = (id, model)
    }

    private mutating func read(_ candidate: JSONCursor, _ grammar: inout StreamGrammar) {
        if candidate["index"]?.integer == nil { grammar.complain("a candidate without its number") }
        if let content = candidate["content"] {
            if content["role"]?.string != "model" { grammar.complain("the role is not model") }
            let parts = content["parts"]
            if parts?.kind != .array || parts?.count == 0 { grammar.complain("a content without parts") }
            for part in parts?.elements ?? content.elements { read(part: part, &grammar) }
        }
        guard let reason = candidate["finishReason"]?.string else { return }
        hasEnded = true
        grammar.answer.stopReason = reason
    }

    private func read(part: JSONCursor, _ grammar: inout StreamGrammar) {
        if part.kind != .object || part.count == 0 { grammar.complain("a part that is empty") }
        if hasEnded, part["text"]?.string != "" { grammar.complain("a part after the end") }
        if let signature = part["thoughtSignature"]?.string { grammar.answer.signatures.append(signature) }
        if let call = part["functionCall"] {
            guard let name = call["name"]?.string, !name.isEmpty, call["args"]?.kind == .object else {
                return grammar.complain("a call without name or arguments")
            }
            let arguments = String(decoding: call["args"]?.raw ?? [], as: UTF8.self)
            let id = call["id"]?.string ?? ""
            grammar.answer.toolCalls.append(.init(id: id, name: name, arguments: arguments))
        } else if part["thought"]?.boolean == true {
            grammar.answer.reasoning += part["text"]?.string ?? ""
        } else if let text = part["text"]?.string {
            grammar.answer.text += text
        }
    }

    mutating func finish(_ grammar: inout StreamGrammar) {
        if !hasEnded, !hasFailed { grammar.complain("the stream has no end") }
        if hasEnded, !grammar.answer.hasUsage { grammar.complain("no usage") }
    }
}
