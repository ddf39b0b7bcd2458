public import JSON

/// Whether a request may run, and under which limits.
public struct AdmitReply: WireMessage {
    /// Whether it may run.
    public var admitted: Bool
    /// Why it may not; null when admitted.
    public var denial: Denial?
    /// Whose key it is; null when the key is not known.
    public var identity: Identity?
    /// The indexes of the targets that are permitted, in order.
    public var targets: [Int]
    /// What was set aside; null when nothing was.
    public var reservation: Reservation?
    /// What is left after the reservation; null without a budget.
    public var remaining: Remaining?
    /// Where the rate limits stand; null when none apply.
    public var limits: LimitsState?
    /// What the plan turns on.
    public var features: Features

    /// Makes one from its members.
    public init(
        admitted: Bool,
        denial: Denial? = nil,
        identity: Identity? = nil,
        targets: [Int] = [],
        reservation: Reservation? = nil,
        remaining: Remaining? = nil,
        limits: LimitsState? = nil,
        features: Features = Features()
    ) {
        self.admitted = admitted
        self.denial = denial
        self.identity = identity
        self.targets = targets
        self.reservation = reservation
        self.remaining = remaining
        self.limits = limits
        self.features = features
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        admitted = try object.boolean("admitted")
        denial = try object.optionalObject("denial", Denial.init(from:))
        identity = try object.optionalObject("identity", Identity.init(from:))
        targets = try object.integers("targets", default: [])
        reservation = try object.optionalObject("reservation", Reservation.init(from:))
        remaining = try object.optionalObject("remaining", Remaining.init(from:))
        limits = try object.optionalObject("limits", LimitsState.init(from:))
        features = try object.optionalObject("features", Features.init(from:)) ?? Features()
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.boolean("admitted", admitted)
            fields.message("denial", denial)
            fields.message("identity", identity)
            fields.integers("targets", targets)
            fields.message("reservation", reservation)
            fields.message("remaining", remaining)
            fields.message("limits", limits)
            fields.message("features", features)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "AdmitReply",
            "Whether a request may run, and under which limits.",
            [
                .required("admitted", .boolean, "Whether it may run."),
                .nullable("denial", Denial.schema, "Why it may not; null when admitted."),
                .nullable("identity", Identity.schema, "Whose key it is; null when the key is not known."),
                .optional("targets", .array(of: .integer), "The indexes of the targets that are permitted, in order."),
                .nullable("reservation", Reservation.schema, "What was set aside; null when nothing was."),
                .nullable("remaining", Remaining.schema, "What is left after the reservation; null without a budget."),
                .nullable("limits", LimitsState.schema, "Where the rate limits stand; null when none apply."),
                .optional("features", Features.schema, "What the plan turns on."),
            ]
        )
    }
}

/// Why a request may not run, in words for its caller.
public struct Denial: WireMessage {
    /// Which rule it met.
    public var reason: Denial.Reason
    /// When it may be worth asking again.
    public var retryAfterMS: Int?
    /// One sentence for the caller.
    public var message: String

    /// Makes one from its members.
    public init(reason: Denial.Reason, retryAfterMS: Int? = nil, message: String) {
        self.reason = reason
        self.retryAfterMS = retryAfterMS
        self.message = message
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        reason = Denial.Reason(rawValue: try object.string("reason"))
        retryAfterMS = try object.optionalInteger("retry_after_ms")
        message = try object.string("message")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("reason", reason.rawValue)
            fields.integer("retry_after_ms", retryAfterMS)
            fields.string("message", message)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "Denial",
            "Why a request may not run, in words for its caller.",
            [
                .required("reason", Denial.Reason.schema, "Which rule it met."),
                .nullable("retry_after_ms", .integer, "When it may be worth asking again."),
                .required("message", .string, "One sentence for the caller."),
            ]
        )
    }

    /// Why a request may not run.
    public struct Reason: OpenEnum {
        /// No key has this digest.
        public static let unknownKey = Reason(rawValue: "unknown_key")
        /// The key was revoked.
        public static let revoked = Reason(rawValue: "revoked")
        /// The key has expired.
        public static let expired = Reason(rawValue: "expired")
        /// Neither key nor plan allows any of the targets.
        public static let modelNotAllowed = Reason(rawValue: "model_not_allowed")
        /// The plan has no money or tokens left in its period.
        public static let budgetExhausted = Reason(rawValue: "budget_exhausted")
        /// Too many requests in a minute.
        public static let rpm = Reason(rawValue: "rpm")
        /// Too many tokens in a minute.
        public static let tpm = Reason(rawValue: "tpm")
        /// Too many requests at once.
        public static let concurrency = Reason(rawValue: "concurrency")
        /// The plan has a money limit and the target has no price.
        public static let unpriced = Reason(rawValue: "unpriced")
        /// The values that this build knows.
        public static let known: [Reason] = [
            unknownKey, revoked, expired, modelNotAllowed, budgetExhausted, rpm, tpm, concurrency, unpriced,
        ]

        /// The text on the wire.
        public let rawValue: String

        /// Takes any text: a newer peer may send one that this build does not know.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }
    }
}

