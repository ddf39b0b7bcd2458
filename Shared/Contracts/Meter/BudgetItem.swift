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
    /// Requests in a minute that it may make; null: no limit.
    public var rpmLimit: Int?
    /// Requests that count in the present minute.
    public var rpmUsed: Int
    /// Tokens in a minute that it may use; null: no limit.
    public var tpmLimit: Int?
    /// Tokens that count in the present minute.
    public var tpmUsed: Int
    /// Requests at once; null: no limit.
    public var concurrencyLimit: Int?

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
        concurrency: Int = 0,
        rpmLimit: Int? = nil,
        rpmUsed: Int = 0,
        tpmLimit: Int? = nil,
        tpmUsed: Int = 0,
        concurrencyLimit: Int? = nil
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
        self.rpmLimit = rpmLimit
        self.rpmUsed = rpmUsed
        self.tpmLimit = tpmLimit
        self.tpmUsed = tpmUsed
        self.concurrencyLimit = concurrencyLimit
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
        rpmLimit = try object.optionalInteger("rpm_limit")
        rpmUsed = try object.integer("rpm_used", default: 0)
        tpmLimit = try object.optionalInteger("tpm_limit")
        tpmUsed = try object.integer("tpm_used", default: 0)
        concurrencyLimit = try object.optionalInteger("concurrency_limit")
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
            fields.integer("rpm_limit", rpmLimit)
            fields.integer("rpm_used", rpmUsed)
            fields.integer("tpm_limit", tpmLimit)
            fields.integer("tpm_used", tpmUsed)
            fields.integer("concurrency_limit", concurrencyLimit)
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
                .nullable("rpm_limit", .integer, "Requests in a minute that it may make; null: no limit."),
                .optional("rpm_used", .integer, "Requests that count in the present minute."),
                .nullable("tpm_limit", .integer, "Tokens in a minute that it may use; null: no limit."),
                .optional("tpm_used", .integer, "Tokens that count in the present minute."),
                .nullable("concurrency_limit", .integer, "Requests at once; null: no limit."),
            ]
        )
    }
}
