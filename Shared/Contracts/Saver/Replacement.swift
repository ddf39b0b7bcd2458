public import JSON

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
