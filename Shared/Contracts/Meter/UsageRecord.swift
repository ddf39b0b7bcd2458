public import JSON

/// What one request used, over all its attempts; the meter applies it once.
public struct UsageRecord: WireMessage {
    /// The key of what the gateway itself asks of providers, which is none that could be presented.
    public static let systemKey = "system"

    /// The request's id: the ledger's key.
    public var requestID: String
    /// The reservation that it ends.
    public var reservationID: String?
    /// The key's id.
    public var keyID: String
    /// How the request ended.
    public var outcome: Outcome
    /// The caller's dialect.
    public var dialect: String
    /// The model name as the caller wrote it.
    public var requestedModel: String
    /// The chain that was followed.
    public var chain: String?
    /// The conversation's keyed hash.
    public var conversation: String?
    /// Which cache answered.
    public var cache: String
    /// When the request came in.
    public var startedUS: Int
    /// From there to the first content byte.
    public var firstTokenMS: Int?
    /// From there to the end.
    public var totalMS: Int
    /// What was tried, in order.
    public var attempts: [Attempt]
    /// What savers took away.
    public var savings: [Saving]
    /// What the guard decided; null when it was not asked.
    public var guardVerdict: GuardSummary?

    /// Makes one from its members.
    public init(
        requestID: String,
        reservationID: String? = nil,
        keyID: String,
        outcome: Outcome,
        dialect: String,
        requestedModel: String,
        chain: String? = nil,
        conversation: String? = nil,
        cache: String = "none",
        startedUS: Int,
        firstTokenMS: Int? = nil,
        totalMS: Int,
        attempts: [Attempt] = [],
        savings: [Saving] = [],
        guardVerdict: GuardSummary? = nil
    ) {
        self.requestID = requestID
        self.reservationID = reservationID
        self.keyID = keyID
        self.outcome = outcome
        self.dialect = dialect
        self.requestedModel = requestedModel
        self.chain = chain
        self.conversation = conversation
        self.cache = cache
        self.startedUS = startedUS
        self.firstTokenMS = firstTokenMS
        self.totalMS = totalMS
        self.attempts = attempts
        self.savings = savings
        self.guardVerdict = guardVerdict
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        requestID = try object.string("request_id")
        reservationID = try object.optionalString("reservation_id")
        keyID = try object.string("key_id")
        outcome = Outcome(rawValue: try object.string("outcome"))
        dialect = try object.string("dialect")
        requestedModel = try object.string("requested_model")
        chain = try object.optionalString("chain")
        conversation = try object.optionalString("conversation")
        cache = try object.string("cache", default: "none")
        startedUS = try object.integer("started_us")
        firstTokenMS = try object.optionalInteger("first_token_ms")
        totalMS = try object.integer("total_ms")
        attempts = try object.optionalArray("attempts", Attempt.init(from:)) ?? []
        savings = try object.optionalArray("savings", Saving.init(from:)) ?? []
        guardVerdict = try object.optionalObject("guard", GuardSummary.init(from:))
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("request_id", requestID)
            fields.string("reservation_id", reservationID)
            fields.string("key_id", keyID)
            fields.string("outcome", outcome.rawValue)
            fields.string("dialect", dialect)
            fields.string("requested_model", requestedModel)
            fields.string("chain", chain)
            fields.string("conversation", conversation)
            fields.string("cache", cache)
            fields.integer("started_us", startedUS)
            fields.integer("first_token_ms", firstTokenMS)
            fields.integer("total_ms", totalMS)
            fields.messages("attempts", attempts)
            fields.messages("savings", savings)
            fields.message("guard", guardVerdict)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "UsageRecord",
            "What one request used, over all its attempts; the meter applies it once.",
            [
                .required("request_id", .string, "The request's id: the ledger's key."),
                .nullable("reservation_id", .string, "The reservation that it ends."),
                .required("key_id", .string, "The key's id."),
                .required("outcome", Outcome.schema, "How the request ended."),
                .required("dialect", .string, "The caller's dialect."),
                .required("requested_model", .string, "The model name as the caller wrote it."),
                .nullable("chain", .string, "The chain that was followed."),
                .nullable("conversation", .string, "The conversation's keyed hash."),
                .optional("cache", .string(like: "none", "exact", "semantic"), "Which cache answered."),
                .required("started_us", .integer, "When the request came in."),
                .nullable("first_token_ms", .integer, "From there to the first content byte."),
                .required("total_ms", .integer, "From there to the end."),
                .optional("attempts", .array(of: Attempt.schema), "What was tried, in order."),
                .optional("savings", .array(of: Saving.schema), "What savers took away."),
                .nullable("guard", GuardSummary.schema, "What the guard decided; null when it was not asked."),
            ]
        )
    }
}
