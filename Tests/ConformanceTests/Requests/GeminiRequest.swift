/// Reads a request of Gemini's dialect as a strict provider does.
enum GeminiRequest {
    static func read(_ body: WireValue) -> WholeRequest {
        var whole = WholeRequest()
        let known = [
            "contents", "systemInstruction", "tools", "toolConfig", "generationConfig", "safetySettings",
            "cachedContent", "labels",
        ]
        for name in body.members where !known.contains(name) { whole.problems.append("the member \(name)") }
        for part in body["systemInstruction"]["parts"].list { whole.system.append(part["text"].string ?? "?") }
        whole.demand(!body["contents"].list.isEmpty, "no contents")
        var calls: [String] = []
        var counter = 0
        for content in body["contents"].list {
            let role = content["role"].string ?? "user"
            whole.demand(role == "user" || role == "model", "the role \(role)")
            whole.demand(!content["parts"].list.isEmpty, "a content without parts")
            // Pictures behind results are the results'.
            var results: [(id: String, text: String, isError: Bool)] = []
            var media: [String] = []
            var texts: [String] = []
            for part in content["parts"].list {
                if part["functionCall"].isObject {
                    let call = part["functionCall"]
                    counter += 1
                    let id = "\(call["name"].string ?? "?")#\(counter)"
                    calls.append(id)
                    whole.call(id, call["name"].string ?? "?", call["args"].isPresent ? call["args"].canonical : "{}")
                } else if part["functionResponse"].isObject {
                    let response = part["functionResponse"]
                    let name = response["name"].string ?? "?"
                    let place = calls.firstIndex { $0.hasPrefix("\(name)#") }
                    let id = place.map { calls.remove(at: $0) } ?? "?"
                    whole.demand(response["response"].isObject, "a response that is no object")
                    let error = response["response"]["error"].string
                    results.append((id, error ?? text(response["response"]), error != nil))
                } else if let text = part["text"].string {
                    if role == "model" { whole.assistant(text: text) } else { texts.append(text) }
                    if role == "user", results.isEmpty { whole.user(text: texts.removeLast()) }
                } else if let line = self.media(part) {
                    if results.isEmpty { whole.user(media: line) } else { media.append(line) }
                } else {
                    whole.problems.append("a part with \(part.members)")
                }
            }
            for (place, result) in results.enumerated() {
                let last = place == results.count - 1
                whole.result(result.id, text: result.text, media: last ? media : [], isError: result.isError)
            }
            for text in texts { whole.user(text: text) }
        }
        whole.endUser()
        options(body, &whole)
        return whole
    }

    private static func text(_ response: WireValue) -> String {
        response["result"].string ?? response["output"].string ?? response["content"].string ?? response.canonical
    }

    private static func media(_ part: WireValue) -> String? {
        let data = part["inlineData"]
        if let type = data["mimeType"].string {
            let bytes = data["data"].string ?? "?"
            if type.hasPrefix("audio/") { return "audio \(type == "audio/wav" ? "wav" : "mp3") \(bytes)" }
            return "\(type.hasPrefix("image/") ? "image" : "file") \(type) \(bytes)"
        }
        guard let url = part["fileData"]["fileUri"].string else { return nil }
        let type = part["fileData"]["mimeType"].string ?? "image/*"
        return "\(type.hasPrefix("image/") ? "image" : "file") \(url)"
    }

    private static func options(_ body: WireValue, _ whole: inout WholeRequest) {
        for declaration in body["tools"].list.flatMap({ $0["functionDeclarations"].list }) {
            whole.tools.append("\(declaration["name"].string ?? "?"): \(declaration["description"].string ?? "")")
        }
        let config = body["generationConfig"]
        whole.option("maximum", config["maxOutputTokens"].integer.map { "\($0)" })
        whole.option("temperature", config["temperature"].any.map { "\($0)" })
        whole.option("top_p", config["topP"].any.map { "\($0)" })
        let stop = config["stopSequences"].list.compactMap(\.string)
        whole.option("stop", stop.isEmpty ? nil : stop.joined(separator: "|"))
        let calling = body["toolConfig"]["functionCallingConfig"]
        let names = calling["allowedFunctionNames"].list.compactMap(\.string)
        switch calling["mode"].string {
        case "ANY": whole.options["choice"] = names.first ?? "required"
        case "NONE": whole.options["choice"] = "none"
        default: break
        }
        if config["responseMimeType"].string == "application/json" {
            let hasSchema = config["responseSchema"].isObject || config["responseJsonSchema"].isObject
            whole.options["format"] = hasSchema ? "json_schema" : "json_object"
        }
    }
}
