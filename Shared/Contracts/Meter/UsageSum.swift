public import JSON

/// What some requests used together.
public struct UsageSum: WireMessage {
    /// The provider, the `provider/model` or the key's id; empty in totals and buckets.
    public var name: String
    /// When the bucket begins; 0 where it is none.
    public var startUS: Int
    /// The requests.
    public var requests: Int
    /// Those of them that a provider or the caller failed.
    public var errors: Int
    /// Those of them that a policy blocked.
    public var blocked: Int
    /// Those of them without a known price.
    public var unpriced: Int
    /// What they cost, in nano-dollars, the unpriced ones apart.
    public var costNanoUSD: Int
    /// What they would have cost without the provider's cache and without savers; as their cost where nothing was saved.
    public var listNanoUSD: Int
    /// Input tokens, cached ones included.
    public var inputTokens: Int
    /// Output tokens, reasoning included.
    public var outputTokens: Int
    /// The input tokens that came from a provider's cache.
    public var cachedTokens: Int
    /// Tokens that savers kept from being sent.
    public var savedTokens: Int

    /// Makes one from its members.
    public init(
        name: String = "",
        startUS: Int = 0,
        requests: Int = 0,
        errors: Int = 0,
        blocked: Int = 0,
        unpriced: Int = 0,
        costNanoUSD: Int = 0,
        listNanoUSD: Int = 0,
        inputTokens: Int = 0,
        outputTokens: Int = 0,
        cachedTokens: Int = 0,
        savedTokens: Int = 0
    ) {
        self.name = name
        self.startUS = startUS
        self.requests = requests
        self.errors = errors
        self.blocked = blocked
        self.unpriced = unpriced
        self.costNanoUSD = costNanoUSD
        self.listNanoUSD = listNanoUSD
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.cachedTokens = cachedTokens
        self.savedTokens = savedTokens
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        try object.requireObject()
        name = try object.string("name", default: "")
        startUS = try object.integer("start_us", default: 0)
        requests = try object.integer("requests", default: 0)
        errors = try object.integer("errors", default: 0)
        blocked = try object.integer("blocked", default: 0)
        unpriced = try object.integer("unpriced", default: 0)
        costNanoUSD = try object.integer("cost_nano_usd", default: 0)
        listNanoUSD = try object.integer("list_nano_usd", default: 0)
        inputTokens = try object.integer("input_tokens", default: 0)
        outputTokens = try object.integer("output_tokens", default: 0)
        cachedTokens = try object.integer("cached_tokens", default: 0)
        savedTokens = try object.integer("saved_tokens", default: 0)
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("name", name)
            fields.integer("start_us", startUS)
            fields.integer("requests", requests)
            fields.integer("errors", errors)
            fields.integer("blocked", blocked)
            fields.integer("unpriced", unpriced)
            fields.integer("cost_nano_usd", costNanoUSD)
            fields.integer("list_nano_usd", listNanoUSD)
            fields.integer("input_tokens", inputTokens)
            fields.integer("output_tokens", outputTokens)
            fields.integer("cached_tokens", cachedTokens)
            fields.integer("saved_tokens", savedTokens)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "UsageSum",
            "What some requests used together.",
            [
                .optional(
                    "name",
                    .string,
                    "The provider, the `provider/model` or the key's id; empty in totals and buckets."
                ),
                .optional("start_us", .integer, "When the bucket begins; 0 where it is none."),
                .optional("requests", .integer, "The requests."),
                .optional("errors", .integer, "Those of them that a provider or the caller failed."),
                .optional("blocked", .integer, "Those of them that a policy blocked."),
                .optional("unpriced", .integer, "Those of them without a known price."),
                .optional("cost_nano_usd", .integer, "What they cost, in nano-dollars, the unpriced ones apart."),
                .optional(
                    "list_nano_usd",
                    .integer,
                    "What they would have cost without the provider's cache and without savers; as their cost where nothing was saved."
                ),
                .optional("input_tokens", .integer, "Input tokens, cached ones included."),
                .optional("output_tokens", .integer, "Output tokens, reasoning included."),
                .optional("cached_tokens", .integer, "The input tokens that came from a provider's cache."),
                .optional("saved_tokens", .integer, "Tokens that savers kept from being sent."),
            ]
        )
    }
}

/// How long answered requests took, as percentiles of the latest 2,000 in the stretch; null without any.
public struct UsageLatency: WireMessage {
    /// When the slice begins; 0 where it is none.
    public var startUS: Int
    /// Half of them ended within this.
    public var p50MS: Int?
    /// Nineteen in twenty ended within this.
    public var p95MS: Int?
    /// Half of them had content within this.
    public var firstTokenP50MS: Int?
    /// Nineteen in twenty had content within this.
    public var firstTokenP95MS: Int?
    /// How many were looked at.
    public var samples: Int

    /// Makes one from its members.
    public init(
        startUS: Int = 0,
        p50MS: Int? = nil,
        p95MS: Int? = nil,
        firstTokenP50MS: Int? = nil,
        firstTokenP95MS: Int? = nil,
        samples: Int = 0
    ) {
        self.startUS = startUS
        self.p50MS = p50MS
        self.p95MS = p95MS
        self.firstTokenP50MS = firstTokenP50MS
        self.firstTokenP95MS = firstTokenP95MS
        self.samples = samples
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        try object.requireObject()
        startUS = try object.integer("start_us", default: 0)
        p50MS = try object.optionalInteger("p50_ms")
        p95MS = try object.optionalInteger("p95_ms")
        firstTokenP50MS = try object.optionalInteger("first_token_p50_ms")
        firstTokenP95MS = try object.optionalInteger("first_token_p95_ms")
        samples = try object.integer("samples", default: 0)
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.integer("start_us", startUS)
            fields.integer("p50_ms", p50MS)
            fields.integer("p95_ms", p95MS)
            fields.integer("first_token_p50_ms", firstTokenP50MS)
            fields.integer("first_token_p95_ms", firstTokenP95MS)
            fields.integer("samples", samples)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "UsageLatency",
            "How long answered requests took, as percentiles of the latest 2,000 in the stretch, of the latest 100 in "
                + "a slice; null without any.",
            [
                .optional("start_us", .integer, "When the slice begins; 0 where it is none."),
                .nullable("p50_ms", .integer, "Half of them ended within this."),
                .nullable("p95_ms", .integer, "Nineteen in twenty ended within this."),
                .nullable("first_token_p50_ms", .integer, "Half of them had content within this."),
                .nullable("first_token_p95_ms", .integer, "Nineteen in twenty had content within this."),
                .optional("samples", .integer, "How many were looked at."),
            ]
        )
    }
}
