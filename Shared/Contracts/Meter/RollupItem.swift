public import JSON

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
