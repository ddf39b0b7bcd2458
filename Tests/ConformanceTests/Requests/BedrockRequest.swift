/// Reads a request of Bedrock's Converse as a strict provider does.
struct BedrockRequestGrammar: RequestGrammar {
    private static let known = ["messages", "system", "toolConfig", "inferenceConfig", "additionalModelRequestFields"]
    private static let types = ["pdf": "application/pdf", "txt": "text/plain"]

    func request(_ body: WireValue) -> WholeRequest {
        var whole = WholeRequest()
        for name in body.members where !Self.known.contains(name) { whole.problems.append("the member \(name)") }
        for block in body["system"].list where !block["cachePoint"].isPresent {
            whole.system.append(block["text"].string ?? "?")
        }
        whole.demand(!body["messages"].list.isEmpty, "no messages")
        var last = "assistant"
        for message in body["messages"].list {
            let role = message["role"].string ?? ""
            whole.demand(role != last && ["user", "assistant"].contains(role), "the role \(role) behind \(last)")
            last = role
            whole.demand(!message["content"].list.isEmpty, "a message without content")
            var hasOther = false
            for block in message["content"].list {
                let isResult = block["toolResult"].isObject
                whole.demand(!isResult || !hasOther, "a result behind other content")
                if !isResult, role == "user", !block["cachePoint"].isPresent { hasOther = true }
                read(block, role, &whole)
            }
        }
        whole.endUser()
        for tool in body["toolConfig"]["tools"].list where !tool["cachePoint"].isPresent {
            let spec = tool["toolSpec"]
            whole.demand(spec["inputSchema"]["json"]["type"].string == "object", "a schema of no object")
            whole.tools.append("\(spec["name"].string ?? "?"): \(spec["description"].string ?? "")")
        }
        options(body, &whole)
        return whole
    }

    private func options(_ body: WireValue, _ whole: inout WholeRequest) {
        let config = body["inferenceConfig"]
        whole.option("maximum", config["maxTokens"].integer.map { "\($0)" })
        whole.option("temperature", config["temperature"].any.map { "\($0)" })
        whole.option("top_p", config["topP"].any.map { "\($0)" })
        let stop = config["stopSequences"].list.compactMap(\.string)
        whole.option("stop", stop.isEmpty ? nil : stop.joined(separator: "|"))
        let choice = body["toolConfig"]["toolChoice"]
        whole.demand(choice.members.count <= 1, "two choices")
        if choice["any"].isObject { whole.option("choice", "required") }
        whole.option("choice", choice["tool"]["name"].string)
    }

    private func read(_ block: WireValue, _ role: String, _ whole: inout WholeRequest) {
        whole.demand(block.members.count == 1, "a block with \(block.members)")
        if let text = block["text"].string {
            whole.demand(!text.isEmpty, "an empty text")
            if role == "user" { whole.user(text: text) } else { whole.assistant(text: text) }
        } else if let line = media(block) {
            whole.user(media: line)
        } else if block["toolUse"].isObject {
            let use = block["toolUse"]
            whole.demand(use["input"].isObject, "an input that is no object")
            whole.call(use["toolUseId"].string ?? "", use["name"].string ?? "?", use["input"].canonical)
        } else if block["toolResult"].isObject {
            let result = block["toolResult"]
            let content = result["content"].list
            whole.demand(!content.isEmpty, "a result that says nothing")
            whole.result(
                result["toolUseId"].string ?? "",
                text: content.compactMap { $0["text"].string }.joined(separator: "\n"),
                media: content.compactMap(media),
                isError: result["status"].string == "error"
            )
        } else if !block["cachePoint"].isObject, !block["reasoningContent"].isObject {
            whole.problems.append("a block with \(block.members)")
        }
    }

    private func media(_ block: WireValue) -> String? {
        let (image, document) = (block["image"], block["document"])
        if let format = image["format"].string {
            return "image image/\(format) \(image["source"]["bytes"].string ?? "?")"
        }
        guard let format = document["format"].string else { return nil }
        return "file \(Self.types[format] ?? format) \(document["source"]["bytes"].string ?? "?")"
    }
}
