import JSON

extension StreamGrammar {
    /// Follows an Anthropic stream event by event.
    struct AnthropicChecker {
        private struct Block {
            var index: Int
            var type: String
            var text = ""
            var signature = ""
        }

        private var hasStarted = false
        private var hasDelta = false
        private var hasStopped = false
        private var block: Block?
        private var nextIndex = 0

        mutating func read(_ event: Event, _ grammar: inout StreamGrammar) {
            guard let document = try? JSONDocument(Array(event.data.utf8)) else {
                return grammar.complain("data that is no JSON")
            }
            let root = document.root
            let type = root["type"]?.string ?? ""
            grammar.events.append(type)
            if event.name != type { grammar.complain("named \(event.name ?? "nothing") but of type \(type)") }
            if hasStopped || grammar.answer.error != nil { grammar.complain("\(type) after the end") }
            if !hasStarted, type != "message_start", type != "error", type != "ping" {
                grammar.complain("\(type) before message_start")
            }
            switch type {
            case "message_start": start(root, &grammar)
            case "content_block_start": begin(root, &grammar)
            case "content_block_delta": delta(root, &grammar)
            case "content_block_stop": end(root, &grammar)
            case "message_delta": messageDelta(root, &grammar)
            case "message_stop":
                if !hasDelta { grammar.complain("message_stop before message_delta") }
                hasStopped = true
            case "error":
                let error = root["error"]
                if error?["type"]?.string == nil || error?["message"]?.string == nil {
                    grammar.complain("an error without type or message")
                }
                grammar.answer.error = error?["type"]?.string ?? "?"
            case "ping": break
            default: grammar.complain("unknown event \(type)")
            }
        }

        func finish(_ grammar: inout StreamGrammar) {
            guard grammar.answer.error == nil else {
                if let block, block.type == "text" { grammar.answer.text += block.text }
                return
            }
            if !hasStopped { grammar.complain("no message_stop") }
        }

        private mutating func start(_ root: JSONCursor, _ grammar: inout StreamGrammar) {
            if hasStarted { grammar.complain("a second message_start") }
            hasStarted = true
            let message = root["message"]
            if message?["id"]?.string?.isEmpty != false { grammar.complain("a message without id") }
            if message?["model"]?.string?.isEmpty != false { grammar.complain("a message without model") }
            if message?["role"]?.string != "assistant" { grammar.complain("a message that is not the assistant's") }
            if message?["content"]?.kind != .array { grammar.complain("a message without content") }
            if message?["usage"]?["input_tokens"]?.integer == nil { grammar.complain("a message without usage") }
        }

        private mutating func begin(_ root: JSONCursor, _ grammar: inout StreamGrammar) {
            if block != nil { grammar.complain("a block inside a block") }
            if hasDelta { grammar.complain("a block after message_delta") }
            let index = root["index"]?.integer ?? -1
            if index != nextIndex { grammar.complain("block \(index) where \(nextIndex) was due") }
            nextIndex = index + 1
            let content = root["content_block"]
            let type = content?["type"]?.string ?? ""
            block = Block(index: index, type: type)
            switch type {
            case "text": if content?["text"]?.string == nil { grammar.complain("a text block without text") }
            case "thinking": if content?["thinking"]?.string == nil { grammar.complain("thinking without text") }
            case "redacted_thinking": grammar.answer.redacted.append(content?["data"]?.string ?? "")
            case "tool_use":
                let id = content?["id"]?.string ?? ""
                if id.isEmpty || !id.utf8.allSatisfy({ Self.isPlain($0) }) { grammar.complain("a call's id is bad") }
                if grammar.answer.toolCalls.contains(where: { $0.id == id }) { grammar.complain("an id twice") }
                if content?["name"]?.string?.isEmpty != false { grammar.complain("a call without name") }
                if content?["input"]?.kind != .object { grammar.complain("a call without input") }
                let call = Answer.ToolCall(id: id, name: content?["name"]?.string ?? "", arguments: "")
                grammar.answer.toolCalls.append(call)
            default: grammar.complain("a block of type \(type)")
            }
        }

        private static func isPlain(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }

        private mutating func delta(_ root: JSONCursor, _ grammar: inout StreamGrammar) {
            guard var open = block else { return grammar.complain("a delta outside a block") }
            if root["index"]?.integer != open.index { grammar.complain("a delta of another block") }
            let delta = root["delta"]
            let type = delta?["type"]?.string ?? ""
            switch (type, open.type) {
            case ("text_delta", "text"): open.text += delta?["text"]?.string ?? "<missing>"
            case ("thinking_delta", "thinking"):
                if !open.signature.isEmpty { grammar.complain("thinking after its signature") }
                open.text += delta?["thinking"]?.string ?? "<missing>"
            case ("signature_delta", "thinking"): open.signature += delta?["signature"]?.string ?? "<missing>"
            case ("input_json_delta", "tool_use"): open.text += delta?["partial_json"]?.string ?? "<missing>"
            default: grammar.complain("\(type) inside \(open.type)")
            }
            block = open
        }

        private mutating func end(_ root: JSONCursor, _ grammar: inout StreamGrammar) {
            guard let open = block else { return grammar.complain("an end outside a block") }
            if root["index"]?.integer != open.index { grammar.complain("the end of another block") }
            block = nil
            switch open.type {
            case "text": grammar.answer.text += open.text
            case "thinking":
                grammar.answer.reasoning += open.text
                if open.signature.isEmpty { grammar.complain("thinking without signature") }
                grammar.answer.signatures.append(open.signature)
            case "tool_use":
                grammar.answer.toolCalls[grammar.answer.toolCalls.count - 1].arguments = open.text
                let json = try? JSONDocument(Array(open.text.utf8))
                if !open.text.isEmpty, json?.root.kind != .object { grammar.complain("arguments that are no object") }
            default: break
            }
        }

        private mutating func messageDelta(_ root: JSONCursor, _ grammar: inout StreamGrammar) {
            if hasDelta { grammar.complain("a second message_delta") }
            if block != nil { grammar.complain("message_delta inside a block") }
            hasDelta = true
            grammar.answer.stopReason = root["delta"]?["stop_reason"]?.string
            let words = [
                "end_turn", "max_tokens", "stop_sequence", "tool_use", "pause_turn", "refusal",
                "model_context_window_exceeded",
            ]
            if !words.contains(grammar.answer.stopReason ?? "") { grammar.complain("no stop reason that is known") }
            if (grammar.answer.stopReason == "tool_use") != !grammar.answer.toolCalls.isEmpty,
                grammar.answer.stopReason != "max_tokens", grammar.answer.stopReason != "refusal"
            {
                grammar.complain("stop reason and tool calls do not fit")
            }
            let usage = root["usage"]
            grammar.answer.outputTokens = usage?["output_tokens"]?.integer
            grammar.answer.inputTokens = usage?["input_tokens"]?.integer
            grammar.answer.hasUsage = usage != nil
            var counts = Counts()
            counts.cacheRead = usage?["cache_read_input_tokens"]?.integer ?? 0
            counts.cacheWrite = usage?["cache_creation_input_tokens"]?.integer ?? 0
            counts.prompt = (usage?["input_tokens"]?.integer ?? 0) + counts.cacheRead + counts.cacheWrite
            counts.output = usage?["output_tokens"]?.integer ?? 0
            grammar.answer.counts = counts
            if usage?["output_tokens"]?.integer == nil { grammar.complain("message_delta without usage") }
        }
    }
}
