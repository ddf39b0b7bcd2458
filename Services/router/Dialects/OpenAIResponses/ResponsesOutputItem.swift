import JSON

/// Ids of a response and its items, in the alphabet and with the beginnings that OpenAI takes back.
enum ResponsesID {
    /// Begins the ids of reasoning items that no provider of the dialect has made.
    static let reasoning: StaticString = "rs_keirouter_"
    /// The longest id of a tool call.
    static let callLimit = 64

    /// The upstream's id in this dialect's form.
    static func response(_ id: String?) -> String {
        guard let id, !id.isEmpty else { return "resp_" + AnswerID.random() }
        return id.hasPrefix("resp_") ? id : "resp_\(id)"
    }

    static func call(_ id: String) -> String {
        id.isEmpty ? "call_" + AnswerID.random() : ToolNaming.fitting(id, limit: callLimit)
    }
}

/// One item of a response's output.
struct ResponsesOutputItem: Sendable {
    /// A part of a message.
    enum Content: Sendable {
        case text(WireText)
        case refusal(WireText)

        func write(_ part: inout JSONFields) {
            switch self {
            case .text(let text):
                part.string("type", "output_text")
                part.array("annotations") { _ in }
                part.array("logprobs") { _ in }
                part.text("text", text)
            case .refusal(let text):
                part.string("type", "refusal")
                part.text("refusal", text)
            }
        }
    }

    enum Kind: Sendable {
        case message([Content])
        case reasoning(text: WireText?, encrypted: WireText?)
        case call(ToolCall)
    }

    /// A call as the client knows its tool.
    struct ToolCall: Sendable {
        var id: String
        var name: String
        var namespace: String?
        /// Whether the tool takes free text.
        var isCustom: Bool
        /// The arguments, or the input of a custom tool.
        var input = WireText(escaped: [])

        init(id: String, upstreamName: String, _ context: AnswerContext) {
            self.id = ResponsesID.call(id)
            let name = context.clientName(upstreamName)
            isCustom = context.customTools.contains(name)
            self.name = context.namespaces[name]?.name ?? name
            namespace = context.namespaces[name]?.namespace
        }
    }

    enum Status: String, Sendable {
        case inProgress = "in_progress"
        case completed
        case incomplete
    }

    let id: String
    var kind: Kind

    static func message(_ contents: [Content]) -> ResponsesOutputItem {
        ResponsesOutputItem(id: "msg_" + AnswerID.random(), kind: .message(contents))
    }

    static func call(_ call: ToolCall) -> ResponsesOutputItem {
        ResponsesOutputItem(id: (call.isCustom ? "ctc_" : "fc_") + AnswerID.random(), kind: .call(call))
    }

    /// A reasoning item, under its own id where a provider of this dialect has made it.
    static func reasoning(text: WireText?, signature: WireText?) -> ResponsesOutputItem {
        let own = ForeignSignature.readResponses(signature)?.id.string ?? ""
        let id = own.isEmpty ? "\(ResponsesID.reasoning)\(AnswerID.random())" : own
        let encrypted = ForeignSignature.encryptedContent(signature)
        return ResponsesOutputItem(id: id, kind: .reasoning(text: text, encrypted: encrypted))
    }

    static func redacted(_ data: WireText) -> ResponsesOutputItem {
        let content = WireText(joining: [WireText("\(ForeignSignature.redacted)"), data], by: "")
        let id = "\(ResponsesID.reasoning)\(AnswerID.random())"
        return ResponsesOutputItem(id: id, kind: .reasoning(text: nil, encrypted: content))
    }

    func write(_ status: Status, _ item: inout JSONFields) {
        item.string("id", id)
        switch kind {
        case .message(let contents):
            item.string("type", "message")
            item.string("status", status.rawValue)
            item.string("role", "assistant")
            item.array("content") { parts in
                for content in contents { parts.object { content.write(&$0) } }
            }
        case .reasoning(let text, let encrypted):
            item.string("type", "reasoning")
            item.array("summary") { parts in
                guard let text, !text.isEmpty else { return }
                parts.object { part in
                    part.string("type", "summary_text")
                    part.text("text", text)
                }
            }
            if let encrypted { item.text("encrypted_content", encrypted) }
        case .call(let call): write(call, status, &item)
        }
    }

    private func write(_ call: ToolCall, _ status: Status, _ item: inout JSONFields) {
        item.string("type", call.isCustom ? "custom_tool_call" : "function_call")
        item.string("status", status.rawValue)
        item.string("call_id", call.id)
        item.string("name", call.name)
        if let namespace = call.namespace { item.string("namespace", namespace) }
        item.text(call.isCustom ? "input" : "arguments", call.input)
    }
}
