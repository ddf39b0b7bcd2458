/// Reads a request of OpenAI's Chat Completions as a strict provider does.
enum ChatCompletionsRequest {
    static func read(_ body: WireValue) -> WholeRequest {
        var whole = WholeRequest()
        whole.demand(body["model"].string?.isEmpty == false, "no model")
        whole.demand(!body["messages"].list.isEmpty, "no messages")
        for message in body["messages"].list { read(message, &whole) }
        whole.endUser()
        for tool in body["tools"].list {
            let function = tool["function"]
            whole.demand(tool["type"].string == "function", "a tool that is no function")
            let parameters = function["parameters"]
            whole.demand(!parameters.isPresent || parameters["type"].string == "object", "parameters of no object")
            whole.tools.append("\(function["name"].string ?? "?"): \(function["description"].string ?? "")")
        }
        options(body, &whole)
        return whole
    }

    private static func options(_ body: WireValue, _ whole: inout WholeRequest) {
        whole.demand(body["tools"].isPresent || !body["tool_choice"].isPresent, "a choice without tools")
        whole.option("maximum", (body["max_tokens"].integer ?? body["max_completion_tokens"].integer).map { "\($0)" })
        whole.option("temperature", body["temperature"].any.map { "\($0)" })
        whole.option("top_p", body["top_p"].any.map { "\($0)" })
        let stop = body["stop"].list.compactMap(\.string) + [body["stop"].string].compactMap { $0 }
        whole.option("stop", stop.isEmpty ? nil : stop.joined(separator: "|"))
        let choice = body["tool_choice"]
        whole.option("choice", choice["function"]["name"].string ?? choice.string.flatMap { $0 == "auto" ? nil : $0 })
        whole.option("parallel", body["parallel_tool_calls"].boolean == false ? "no" : nil)
        let format = body["response_format"]
        whole.option("format", format["type"].string.flatMap { $0 == "text" ? nil : $0 })
        if format["type"].string == "json_schema" {
            whole.demand(format["json_schema"]["name"].string?.isEmpty == false, "a schema without name")
            whole.demand(format["json_schema"]["schema"].isObject, "no schema")
        }
    }

    private static func read(_ message: WireValue, _ whole: inout WholeRequest) {
        let role = message["role"].string ?? ""
        switch role {
        case "system", "developer": whole.system.append(text(message["content"], &whole))
        case "user":
            if let text = message["content"].string { whole.user(text: text) }
            for part in message["content"].list { read(part: part, &whole) }
        case "assistant":
            let text = text(message["content"], &whole)
            if !text.isEmpty { whole.assistant(text: text) }
            whole.demand(!text.isEmpty || !message["tool_calls"].list.isEmpty, "an assistant that says nothing")
            for call in message["tool_calls"].list {
                let arguments = canonicalArguments(call["function"]["arguments"].string ?? "?")
                whole.call(call["id"].string ?? "", call["function"]["name"].string ?? "?", arguments)
            }
        case "tool":
            let text = text(message["content"], &whole)
            whole.result(message["tool_call_id"].string ?? "", text: text, media: [], isError: false)
        default: whole.problems.append("the role \(role)")
        }
    }

    private static func text(_ content: WireValue, _ whole: inout WholeRequest) -> String {
        if let text = content.string { return text }
        let parts = content.list
        whole.demand(parts.allSatisfy { $0["type"].string == "text" }, "a part that is no text")
        return parts.compactMap { $0["text"].string }.joined(separator: "\n")
    }

    private static func read(part: WireValue, _ whole: inout WholeRequest) {
        switch part["type"].string {
        case "text": whole.user(text: part["text"].string ?? "?")
        case "image_url": whole.user(media: media("image", part["image_url"]["url"].string ?? "?"))
        case "file":
            whole.demand(part["file"]["filename"].string?.isEmpty == false, "a file without name")
            whole.user(media: media("file", part["file"]["file_data"].string ?? "?"))
        case "input_audio":
            let format = part["input_audio"]["format"].string ?? "?"
            whole.demand(format == "wav" || format == "mp3", "audio of format \(format)")
            whole.user(media: "audio \(format) \(part["input_audio"]["data"].string ?? "?")")
        default: whole.problems.append("a part of type \(part["type"].string ?? "null")")
        }
    }

    /// A data address in its pieces, or an address as it is.
    static func media(_ kind: String, _ url: String) -> String {
        guard url.hasPrefix("data:"), let comma = url.firstIndex(of: ",") else { return "\(kind) \(url)" }
        let type = url[..<comma].dropFirst("data:".count).replacing(";base64", with: "")
        return "\(kind) \(type) \(url[url.index(after: comma)...])"
    }
}
