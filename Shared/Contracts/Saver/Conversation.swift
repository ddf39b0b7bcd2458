public import JSON

/// The messages of a request in its own dialect.
public struct Conversation: WireMessage {
    /// The messages, as the JSON array that the request holds.
    public var messages: [UInt8]
    /// How many of them, from the start, must stay as they are.
    public var frozen: Int

    /// Makes one from its members.
    public init(messages: [UInt8], frozen: Int) {
        self.messages = messages
        self.frozen = frozen
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        messages = try object.raw("messages")
        frozen = try object.integer("frozen")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.raw("messages", messages)
            fields.integer("frozen", frozen)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "Conversation",
            "The messages of a request in its own dialect.",
            [
                .required("messages", .array(of: .any), "The messages, as the JSON array that the request holds."),
                .required("frozen", .integer, "How many of them, from the start, must stay as they are."),
            ]
        )
    }
}
