public import JSON

/// The messages around a request's texts, in the shape of OpenAI's Chat Completions.
///
/// Made of the texts as the guard left them: each tool's result stands behind its call, and its `tool_call_id` is the id
/// of its segment as a decimal number.
public struct Conversation: WireMessage {
    /// The messages, a JSON array.
    public var messages: [UInt8]
    /// How many of them, from the start, were sent before.
    public var frozen: Int
    /// The conversation's id.
    public var id: String

    /// Makes one from its members.
    public init(messages: [UInt8], frozen: Int, id: String = "") {
        self.messages = messages
        self.frozen = frozen
        self.id = id
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        messages = try object.raw("messages")
        frozen = try object.integer("frozen")
        id = try object.string("id", default: "")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.raw("messages", messages)
            fields.integer("frozen", frozen)
            if !id.isEmpty { fields.string("id", id) }
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "Conversation",
            "The messages around a request's texts, in the shape of OpenAI's Chat Completions.",
            [
                .required("messages", .array(of: .any), "The messages; a result's `tool_call_id` is its segment's id."),
                .required("frozen", .integer, "How many of them, from the start, were sent before."),
                .omittable("id", .string, "The conversation's id."),
            ]
        )
    }
}
