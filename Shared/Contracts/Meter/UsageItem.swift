public import JSON

/// One row of the ledger.
///
/// Filters of the list: `key`, `outcome`, `since_us`, `until_us`, `provider`, `model`.
public struct UsageItem: AdminItem {
    /// The request's id: the ledger's key.
    public var requestID: String
    /// The key's id.
    public var keyID: String
    /// When the request came in.
    public var startedUS: Int
    /// How it ended.
    public var outcome: Outcome
    /// The provider that answered, or was tried last.
    public var provider: String
    /// Its model.
    public var model: String
    /// The model name as the caller wrote it.
    public var requestedModel: String
    /// What all attempts used.
    public var usage: TokenUsage
    /// What it cost, in nano-dollars; null when not priced.
    public var costNanoUSD: Int?
    /// Whether every attempt had a price.
    public var priced: Bool
    /// How many attempts there were.
    public var attempts: Int
    /// From its start to the first content byte.
    public var firstTokenMS: Int?
    /// From its start to its end.
    public var totalMS: Int
    /// Tokens that savers kept from being sent.
    public var savedTokens: Int
    /// The strictest thing that the guard did; null when nothing was found.
    public var guardAction: GuardAction?
    /// The rest, when one row is asked for; null in lists.
    public var detail: UsageDetail?
    /// The request id.
    public var id: String { requestID }

    /// Makes one from its members.
    public init(
        requestID: String,
        keyID: String,
        startedUS: Int,
        outcome: Outcome,
        provider: String = "",
        model: String = "",
        requestedModel: String = "",
        usage: TokenUsage = TokenUsage(),
        costNanoUSD: Int? = nil,
        priced: Bool = false,
        attempts: Int = 0,
        firstTokenMS: Int? = nil,
        totalMS: Int = 0,
        savedTokens: Int = 0,
        guardAction: GuardAction? = nil,
        detail: UsageDetail? = nil
    ) {
        self.requestID = requestID
        self.keyID = keyID
        self.startedUS = startedUS
        self.outcome = outcome
        self.provider = provider
        self.model = model
        self.requestedModel = requestedModel
        self.usage = usage
        self.costNanoUSD = costNanoUSD
        self.priced = priced
        self.attempts = attempts
        self.firstTokenMS = firstTokenMS
        self.totalMS = totalMS
        self.savedTokens = savedTokens
        self.guardAction = guardAction
        self.detail = detail
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        requestID = try object.string("request_id")
        keyID = try object.string("key_id")
        startedUS = try object.integer("started_us")
        outcome = Outcome(rawValue: try object.string("outcome"))
        provider = try object.string("provider", default: "")
        model = try object.string("model", default: "")
        requestedModel = try object.string("requested_model", default: "")
        usage = try object.optionalObject("usage", TokenUsage.init(from:)) ?? TokenUsage()
        costNanoUSD = try object.optionalInteger("cost_nano_usd")
        priced = try object.boolean("priced", default: false)
        attempts = try object.integer("attempts", default: 0)
        firstTokenMS = try object.optionalInteger("first_token_ms")
        totalMS = try object.integer("total_ms", default: 0)
        savedTokens = try object.integer("saved_tokens", default: 0)
        guardAction = try object.optionalString("guard_action").map(GuardAction.init(rawValue:))
        detail = try object.optionalObject("detail", UsageDetail.init(from:))
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("request_id", requestID)
            fields.string("key_id", keyID)
            fields.integer("started_us", startedUS)
            fields.string("outcome", outcome.rawValue)
            fields.string("provider", provider)
            fields.string("model", model)
            fields.string("requested_model", requestedModel)
            fields.message("usage", usage)
            fields.integer("cost_nano_usd", costNanoUSD)
            fields.boolean("priced", priced)
            fields.integer("attempts", attempts)
            fields.integer("first_token_ms", firstTokenMS)
            fields.integer("total_ms", totalMS)
            fields.integer("saved_tokens", savedTokens)
            fields.string("guard_action", guardAction?.rawValue)
            fields.message("detail", detail)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "UsageItem",
            "One row of the ledger.",
            [
                .required("request_id", .string, "The request's id: the ledger's key."),
                .required("key_id", .string, "The key's id."),
                .required("started_us", .integer, "When the request came in."),
                .required("outcome", Outcome.schema, "How it ended."),
                .optional("provider", .string, "The provider that answered, or was tried last."),
                .optional("model", .string, "Its model."),
                .optional("requested_model", .string, "The model name as the caller wrote it."),
                .optional("usage", TokenUsage.schema, "What all attempts used."),
                .nullable("cost_nano_usd", .integer, "What it cost, in nano-dollars; null when not priced."),
                .optional("priced", .boolean, "Whether every attempt had a price."),
                .optional("attempts", .integer, "How many attempts there were."),
                .nullable("first_token_ms", .integer, "From its start to the first content byte."),
                .optional("total_ms", .integer, "From its start to its end."),
                .optional("saved_tokens", .integer, "Tokens that savers kept from being sent."),
                .nullable("guard_action", GuardAction.schema, "The strictest thing that the guard did."),
                .nullable("detail", UsageDetail.schema, "The rest, when one row is asked for; null in lists."),
            ]
        )
    }
}
