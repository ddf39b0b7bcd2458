import JSON

extension StreamGrammar {
    /// Checks a stream of OpenAI's Responses.
    package static func responses(_ bytes: [UInt8]) -> StreamGrammar {
        var grammar = StreamGrammar()
        var checker = ResponsesChecker()
        for event in grammar.split(bytes) { checker.read(event, &grammar) }
        checker.finish(&grammar)
        return grammar
    }

    /// Follows a Responses stream event by event, as a client that believes every event does.
    struct ResponsesChecker {
        private struct Item {
            var id: String
            var type: String
            /// The texts by their part, each with what the parts' own events have said.
            var texts: [String: String] = [:]
            var openParts: Set<String> = []
            var doneParts: Set<String> = []
            var final: String?
        }

        private var sequence = -1
        private var id: String?
        /// When it was made and by what model: the same in every event that says so.
        private var identity: String?
        private var items: [Item] = []
        private var hasCreated = false
        private var hasProgress = false
        private var hasEnded = false

        mutating func read(_ event: Event, _ grammar: inout StreamGrammar) {
            guard let root = try? JSONDocument(Array(event.data.utf8)).root else {
                return grammar.complain("data that is no JSON")
            }
            let type = root["type"]?.string ?? ""
            grammar.events.append(type)
            if event.name != type { grammar.complain("named \(event.name ?? "nothing") but of type \(type)") }
            let number = root["sequence_number"]?.integer ?? -1
            if number <= sequence { grammar.complain("number \(number) after \(sequence)") }
            sequence = number
            if hasEnded { grammar.complain("\(type) after the end") }
            if grammar.answer.error != nil, type != "response.failed" { grammar.complain("\(type) after an error") }
            // What fails before it begins says so and no more.
            if !hasCreated, type != "response.created", type != "error", grammar.answer.error == nil {
                grammar.complain("\(type) before response.created")
            }
            switch type {
            case "response.created", "response.in_progress": begin(type, root, &grammar)
            case "response.output_item.added": add(root, &grammar)
            case "response.output_item.done": done(root, &grammar)
            case "response.completed", "response.incomplete": end(type, root, &grammar)
            case "response.failed":
                hasEnded = true
                if root["response"]?["error"]?["message"]?.string == nil { grammar.complain("a failure without error") }
                grammar.answer.error = root["response"]?["error"]?["code"]?.string ?? "?"
            case "error":
                if root["message"]?.string == nil { grammar.complain("an error without message") }
                grammar.answer.error = root["code"]?.string ?? "?"
            default: readPart(type, root, &grammar)
            }
        }

        func finish(_ grammar: inout StreamGrammar) {
            guard grammar.answer.error == nil else {
                for item in items where item.final == nil && item.type == "message" {
                    grammar.answer.text += item.texts.sorted { $0.key < $1.key }.map(\.value).joined()
                }
                return
            }
            if !hasEnded { grammar.complain("no response.completed") }
        }

        private mutating func begin(_ type: String, _ root: JSONCursor, _ grammar: inout StreamGrammar) {
            let response = root["response"]
            if type == "response.created" {
                if hasCreated { grammar.complain("a second response.created") }
                hasCreated = true
                id = response?["id"]?.string
            } else {
                if hasProgress { grammar.complain("a second response.in_progress") }
                hasProgress = true
            }
            check(response, &grammar)
            if response?["status"]?.string != "in_progress" { grammar.complain("a status that is not in_progress") }
            if response?["output"]?.count != 0 { grammar.complain("output before there is any") }
        }

        private mutating func check(_ response: JSONCursor?, _ grammar: inout StreamGrammar) {
            let said = "\(response?["created_at"]?.integer ?? -1) \(response?["model"]?.string ?? "")"
            if identity ?? said != said { grammar.complain("another created_at or model") }
            identity = said
            if response?["id"]?.string?.hasPrefix("resp_") != true { grammar.complain("a response with a bad id") }
            if response?["id"]?.string != id { grammar.complain("another id") }
            if response?["object"]?.string != "response" { grammar.complain("an object that is no response") }
            if response?["model"]?.string?.isEmpty != false { grammar.complain("a response without model") }
            for name in ["created_at", "tools", "tool_choice", "parallel_tool_calls"] where response?[name] == nil {
                grammar.complain("a response without \(name)")
            }
        }

        // MARK: Items

