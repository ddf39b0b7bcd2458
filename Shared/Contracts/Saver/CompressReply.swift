public import JSON

/// What to send instead.
public struct CompressReply: WireMessage {
    /// The version of the settings it was made under.
    public var epoch: String
    /// The texts that became smaller.
    public var replacements: [Replacement]
    /// Instructions to add after the last cache breakpoint.
    public var directives: [Directive]
    /// The messages to send instead, when they were sent.
    public var conversation: CompressedConversation?

    /// Makes one from its members.
    public init(
        epoch: String,
        replacements: [Replacement] = [],
        directives: [Directive] = [],
        conversation: CompressedConversation? = nil
    ) {
        self.epoch = epoch
        self.replacements = replacements
        self.directives = directives
        self.conversation = conversation
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        epoch = try object.string("epoch")
        replacements = try object.optionalArray("replacements", Replacement.init(from:)) ?? []
        directives = try object.optionalArray("directives", Directive.init(from:)) ?? []
        conversation = try object.optionalObject("conversation", CompressedConversation.init(from:))
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("epoch", epoch)
            fields.messages("replacements", replacements)
            fields.messages("directives", directives)
            if let conversation { fields.message("conversation", conversation) }
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "CompressReply",
            "What to send instead.",
            [
                .required("epoch", .string, "The version of the settings it was made under."),
                .optional("replacements", .array(of: Replacement.schema), "The texts that became smaller."),
                .optional(
                    "directives",
                    .array(of: Directive.schema),
                    "Instructions to add after the last cache breakpoint."
                ),
                .omittable(
                    "conversation",
                    CompressedConversation.schema,
                    "The messages to send instead, when they were sent."
                ),
            ]
        )
    }
}

/// The messages to send instead.
public struct CompressedConversation: WireMessage {
    /// The messages, as a JSON array.
    public var messages: [UInt8]

    /// Makes one from its members.
    public init(messages: [UInt8]) {
        self.messages = messages
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        messages = try object.raw("messages")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.raw("messages", messages)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "CompressedConversation",
            "The messages to send instead.",
            [
                .required("messages", .array(of: .any), "The messages, as a JSON array.")
            ]
        )
    }
}
