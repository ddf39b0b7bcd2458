public import JSON

/// How one provider, account or model does.
public struct HealthItem: AdminItem {
    /// Its id: what it is about.
    public var id: String
    /// The provider's id.
    public var provider: String
    /// The account's id, when it is about one.
    public var account: String?
    /// The model, when it is about one.
    public var model: String?
    /// The breaker's state.
    public var state: String
    /// Failures in a row.
    public var failures: Int
    /// The last failure, in snake_case.
    public var reason: String?
    /// Until when it is left alone.
    public var cooldownUntilUS: Int?
    /// The usual time to the first content byte.
    public var latencyMS: Int?

    /// Makes one from its members.
    public init(
        id: String = "",
        provider: String,
        account: String? = nil,
        model: String? = nil,
        state: String = "closed",
        failures: Int = 0,
        reason: String? = nil,
        cooldownUntilUS: Int? = nil,
        latencyMS: Int? = nil
    ) {
        self.id = id
        self.provider = provider
        self.account = account
        self.model = model
        self.state = state
        self.failures = failures
        self.reason = reason
        self.cooldownUntilUS = cooldownUntilUS
        self.latencyMS = latencyMS
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        id = try object.string("id", default: "")
        provider = try object.string("provider")
        account = try object.optionalString("account")
        model = try object.optionalString("model")
        state = try object.string("state", default: "closed")
        failures = try object.integer("failures", default: 0)
        reason = try object.optionalString("reason")
        cooldownUntilUS = try object.optionalInteger("cooldown_until_us")
        latencyMS = try object.optionalInteger("latency_ms")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("id", id)
            fields.string("provider", provider)
            fields.string("account", account)
            fields.string("model", model)
            fields.string("state", state)
            fields.integer("failures", failures)
            fields.string("reason", reason)
            fields.integer("cooldown_until_us", cooldownUntilUS)
            fields.integer("latency_ms", latencyMS)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "HealthItem",
            "How one provider, account or model does.",
            [
                .optional("id", .string, "Its id: what it is about."),
                .required("provider", .string, "The provider's id."),
                .nullable("account", .string, "The account's id, when it is about one."),
                .nullable("model", .string, "The model, when it is about one."),
                .optional("state", .string(like: "closed", "half_open", "open"), "The breaker's state."),
                .optional("failures", .integer, "Failures in a row."),
                .nullable("reason", .string, "The last failure, in snake_case."),
                .nullable("cooldown_until_us", .integer, "Until when it is left alone."),
                .nullable("latency_ms", .integer, "The usual time to the first content byte."),
            ]
        )
    }
}