        private mutating func add(_ root: JSONCursor, _ grammar: inout StreamGrammar) {
            if root["output_index"]?.integer != items.count { grammar.complain("an item at the wrong place") }
            let item = root["item"]
            let id = item?["id"]?.string ?? ""
            let type = item?["type"]?.string ?? ""
            if id.isEmpty || items.contains(where: { $0.id == id }) { grammar.complain("an item with a bad id") }
            switch type {
            case "message": if item?["content"]?.count != 0 { grammar.complain("a message that begins with text") }
            case "reasoning": if item?["summary"]?.kind != .array { grammar.complain("a reasoning without summary") }
            case "function_call", "custom_tool_call":
                if item?["call_id"]?.string?.isEmpty != false { grammar.complain("a call without id") }
                if item?["name"]?.string?.isEmpty != false { grammar.complain("a call without name") }
            default: break
            }
            items.append(Item(id: id, type: type))
        }

        /// What an item says, with its parts joined.
        private static func text(_ item: JSONCursor) -> [String: String] {
            var texts: [String: String] = [:]
            for (name, label) in [("content", "content"), ("summary", "summary")] {
                guard let parts = item[name] else { continue }
                for (index, part) in parts.elements.enumerated() {
                    texts["\(label)\(index)"] = part["text"]?.string ?? part["refusal"]?.string ?? ""
                }
            }
            if let arguments = item["arguments"] { texts["arguments"] = arguments.string }
            if let input = item["input"] { texts["input"] = input.string }
            return texts
        }

        private mutating func done(_ root: JSONCursor, _ grammar: inout StreamGrammar) {
            guard let index = place(root, &grammar), let item = root["item"] else { return }
            if items[index].final != nil { grammar.complain("an item that ends twice") }
            if !items[index].openParts.isEmpty { grammar.complain("an item that ends before its parts") }
            if item["id"]?.string != items[index].id { grammar.complain("an item under another id") }
            items[index].final = item.text
            let texts = Self.text(item)
            for (key, said) in items[index].texts where texts[key] != said {
                grammar.complain("\(key) of the item is not what was said")
            }
            for (key, text) in texts where !text.isEmpty && items[index].texts[key] == nil {
                grammar.complain("\(key) was never said")
            }
            record(item, &grammar)
        }

        private func record(_ item: JSONCursor, _ grammar: inout StreamGrammar) {
            switch item["type"]?.string ?? "" {
            case "message":
                for part in item["content"]?.elements.map({ $0 }) ?? [] {
                    grammar.answer.text += part["text"]?.string ?? ""
                    grammar.answer.refusal += part["refusal"]?.string ?? ""
                }
            case "reasoning":
                for part in item["summary"]?.elements.map({ $0 }) ?? [] {
                    grammar.answer.reasoning += part["text"]?.string ?? ""
                }
                if let content = item["encrypted_content"]?.string {
                    let isRedacted = content.hasPrefix("keirouter-redacted.")
                    if isRedacted {
                        grammar.answer.redacted.append(content)
                    } else {
                        grammar.answer.signatures.append(content)
                    }
                }
            case "function_call", "custom_tool_call":
                let arguments = item["arguments"]?.string
                if item["status"]?.string == "completed", let arguments,
                    (try? JSONDocument(Array(arguments.utf8)))?.root.kind != .object
                {
                    grammar.complain("arguments that are no object")
                }
                grammar.answer.toolCalls.append(
                    Answer.ToolCall(
                        id: item["call_id"]?.string ?? "",
                        name: item["name"]?.string ?? "",
                        arguments: item["arguments"]?.string ?? item["input"]?.string ?? "<missing>"
                    )
                )
            default: break
            }
        }

        private func place(_ root: JSONCursor, _ grammar: inout StreamGrammar) -> Int? {
            guard let index = root["output_index"]?.integer, items.indices.contains(index) else {
                grammar.complain("an item that has not begun")
                return nil
            }
            return index
        }

        // MARK: Parts