/// Whose key a request carries.
public struct Identity: WireMessage {
    /// The tenant's id.
    public var tenant: String
    /// The project's id.
    public var project: String?
    /// The key's id, which may be logged.
    public var keyID: String
    /// The plan's name.
    public var plan: String?

    /// Makes one from its members.
    public init(tenant: String, project: String? = nil, keyID: String, plan: String? = nil) {
        self.tenant = tenant
        self.project = project
        self.keyID = keyID
        self.plan = plan
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        tenant = try object.string("tenant")
        project = try object.optionalString("project")
        keyID = try object.string("key_id")
        plan = try object.optionalString("plan")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("tenant", tenant)
            fields.string("project", project)
            fields.string("key_id", keyID)
            fields.string("plan", plan)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "Identity",
            "Whose key a request carries.",
            [
                .required("tenant", .string, "The tenant's id."),
                .nullable("project", .string, "The project's id."),
                .required("key_id", .string, "The key's id, which may be logged."),
                .nullable("plan", .string, "The plan's name."),
            ]
        )
    }
}

/// Money, tokens and one concurrency slot set aside for a request.
public struct Reservation: WireMessage {
    /// What renewing and settling name.
    public var id: String
    /// How long it lasts unless renewed.
    public var leaseMS: Int
    /// The money set aside, in nano-dollars.
    public var nanoUSD: Int
    /// The tokens set aside.
    public var tokens: Int

    /// Makes one from its members.
    public init(id: String, leaseMS: Int, nanoUSD: Int, tokens: Int) {
        self.id = id
        self.leaseMS = leaseMS
        self.nanoUSD = nanoUSD
        self.tokens = tokens
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        id = try object.string("id")
        leaseMS = try object.integer("lease_ms")
        nanoUSD = try object.integer("nano_usd")
        tokens = try object.integer("tokens")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("id", id)
            fields.integer("lease_ms", leaseMS)
            fields.integer("nano_usd", nanoUSD)
            fields.integer("tokens", tokens)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "Reservation",
            "Money, tokens and one concurrency slot set aside for a request.",
            [
                .required("id", .string, "What renewing and settling name."),
                .required("lease_ms", .integer, "How long it lasts unless renewed."),
                .required("nano_usd", .integer, "The money set aside, in nano-dollars."),
                .required("tokens", .integer, "The tokens set aside."),
            ]
        )
    }
}

/// What a plan turns on.
public struct Features: WireMessage {
    /// Which response cache may answer.
    public var cache: String
    /// Whether a translation that loses something is refused.
    public var strictLossless: Bool
    /// Whether savers leave this conversation alone, to compare.
    public var holdout: Bool

    /// Makes one from its members.
    public init(cache: String = "off", strictLossless: Bool = false, holdout: Bool = false) {
        self.cache = cache
        self.strictLossless = strictLossless
        self.holdout = holdout
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        try object.requireObject()
        cache = try object.string("cache", default: "off")
        strictLossless = try object.boolean("strict_lossless", default: false)
        holdout = try object.boolean("holdout", default: false)
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("cache", cache)
            fields.boolean("strict_lossless", strictLossless)
            fields.boolean("holdout", holdout)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "Features",
            "What a plan turns on.",
            [
                .optional("cache", .string(like: "off", "exact", "semantic"), "Which response cache may answer."),
                .optional("strict_lossless", .boolean, "Whether a translation that loses something is refused."),
                .optional("holdout", .boolean, "Whether savers leave this conversation alone, to compare."),
            ]
        )
    }
}
