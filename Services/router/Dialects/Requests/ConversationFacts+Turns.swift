import JSON

extension ConversationFacts {
    /// Whether the request holds an earlier answer, so that it is a later turn of its conversation.
    public var holdsAnswer: Bool {
        if bodyID?.parameter == "previous_response_id" { return true }
        guard messages.kind == .array else { return false }
        return messages.elements.contains { message in
            if let role = message.member("role") { return role.equals("assistant") || role.equals("model") }
            guard let type = message.member("type") else { return false }
            return Self.outputs.contains { type.equals($0) }
        }
    }

    /// The items of Responses that a model has made and that have no role.
    private static let outputs: [String] = ["function_call", "custom_tool_call", "reasoning"]
}
