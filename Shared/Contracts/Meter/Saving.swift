public import JSON

/// What one saver took away.
public struct Saving: WireMessage {
    /// The saver's name.
    public var saver: String
    /// Its rule.
    public var rule: String
    /// The tokens before.
    public var tokensBefore: Int
    /// The tokens after.
    public var tokensAfter: Int
    /// The class whose price they would have cost.
    ///
    /// `held_out`: instructions that the conversation does without, to compare. `cache_lost`: tokens that the provider
    /// had cached and could not use again.
    public var priceClass: String
    /// Where the first byte differs, for what was lost; null otherwise.
    public var place: String?

    /// Makes one from its members.
    public init(
        saver: String,
        rule: String,
        tokensBefore: Int,
        tokensAfter: Int,
        priceClass: String,
        place: String? = nil
    ) {
        self.saver = saver
        self.rule = rule
        self.tokensBefore = tokensBefore
        self.tokensAfter = tokensAfter
        self.priceClass = priceClass
        self.place = place
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        saver = try object.string("saver")
        rule = try object.string("rule")
        tokensBefore = try object.integer("tokens_before")
        tokensAfter = try object.integer("tokens_after")
        priceClass = try object.string("price_class")
        place = try object.optionalString("place")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("saver", saver)
            fields.string("rule", rule)
            fields.integer("tokens_before", tokensBefore)
            fields.integer("tokens_after", tokensAfter)
            fields.string("price_class", priceClass)
            fields.string("place", place)
        }
    }

    /// What a price class is on the wire.
    static var priceClasses: Schema {
        .string(like: "input", "cache_read", "cache_write", "output", "held_out", "cache_lost")
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "Saving",
            "What one saver took away.",
            [
                .required("saver", .string, "The saver's name."),
                .required("rule", .string, "Its rule."),
                .required("tokens_before", .integer, "The tokens before."),
                .required("tokens_after", .integer, "The tokens after."),
                .required(
                    "price_class",
                    priceClasses,
                    "The class whose price they would have cost; held_out: instructions left out to compare, "
                        + "cache_lost: tokens that a cache had and could not use again."
                ),
                .nullable("place", .string, "Where the first byte differs, for what was lost."),
            ]
        )
    }
}

/// What the guard decided about a request.
public struct GuardSummary: WireMessage {
    /// The strictest action taken.
    public var action: GuardAction
    /// The decisions, for the audit.
    public var decisionIDs: [String]

    /// Makes one from its members.
    public init(action: GuardAction, decisionIDs: [String] = []) {
        self.action = action
        self.decisionIDs = decisionIDs
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        action = GuardAction(rawValue: try object.string("action"))
        decisionIDs = try object.strings("decision_ids", default: [])
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("action", action.rawValue)
            fields.strings("decision_ids", decisionIDs)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "GuardSummary",
            "What the guard decided about a request.",
            [
                .required("action", GuardAction.schema, "The strictest action taken."),
                .optional("decision_ids", .array(of: .string), "The decisions, for the audit."),
            ]
        )
    }
}
