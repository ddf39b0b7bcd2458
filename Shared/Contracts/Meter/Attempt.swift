public import JSON

/// One try at one provider.
public struct Attempt: WireMessage {
    /// Its number, from 1.
    public var n: Int
    /// The provider's id.
    public var provider: String
    /// The provider's own name of the model.
    public var model: String
    /// The account's id.
    public var account: String
    /// The HTTP status, 0 when there was none.
    public var status: Int
    /// Why it failed, in snake_case.
    public var reason: String?
    /// How long it took.
    public var durationMS: Int
    /// What it used.
    public var usage: TokenUsage
    /// Who counted.
    public var usageSource: UsageSource

    /// Makes one from its members.
    public init(
        n: Int,
        provider: String,
        model: String,
        account: String,
        status: Int,
        reason: String? = nil,
        durationMS: Int,
        usage: TokenUsage = TokenUsage(),
        usageSource: UsageSource
    ) {
        self.n = n
        self.provider = provider
        self.model = model
        self.account = account
        self.status = status
        self.reason = reason
        self.durationMS = durationMS
        self.usage = usage
        self.usageSource = usageSource
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        n = try object.integer("n")
        provider = try object.string("provider")
        model = try object.string("model")
        account = try object.string("account")
        status = try object.integer("status")
        reason = try object.optionalString("reason")
        durationMS = try object.integer("duration_ms")
        usage = try object.optionalObject("usage", TokenUsage.init(from:)) ?? TokenUsage()
        usageSource = UsageSource(rawValue: try object.string("usage_source"))
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.integer("n", n)
            fields.string("provider", provider)
            fields.string("model", model)
            fields.string("account", account)
            fields.integer("status", status)
            fields.string("reason", reason)
            fields.integer("duration_ms", durationMS)
            fields.message("usage", usage)
            fields.string("usage_source", usageSource.rawValue)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "Attempt",
            "One try at one provider.",
            [
                .required("n", .integer, "Its number, from 1."),
                .required("provider", .string, "The provider's id."),
                .required("model", .string, "The provider's own name of the model."),
                .required("account", .string, "The account's id."),
                .required("status", .integer, "The HTTP status, 0 when there was none."),
                .nullable("reason", .string, "Why it failed, in snake_case."),
                .required("duration_ms", .integer, "How long it took."),
                .optional("usage", TokenUsage.schema, "What it used."),
                .required("usage_source", UsageSource.schema, "Who counted."),
            ]
        )
    }
}
