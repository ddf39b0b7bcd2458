import JSON

/// The members of a message that hold texts or say what they are, found in one pass; of two equal names the last counts.
struct MessageMembers {
    private(set) var role: JSONCursor?
    private(set) var content: JSONCursor?
    private(set) var name: JSONCursor?
    private(set) var toolName: JSONCursor?
    private(set) var toolCallID: JSONCursor?
    private(set) var refusal: JSONCursor?
    private(set) var reasoning: JSONCursor?
    private(set) var reasoningContent: JSONCursor?
    private(set) var reasoningDetails: JSONCursor?
    private(set) var thinking: JSONCursor?
    private(set) var toolCalls: JSONCursor?
    private(set) var functionCall: JSONCursor?

    init(_ message: JSONCursor) {
        for (name, value) in message.members {
            switch name.utf8Count {
            case 4:
                if name.equals("role") { role = value }
                if name.equals("name") { self.name = value }
            case 7:
                if name.equals("content") { content = value }
                if name.equals("refusal") { refusal = value }
            case 8: if name.equals("thinking") { thinking = value }
            case 9:
                if name.equals("reasoning") { reasoning = value }
                if name.equals("tool_name") { toolName = value }
            case 10: if name.equals("tool_calls") { toolCalls = value }
            case 12: if name.equals("tool_call_id") { toolCallID = value }
            case 13: if name.equals("function_call") { functionCall = value }
            case 17:
                if name.equals("reasoning_content") { reasoningContent = value }
                if name.equals("reasoning_details") { reasoningDetails = value }
            default: continue
            }
        }
    }
}
