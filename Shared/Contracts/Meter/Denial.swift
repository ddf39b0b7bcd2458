public import JSON

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