        private mutating func readPart(_ type: String, _ root: JSONCursor, _ grammar: inout StreamGrammar) {
            guard let index = place(root, &grammar) else { return }
            if items[index].final != nil { grammar.complain("\(type) after its item") }
            if root["item_id"]?.string != items[index].id { grammar.complain("\(type) of another item") }
            let content = "content\(root["content_index"]?.integer ?? -1)"
            let summary = "summary\(root["summary_index"]?.integer ?? -1)"
            switch type {
            case "response.content_part.added": open(content, index, "message", &grammar)
            case "response.reasoning_summary_part.added": open(summary, index, "reasoning", &grammar)
            case "response.output_text.delta", "response.refusal.delta":
                if type == "response.output_text.delta", root["logprobs"]?.kind != .array {
                    grammar.complain("a delta without logprobs")
                }
                say(root["delta"], content, index, needsPart: true, &grammar)
            case "response.reasoning_summary_text.delta":
                say(root["delta"], summary, index, needsPart: true, &grammar)
            case "response.function_call_arguments.delta":
                say(root["delta"], "arguments", index, needsPart: false, &grammar)
            case "response.custom_tool_call_input.delta":
                say(root["delta"], "input", index, needsPart: false, &grammar)
            case "response.output_text.done": same(root["text"], content, index, &grammar)
            case "response.refusal.done": same(root["refusal"], content, index, &grammar)
            case "response.reasoning_summary_text.done": same(root["text"], summary, index, &grammar)
            case "response.function_call_arguments.done": same(root["arguments"], "arguments", index, &grammar)
            case "response.custom_tool_call_input.done": same(root["input"], "input", index, &grammar)
            case "response.content_part.done":
                close(content, root["part"], index, &grammar)
            case "response.reasoning_summary_part.done": close(summary, root["part"], index, &grammar)
            default: grammar.complain("unknown event \(type)")
            }
        }

        private mutating func open(_ key: String, _ index: Int, _ type: String, _ grammar: inout StreamGrammar) {
            if items[index].type != type { grammar.complain("a part of a \(items[index].type)") }
            if items[index].texts[key] != nil { grammar.complain("\(key) twice") }
            items[index].texts[key] = ""
            items[index].openParts.insert(key)
        }

        private mutating func say(
            _ delta: JSONCursor?,
            _ key: String,
            _ index: Int,
            needsPart: Bool,
            _ grammar: inout StreamGrammar
        ) {
            if needsPart, !items[index].openParts.contains(key) { grammar.complain("\(key) was not begun") }
            if items[index].doneParts.contains(key) { grammar.complain("\(key) after its end") }
            items[index].texts[key, default: ""] += delta?.string ?? "<missing>"
        }

        private mutating func same(_ value: JSONCursor?, _ key: String, _ index: Int, _ grammar: inout StreamGrammar) {
            if value?.string != items[index].texts[key] ?? "" { grammar.complain("\(key) is not what was said") }
            if !items[index].doneParts.insert(key).inserted { grammar.complain("\(key) ends twice") }
        }

        private mutating func close(_ key: String, _ part: JSONCursor?, _ index: Int, _ grammar: inout StreamGrammar) {
            if items[index].openParts.remove(key) == nil { grammar.complain("\(key) ends but was not open") }
            if !items[index].doneParts.contains(key) { grammar.complain("\(key) ends before its text") }
            let text = part?["text"]?.string ?? part?["refusal"]?.string
            if text != items[index].texts[key] { grammar.complain("\(key) of the part is not what was said") }
        }

        // MARK: The end

        private mutating func end(_ type: String, _ root: JSONCursor, _ grammar: inout StreamGrammar) {
            hasEnded = true
            let response = root["response"]
            check(response, &grammar)
            if response?["status"]?.string != String(type.dropFirst("response.".count)) {
                grammar.complain("a status that does not fit")
            }
            for item in items where item.final == nil { grammar.complain("an item of type \(item.type) has no end") }
            let output = response?["output"]?.elements.map { $0.text } ?? []
            if output != items.compactMap(\.final) { grammar.complain("the output is not the items") }
            let reason = response?["incomplete_details"]?["reason"]?.string
            if (type == "response.incomplete") != (reason != nil) { grammar.complain("a reason that does not fit") }
            grammar.answer.stopReason = reason ?? "completed"
            let usage = response?["usage"]
            grammar.answer.hasUsage = usage?.kind == .object
            grammar.answer.inputTokens = usage?["input_tokens"]?.integer
            grammar.answer.outputTokens = usage?["output_tokens"]?.integer
            grammar.answer.counts.prompt = usage?["input_tokens"]?.integer ?? 0
            let details = usage?["input_tokens_details"]
            grammar.answer.counts.cacheRead = details?["cached_tokens"]?.integer ?? 0
            grammar.answer.counts.cacheWrite = details?["cache_write_tokens"]?.integer ?? 0
            grammar.answer.counts.output = usage?["output_tokens"]?.integer ?? 0
            grammar.answer.counts.reasoning =
                usage?["output_tokens_details"]?["reasoning_tokens"]?.integer ?? 0
            if usage?["total_tokens"]?.integer == nil || usage?["output_tokens_details"] == nil {
                grammar.complain("a usage that is not whole")
            }
        }
    }
}

extension JSONCursor {
    fileprivate var text: String { String(decoding: raw, as: UTF8.self) }
}
