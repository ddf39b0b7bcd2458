/// Reads a request of OpenAI's Responses as a strict provider does.
enum ResponsesRequest {
    static func read(_ body: WireValue) -> WholeRequest {
        var whole = WholeRequest()
        whole.demand(body["model"].string?.isEmpty == false, "no model")
        if let text = body["instructions"].string { whole.system.append(text) }
        if let text = body["input"].string { whole.user(text: text) }
        whole.demand(body["input"].string != nil || !body["input"].list.isEmpty, "no input")
        for item in body["input"].list { read(item, &whole) }
        whole.endUser()
        for tool in body["tools"].list {
            whole.demand(tool["type"].string == "function", "a tool that is no function")
            whole.demand(tool["parameters"]["type"].string == "object", "parameters of no object")
            whole.tools.append("\(tool["name"].string ?? "?"): \(tool["description"].string ?? "")")
        }
        options(body, &whole)
        return whole
    }

    private static func options(_ body: WireValue, _ whole: inout WholeRequest) {
        let maximum = body["max_output_tokens"].integer
        whole.demand((maximum ?? 16) >= 16, "fewer than 16 tokens")
        whole.option("maximum", maximum.map { "\($0)" })
        whole.option("temperature", body["temperature"].any.map { "\($0)" })
        whole.option("top_p", body["top_p"].any.map { "\($0)" })
        let choice = body["tool_choice"]
        whole.option("choice", choice["name"].string ?? choice.string.flatMap { $0 == "auto" ? nil : $0 })
        whole.option("parallel", body["parallel_tool_calls"].boolean == false ? "no" : nil)
        let format = body["text"]["format"]
        whole.option("format", format["type"].string.flatMap { $0 == "text" ? nil : $0 })
        if format["type"].string == "json_schema" {
            whole.demand(format["name"].string?.isEmpty == false, "a schema without name")
            whole.demand(format["schema"].isObject, "no schema")
        }
    }

    private static func read(_ item: WireValue, _ whole: inout WholeRequest) {
        switch item["type"].string ?? "message" {
        case "message": message(item, &whole)
        case "function_call":
            let arguments = canonicalArguments(item["arguments"].string ?? "?")
            whole.call(item["call_id"].string ?? "", item["name"].string ?? "?", arguments)
        case "function_call_output":
            let output = item["output"]
            let texts = output.list.compactMap { $0["text"].string } + [output.string].compactMap { $0 }
            whole.result(
                item["call_id"].string ?? "",
                text: texts.joined(separator: "\n"),
                media: output.list.compactMap(media),
                isError: false
            )
        default: whole.problems.append("an item of type \(item["type"].string ?? "null")")
        }
    }

    private static func message(_ item: WireValue, _ whole: inout WholeRequest) {
        let role = item["role"].string ?? ""
        let content = item["content"]
        switch role {
        case "system", "developer":
            let texts = content.list.compactMap { $0["text"].string } + [content.string].compactMap { $0 }
            whole.system.append(texts.joined(separator: "\n"))
        case "user":
            if let text = content.string { whole.user(text: text) }
            for part in content.list {
                if let line = media(part) {
                    whole.user(media: line)
                } else {
                    whole.demand(part["type"].string == "input_text", "a part of type \(part["type"].string ?? "null")")
                    whole.user(text: part["text"].string ?? "?")
                }
            }
        case "assistant":
            if let text = content.string { whole.assistant(text: text) }
            for part in content.list {
                whole.demand(part["type"].string == "output_text", "a part of type \(part["type"].string ?? "null")")
                whole.assistant(text: part["text"].string ?? "?")
            }
        default: whole.problems.append("the role \(role)")
        }
    }

    private static func media(_ part: WireValue) -> String? {
        switch part["type"].string {
        case "input_image": ChatCompletionsRequest.media("image", part["image_url"].string ?? "?")
        case "input_file":
            ChatCompletionsRequest.media("file", part["file_data"].string ?? part["file_url"].string ?? "?")
        default: nil
        }
    }
}
