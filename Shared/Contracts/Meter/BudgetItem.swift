public import JSON

/// The live state of one key's budget.
public struct BudgetItem: AdminItem {
    /// The key's id.
    public var id: String
    /// When the period began.
    public var periodStartUS: Int
    /// When it ends; 0: never.
    public var periodEndUS: Int
    /// What was spent in it, in nano-dollars.
    public var spentNanoUSD: Int
    /// What may be spent in it; 0: no limit.
    public var limitNanoUSD: Int
    /// The tokens used in it.
    public var tokens: Int
    /// The tokens that may be used in it; 0: no limit.
    public var limitTokens: Int
    /// The money that open reservations hold.
    public var reservedNanoUSD: Int
    /// The tokens that open reservations hold.
    public var reservedTokens: Int
    /// The requests that run now.
    public var concurrency: Int

    /// Makes one from its members.
    public init(
        id: String = "",
        periodStartUS: Int = 0,
        periodEndUS: Int = 0,
        spentNanoUSD: Int = 0,
        limitNanoUSD: Int = 0,
        tokens: Int = 0,
        limitTokens: Int = 0,
        reservedNanoUSD: Int = 0,
        reservedTokens: Int = 0,
        concurrency: Int = 0
    ) {
        self.id = id
        self.periodStartUS = periodStartUS
        self.periodEndUS = periodEndUS
        self.spentNanoUSD = spentNanoUSD
        self.limitNanoUSD = limitNanoUSD
        self.tokens = tokens
        self.limitTokens = limitTokens
        self.reservedNanoUSD = reservedNanoUSD
        self.reservedTokens = reservedTokens
        self.concurrency = concurrency
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        try object.requireObject()
        id = try object.string("id", default: "")
        periodStartUS = try object.integer("period_start_us", default: 0)
        periodEndUS = try object.integer("period_end_us", default: 0)
        spentNanoUSD = try object.integer("spent_nano_usd", default: 0)
        limitNanoUSD = try object.integer("limit_nano_usd", default: 0)
        tokens = try object.integer("tokens", default: 0)
        limitTokens = try object.integer("limit_tokens", default: 0)
        reservedNanoUSD = try object.integer("reserved_nano_usd", default: 0)
        reservedTokens = try object.integer("reserved_tokens", default: 0)
        concurrency = try object.integer("concurrency", default: 0)
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("id", id)
            fields.integer("period_start_us", periodStartUS)
            fields.integer("period_end_us", periodEndUS)
            fields.integer("spent_nano_usd", spentNanoUSD)
            fields.integer("limit_nano_usd", limitNanoUSD)
            fields.integer("tokens", tokens)
            fields.integer("limit_tokens", limitTokens)
            fields.integer("reserved_nano_usd", reservedNanoUSD)
            fields.integer("reserved_tokens", reservedTokens)
            fields.integer("concurrency", concurrency)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "BudgetItem",
            "The live state of one key's budget.",
            [
                .optional("id", .string, "The key's id."),
                .optional("period_start_us", .integer, "When the period began."),
                .optional("period_end_us", .integer, "When it ends; 0: never."),
                .optional("spent_nano_usd", .integer, "What was spent in it, in nano-dollars."),
                .optional("limit_nano_usd", .integer, "What may be spent in it; 0: no limit."),
                .optional("tokens", .integer, "The tokens used in it."),
                .optional("limit_tokens", .integer, "The tokens that may be used in it; 0: no limit."),
                .optional("reserved_nano_usd", .integer, "The money that open reservations hold."),
                .optional("reserved_tokens", .integer, "The tokens that open reservations hold."),
                .optional("concurrency", .integer, "The requests that run now."),
            ]
        )
    }
}

/// The usage of one day, key, provider and model.
public struct RollupItem: AdminItem {
    /// Its id.
    public var id: String
    /// The day, as `2026-01-31`.
    public var day: String
    /// The key's id.
    public var keyID: String
    /// The provider's id.
    public var provider: String
    /// The provider's own name of the model.
    public var model: String
    /// The requests.
    public var requests: Int
    /// Those of them that failed.
    public var errors: Int
    /// What they used.
    public var usage: TokenUsage
    /// What they cost, in nano-dollars, the unpriced ones apart.
    public var costNanoUSD: Int
    /// Those of them without a known price.
    public var unpriced: Int

    /// Makes one from its members.
    public init(
        id: String = "",
        day: String,
        keyID: String,
        provider: String,
        model: String,
        requests: Int = 0,
        errors: Int = 0,
        usage: TokenUsage = TokenUsage(),
        costNanoUSD: Int = 0,
        unpriced: Int = 0
    ) {
        self.id = id
        self.day = day
        self.keyID = keyID
        self.provider = provider
        self.model = model
        self.requests = requests
        self.errors = errors
        self.usage = usage
        self.costNanoUSD = costNanoUSD
        self.unpriced = unpriced
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        id = try object.string("id", default: "")
        day = try object.string("day")
        keyID = try object.string("key_id")
        provider = try object.string("provider")
        model = try object.string("model")
        requests = try object.integer("requests", default: 0)
        errors = try object.integer("errors", default: 0)
        usage = try object.optionalObject("usage", TokenUsage.init(from:)) ?? TokenUsage()
        costNanoUSD = try object.integer("cost_nano_usd", default: 0)
        unpriced = try object.integer("unpriced", default: 0)
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("id", id)
            fields.string("day", day)
            fields.string("key_id", keyID)
            fields.string("provider", provider)
            fields.string("model", model)
            fields.integer("requests", requests)
            fields.integer("errors", errors)
            fields.message("usage", usage)
            fields.integer("cost_nano_usd", costNanoUSD)
            fields.integer("unpriced", unpriced)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "RollupItem",
            "The usage of one day, key, provider and model.",
            [
                .optional("id", .string, "Its id."),
                .required("day", .string, "The day, as `2026-01-31`."),
                .required("key_id", .string, "The key's id."),
                .required("provider", .string, "The provider's id."),
                .required("model", .string, "The provider's own name of the model."),
                .optional("requests", .integer, "The requests."),
                .optional("errors", .integer, "Those of them that failed."),
                .optional("usage", TokenUsage.schema, "What they used."),
                .optional("cost_nano_usd", .integer, "What they cost, in nano-dollars, the unpriced ones apart."),
                .optional("unpriced", .integer, "Those of them without a known price."),
            ]
        )
    }
}

/// A budget that passed one of its thresholds.
public struct AlertItem: AdminItem {
    /// Its id.
    public var id: String
    /// The key's id.
    public var keyID: String
    /// The threshold, in per cent.
    public var threshold: Int
    /// When it was passed.
    public var atUS: Int
    /// One sentence for the operator.
    public var message: String

    /// Makes one from its members.
    public init(id: String = "", keyID: String, threshold: Int, atUS: Int, message: String) {
        self.id = id
        self.keyID = keyID
        self.threshold = threshold
        self.atUS = atUS
        self.message = message
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        id = try object.string("id", default: "")
        keyID = try object.string("key_id")
        threshold = try object.integer("threshold")
        atUS = try object.integer("at_us")
        message = try object.string("message")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("id", id)
            fields.string("key_id", keyID)
            fields.integer("threshold", threshold)
            fields.integer("at_us", atUS)
            fields.string("message", message)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "AlertItem",
            "A budget that passed one of its thresholds.",
            [
                .optional("id", .string, "Its id."),
                .required("key_id", .string, "The key's id."),
                .required("threshold", .integer, "The threshold, in per cent."),
                .required("at_us", .integer, "When it was passed."),
                .required("message", .string, "One sentence for the operator."),
            ]
        )
    }
}
