public import JSON

/// What else the ledger knows of one request; null in lists.
public struct UsageDetail: WireMessage {
    /// The model name as the caller wrote it.
    public var requestedModel: String
    /// The caller's dialect.
    public var dialect: String
    /// The chain that was followed.
    public var chain: String?
    /// The conversation's keyed hash.
    public var conversation: String?
    /// Which cache answered.
    public var cache: String
    /// What was tried, in order; empty when the row was written before this was kept.
    public var attempts: [Attempt]
    /// What savers took away.
    public var savings: [Saving]
    /// What the guard decided; null when it was not asked.
    public var guardVerdict: GuardSummary?

    /// Makes one from its members.
    public init(
        requestedModel: String = "",
        dialect: String = "",
        chain: String? = nil,
        conversation: String? = nil,
        cache: String = "none",
        attempts: [Attempt] = [],
        savings: [Saving] = [],
        guardVerdict: GuardSummary? = nil
    ) {
        self.requestedModel = requestedModel
        self.dialect = dialect
        self.chain = chain
        self.conversation = conversation
        self.cache = cache
        self.attempts = attempts
        self.savings = savings
        self.guardVerdict = guardVerdict
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        try object.requireObject()
        requestedModel = try object.string("requested_model", default: "")
        dialect = try object.string("dialect", default: "")
        chain = try object.optionalString("chain")
        conversation = try object.optionalString("conversation")
        cache = try object.string("cache", default: "none")
        attempts = try object.optionalArray("attempts", Attempt.init(from:)) ?? []
        savings = try object.optionalArray("savings", Saving.init(from:)) ?? []
        guardVerdict = try object.optionalObject("guard", GuardSummary.init(from:))
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("requested_model", requestedModel)
            fields.string("dialect", dialect)
            fields.string("chain", chain)
            fields.string("conversation", conversation)
            fields.string("cache", cache)
            fields.messages("attempts", attempts)
            fields.messages("savings", savings)
            fields.message("guard", guardVerdict)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "UsageDetail",
            "What else the ledger knows of one request; null in lists.",
            [
                .optional("requested_model", .string, "The model name as the caller wrote it."),
                .optional("dialect", .string, "The caller's dialect."),
                .nullable("chain", .string, "The chain that was followed."),
                .nullable("conversation", .string, "The conversation's keyed hash."),
                .optional("cache", .string(like: "none", "exact", "semantic"), "Which cache answered."),
                .optional(
                    "attempts",
                    .array(of: Attempt.schema),
                    "What was tried, in order; empty when the row was written before this was kept."
                ),
                .optional("savings", .array(of: Saving.schema), "What savers took away."),
                .nullable("guard", GuardSummary.schema, "What the guard decided; null when it was not asked."),
            ]
        )
    }
}
