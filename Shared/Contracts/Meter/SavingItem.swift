public import JSON

/// What one rule of a saver saved in a stretch of time; list only.
///
/// Filters of the list: `since_us`, `until_us`, `key`, `saver`, and `by` = `key` for a row of each key.
public struct SavingItem: AdminItem {
    /// Its id: what makes it another row, with slashes between.
    public var id: String
    /// The key; empty for all keys together.
    public var keyID: String
    /// The saver; `prompt-cache` for what a provider's cache no longer had.
    public var saver: String
    /// Its rule, or the cause of the loss.
    public var rule: String
    /// The class whose price the tokens would have cost; `held_out` for instructions that were left out to compare.
    public var priceClass: String
    /// Requests that it is about.
    public var requests: Int
    /// The tokens before.
    public var tokensBefore: Int
    /// The tokens after.
    public var tokensAfter: Int
    /// What was saved, in nano-dollars; negative for what was added or lost.
    public var savedNanoUSD: Int

    /// Makes one from its members.
    public init(
        id: String,
        keyID: String = "",
        saver: String,
        rule: String,
        priceClass: String,
        requests: Int = 0,
        tokensBefore: Int = 0,
        tokensAfter: Int = 0,
        savedNanoUSD: Int = 0
    ) {
        self.id = id
        self.keyID = keyID
        self.saver = saver
        self.rule = rule
        self.priceClass = priceClass
        self.requests = requests
        self.tokensBefore = tokensBefore
        self.tokensAfter = tokensAfter
        self.savedNanoUSD = savedNanoUSD
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        id = try object.string("id")
        keyID = try object.string("key_id", default: "")
        saver = try object.string("saver")
        rule = try object.string("rule")
        priceClass = try object.string("price_class")
        requests = try object.integer("requests", default: 0)
        tokensBefore = try object.integer("tokens_before", default: 0)
        tokensAfter = try object.integer("tokens_after", default: 0)
        savedNanoUSD = try object.integer("saved_nano_usd", default: 0)
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("id", id)
            fields.string("key_id", keyID)
            fields.string("saver", saver)
            fields.string("rule", rule)
            fields.string("price_class", priceClass)
            fields.integer("requests", requests)
            fields.integer("tokens_before", tokensBefore)
            fields.integer("tokens_after", tokensAfter)
            fields.integer("saved_nano_usd", savedNanoUSD)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "SavingItem",
            "What one rule of a saver saved in a stretch of time.",
            [
                .required("id", .string, "Its id: what makes it another row, with slashes between."),
                .optional("key_id", .string, "The key; empty for all keys together."),
                .required("saver", .string, "The saver; `prompt-cache` for what a provider's cache no longer had."),
                .required("rule", .string, "Its rule, or the cause of the loss."),
                .required("price_class", Saving.priceClasses, "The class whose price the tokens would have cost."),
                .optional("requests", .integer, "Requests that it is about."),
                .optional("tokens_before", .integer, "The tokens before."),
                .optional("tokens_after", .integer, "The tokens after."),
                .optional(
                    "saved_nano_usd",
                    .integer,
                    "What was saved, in nano-dollars; negative for what was added or lost."
                ),
            ]
        )
    }
}
