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

/// A text that became smaller.
public struct Replacement: WireMessage {
    /// The segment.
    public var segment: Int
    /// What stands there instead.
    public var text: String
    /// The saver.
    public var saver: String
    /// Its rule.
    public var rule: String
    /// The tokens before.
    public var tokensBefore: Int
    /// The tokens after.
    public var tokensAfter: Int

    /// Makes one from its members.
    public init(segment: Int, text: String, saver: String, rule: String, tokensBefore: Int, tokensAfter: Int) {
        self.segment = segment
        self.text = text
        self.saver = saver
        self.rule = rule
        self.tokensBefore = tokensBefore
        self.tokensAfter = tokensAfter
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        segment = try object.integer("segment")
        text = try object.string("text")
        saver = try object.string("saver")
        rule = try object.string("rule")
        tokensBefore = try object.integer("tokens_before")
        tokensAfter = try object.integer("tokens_after")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.integer("segment", segment)
            fields.string("text", text)
            fields.string("saver", saver)
            fields.string("rule", rule)
            fields.integer("tokens_before", tokensBefore)
            fields.integer("tokens_after", tokensAfter)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "Replacement",
            "A text that became smaller.",
            [
                .required("segment", .integer, "The segment."),
                .required("text", .string, "What stands there instead."),
                .required("saver", .string, "The saver."),
                .required("rule", .string, "Its rule."),
                .required("tokens_before", .integer, "The tokens before."),
                .required("tokens_after", .integer, "The tokens after."),
            ]
        )
    }
}

/// An instruction that makes answers shorter.
public struct Directive: WireMessage {
    /// The saver.
    public var saver: String
    /// How hard it presses.
    public var level: String
    /// The instruction.
    public var text: String
    /// What it costs.
    public var tokens: Int

    /// Makes one from its members.
    public init(saver: String, level: String, text: String, tokens: Int) {
        self.saver = saver
        self.level = level
        self.text = text
        self.tokens = tokens
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        saver = try object.string("saver")
        level = try object.string("level")
        text = try object.string("text")
        tokens = try object.integer("tokens")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("saver", saver)
            fields.string("level", level)
            fields.string("text", text)
            fields.integer("tokens", tokens)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "Directive",
            "An instruction that makes answers shorter.",
            [
                .required("saver", .string, "The saver."),
                .required("level", .string, "How hard it presses."),
                .required("text", .string, "The instruction."),
                .required("tokens", .integer, "What it costs."),
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
