/// Reads a request of Ollama's dialect as a strict server does.
enum OllamaRequest {
    static func read(_ body: WireValue) -> WholeRequest {
        var whole = WholeRequest()
        whole.demand(body["model"].string?.isEmpty == false, "no model")
        whole.demand(!body["messages"].list.isEmpty, "no messages")
        var calls = Calls()
        for message in body["messages"].list { read(message, &calls, &whole) }
        whole.endUser()
        for tool in body["tools"].list {
            let function = tool["function"]
            whole.demand(tool["type"].string == "function", "a tool that is no function")
            whole.demand(function["parameters"]["type"].string == "object", "parameters of no object")
            whole.tools.append("\(function["name"].string ?? "?"): \(function["description"].string ?? "")")
        }
        let options = body["options"]
        let known = ["num_predict", "temperature", "top_p", "top_k", "stop", "seed"]
        for name in options.members where !known.contains(name) { whole.problems.append("the option \(name)") }
        whole.option("maximum", options["num_predict"].integer.map { "\($0)" })
        whole.option("temperature", options["temperature"].any.map { "\($0)" })
        whole.option("top_p", options["top_p"].any.map { "\($0)" })
        let stop = options["stop"].list.compactMap(\.string)
        whole.option("stop", stop.isEmpty ? nil : stop.joined(separator: "|"))
        whole.option("format", body["format"].isObject ? "json_schema" : body["format"].string.map { "\($0)_object" })
        return whole
    }

    /// Calls without an id are known by their name and order.
    struct Calls {
        private var open: [(id: String, name: String)] = []
        private var count = 0

        mutating func add(_ id: String?, _ name: String) -> String {
            count += 1
            let id = id ?? "\(name)#\(count)"
            open.append((id, name))
            return id
        }

        mutating func take(_ id: String?, _ name: String?) -> String {
            let place = open.firstIndex { call in (id ?? call.id) == call.id && (name ?? call.name) == call.name }
            return place.map { open.remove(at: $0).id } ?? "?"
        }
    }

    private static func read(_ message: WireValue, _ calls: inout Calls, _ whole: inout WholeRequest) {
        let role = message["role"].string ?? ""
        guard let text = message["content"].string else { return whole.problems.append("content that is no text") }
        switch role {
        case "system": whole.system.append(text)
        case "user":
            if !text.isEmpty { whole.user(text: text) }
            for image in message["images"].list { whole.user(media: media(image.string ?? "?")) }
            whole.demand(!text.isEmpty || !message["images"].list.isEmpty, "a user that says nothing")
        case "assistant":
            if !text.isEmpty { whole.assistant(text: text) }
            whole.demand(!text.isEmpty || !message["tool_calls"].list.isEmpty, "an assistant that says nothing")
            for call in message["tool_calls"].list {
                let function = call["function"]
                let name = function["name"].string ?? "?"
                whole.demand(function["arguments"].isObject, "arguments that are no object")
                whole.call(calls.add(call["id"].string, name), name, function["arguments"].canonical)
            }
        case "tool":
            let id = calls.take(message["tool_call_id"].string, message["tool_name"].string)
            whole.result(id, text: text, media: [], isError: false)
        default: whole.problems.append("the role \(role)")
        }
    }

    /// A picture's type is told by its first bytes alone.
    private static func media(_ data: String) -> String {
        "image \(data.hasPrefix("iVBORw0KGgo") ? "image/png" : "image/jpeg") \(data)"
    }
}
