/// Reads a request of Anthropic's Messages as a strict provider does.
enum MessagesRequest {
    static func read(_ body: WireValue) -> WholeRequest {
        var whole = WholeRequest()
        whole.demand(body["model"].string?.isEmpty == false, "no model")
        whole.demand((body["max_tokens"].integer ?? 0) > 0, "no max_tokens")
        whole.demand(!body["messages"].list.isEmpty, "no messages")
        if let text = body["system"].string { whole.system.append(text) }
        for block in body["system"].list { whole.system.append(block["text"].string ?? "?") }
        var last = ""
        for message in body["messages"].list {
            let role = message["role"].string ?? ""
            whole.demand(role == "user" || role == "assistant", "the role \(role)")
            if last.isEmpty { whole.demand(role == "user", "the first message is the \(role)'s") }
            last = role
            if let text = message["content"].string { say(role, text, &whole) }
            var hasText = false
            for block in message["content"].list {
                let type = block["type"].string
                if type == "tool_result" { whole.demand(!hasText, "a result behind other content") }
                if role == "user", type != "tool_result" { hasText = true }
                read(block, role, &whole)
            }
        }
        whole.endUser()
        for tool in body["tools"].list {
            whole.demand(tool["input_schema"]["type"].string == "object", "a schema of no object")
            whole.tools.append("\(tool["name"].string ?? "?"): \(tool["description"].string ?? "")")
        }
        options(body, &whole)
        return whole
    }

    private static func options(_ body: WireValue, _ whole: inout WholeRequest) {
        whole.option("maximum", body["max_tokens"].integer.map { "\($0)" })
        whole.option("temperature", body["temperature"].any.map { "\($0)" })
        whole.option("top_p", body["top_p"].any.map { "\($0)" })
        let stop = body["stop_sequences"].list.compactMap(\.string)
        whole.option("stop", stop.isEmpty ? nil : stop.joined(separator: "|"))
        let choice = body["tool_choice"]
        whole.demand(body["tools"].isPresent || !choice.isPresent, "a choice without tools")
        let words = ["auto": nil, "any": "required", "none": "none", "tool": choice["name"].string]
        if let type = choice["type"].string { whole.option("choice", words[type] ?? "?") }
        whole.option("parallel", choice["disable_parallel_tool_use"].boolean == true ? "no" : nil)
        if body["output_config"]["format"]["type"].string == "json_schema" { whole.options["format"] = "json_schema" }
    }

    private static func say(_ role: String, _ text: String, _ whole: inout WholeRequest) {
        whole.demand(!text.isEmpty, "an empty text")
        if role == "user" { whole.user(text: text) } else { whole.assistant(text: text) }
    }

    private static func read(_ block: WireValue, _ role: String, _ whole: inout WholeRequest) {
        switch block["type"].string {
        case "text": say(role, block["text"].string ?? "", &whole)
        case "image", "document": whole.user(media: media(block))
        case "tool_use":
            whole.demand(block["input"].isObject, "an input that is no object")
            whole.call(block["id"].string ?? "", block["name"].string ?? "?", block["input"].canonical)
        case "tool_result":
            let content = block["content"]
            let texts = content.list.compactMap { $0["text"].string } + [content.string].compactMap { $0 }
            whole.result(
                block["tool_use_id"].string ?? "",
                text: texts.joined(separator: "\n"),
                media: content.list.filter { $0["type"].string == "image" }.map(media),
                isError: block["is_error"].boolean == true
            )
        default: whole.problems.append("a block of type \(block["type"].string ?? "null")")
        }
    }

    private static func media(_ block: WireValue) -> String {
        let source = block["source"]
        let kind = block["type"].string == "image" ? "image" : "file"
        if let url = source["url"].string { return "\(kind) \(url)" }
        return "\(kind) \(source["media_type"].string ?? "?") \(source["data"].string ?? "?")"
    }
}
