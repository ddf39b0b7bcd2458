/// Reads a request of Cohere's second chat API as a strict provider does.
struct CohereRequestGrammar: RequestGrammar {
    private static let known = [
        "model", "messages", "stream", "tools", "tool_choice", "strict_tools", "max_tokens", "temperature", "p", "k",
        "stop_sequences", "seed", "response_format", "thinking",
    ]

    func request(_ body: WireValue) -> WholeRequest {
        var whole = WholeRequest()
        for name in body.members where !Self.known.contains(name) { whole.problems.append("the member \(name)") }
        whole.demand(body["model"].string?.isEmpty == false, "no model")
        whole.demand(!body["messages"].list.isEmpty, "no messages")
        for message in body["messages"].list { read(message, &whole) }
        whole.endUser()
        for tool in body["tools"].list {
            let function = tool["function"]
            whole.demand(tool["type"].string == "function", "a tool that is no function")
            whole.demand(function["parameters"]["type"].string == "object", "parameters of no object")
            whole.tools.append("\(function["name"].string ?? "?"): \(function["description"].string ?? "")")
        }
        options(body, &whole)
        return whole
    }

    private func options(_ body: WireValue, _ whole: inout WholeRequest) {
        whole.demand(body["tools"].isPresent || !body["tool_choice"].isPresent, "a choice without tools")
        whole.option("maximum", body["max_tokens"].integer.map { "\($0)" })
        whole.option("temperature", body["temperature"].any.map { "\($0)" })
        whole.option("top_p", body["p"].any.map { "\($0)" })
        let stop = body["stop_sequences"].list.compactMap(\.string)
        whole.option("stop", stop.isEmpty ? nil : stop.joined(separator: "|"))
        let choice = body["tool_choice"].string
        whole.demand([nil, "NONE", "REQUIRED"].contains(choice), "the choice \(choice ?? "null")")
        // The choice of one tool is a list with that one alone.
        let isOne = choice == "REQUIRED" && whole.tools.count == 1
        let only = whole.tools.first?.split(separator: ":").first.map(String.init)
        whole.option("choice", isOne ? only : choice?.lowercased())
        let format = body["response_format"]
        whole.demand(!format.isPresent || format["type"].string == "json_object", "a form that is no json_object")
        whole.demand(!format.isPresent || !body["tools"].isPresent, "a form beside tools")
        whole.option(
            "format",
            format["json_schema"].isObject ? "json_schema" : format.isPresent ? "json_object" : nil
        )
    }

    private func read(_ message: WireValue, _ whole: inout WholeRequest) {
        let content = message["content"]
        switch message["role"].string {
        case "system": whole.system.append(content.string ?? "?")
        case "user":
            if let text = content.string { whole.user(text: text) }
            for part in content.list {
                switch part["type"].string {
                case "text": whole.user(text: part["text"].string ?? "?")
                case "image_url":
                    let url = part["image_url"]["url"].string ?? "?"
                    whole.user(media: ChatCompletionsRequest.media("image", url))
                default: whole.problems.append("a part of type \(part["type"].string ?? "null")")
                }
            }
            whole.demand(content.string?.isEmpty == false || !content.list.isEmpty, "a user that says nothing")
        case "assistant":
            for part in content.list where part["type"].string != "thinking" {
                whole.assistant(text: part["text"].string ?? "?")
            }
            whole.demand(!content.list.isEmpty || !message["tool_calls"].list.isEmpty, "an assistant without content")
            for call in message["tool_calls"].list {
                let arguments = canonicalArguments(call["function"]["arguments"].string ?? "?")
                whole.call(call["id"].string ?? "", call["function"]["name"].string ?? "?", arguments)
            }
        case "tool": result(message, &whole)
        default: whole.problems.append("the role \(message["role"].string ?? "null")")
        }
    }

    private func result(_ message: WireValue, _ whole: inout WholeRequest) {
        let documents = message["content"].list
        let data = documents.first?["document"]["data"] ?? WireValue(nil)
        whole.demand(documents.count == 1 && documents[0]["type"].string == "document", "a result of no document")
        whole.demand(data.isObject, "a document without an object")
        let error = data["error"].string
        whole.result(
            message["tool_call_id"].string ?? "",
            text: error ?? data["result"].string ?? data.canonical,
            media: [],
            isError: error != nil
        )
    }
}
