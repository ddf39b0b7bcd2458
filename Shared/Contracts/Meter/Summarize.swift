public import JSON

/// Asks what was used in a stretch of time.
public struct SummarizeRequest: WireMessage {
    /// Where it begins; taken down to the whole minute, hour or day.
    public var sinceUS: Int
    /// Where it ends, exclusive.
    public var untilUS: Int
    /// How long a bucket is; minutes for at most six hours, hours for at most 62 days.
    public var bucket: String
    /// One key alone, by its id.
    public var key: String?
    /// Into how many slices of equal length the times of answered requests are cut; 0: none, at most 48.
    public var slices: Int
    /// What the buckets are split by: provider, model or key, or nothing (null).
    ///
    /// Minutes are not split.
    public var split: String?
    /// Whether the answer holds its totals alone, which is cheaper: no groups, buckets, times or series.
    public var totalsOnly: Bool

    /// Makes one from its members.
    public init(
        sinceUS: Int,
        untilUS: Int,
        bucket: String = "hour",
        key: String? = nil,
        slices: Int = 0,
        split: String? = nil,
        totalsOnly: Bool = false
    ) {
        self.sinceUS = sinceUS
        self.untilUS = untilUS
        self.bucket = bucket
        self.key = key
        self.slices = slices
        self.split = split
        self.totalsOnly = totalsOnly
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        sinceUS = try object.integer("since_us")
        untilUS = try object.integer("until_us")
        bucket = try object.string("bucket", default: "hour")
        key = try object.optionalString("key")
        slices = try object.integer("slices", default: 0)
        split = try object.optionalString("split")
        totalsOnly = try object.boolean("totals_only", default: false)
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.integer("since_us", sinceUS)
            fields.integer("until_us", untilUS)
            fields.string("bucket", bucket)
            fields.string("key", key)
            fields.integer("slices", slices)
            fields.string("split", split)
            fields.boolean("totals_only", totalsOnly)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "SummarizeRequest",
            "Asks what was used in a stretch of time.",
            [
                .required("since_us", .integer, "Where it begins; taken down to the whole minute, hour or day."),
                .required("until_us", .integer, "Where it ends, exclusive."),
                .optional(
                    "bucket",
                    .string(like: "minute", "hour", "day"),
                    "How long a bucket is; minutes for at most six hours, hours for at most 62 days."
                ),
                .nullable("key", .string, "One key alone, by its id."),
                .optional(
                    "slices",
                    .integer,
                    "Into how many slices of equal length the times of answered requests are cut; 0: none, at most 48."
                ),
                .nullable(
                    "split",
                    .string(like: "provider", "model", "key"),
                    "What the buckets are split by; null: by nothing. Not for minutes."
                ),
                .optional(
                    "totals_only",
                    .boolean,
                    "Whether the answer holds its totals alone, which is cheaper: no groups, buckets, times or series."
                ),
            ]
        )
    }
}

/// What was used in a stretch of time.
public struct SummarizeReply: WireMessage {
    /// Everything in it.
    public var totals: UsageSum
    /// By time, oldest first; those without a request are left out.
    public var buckets: [UsageSum]
    /// By provider, most requests first; 100 at most.
    public var providers: [UsageSum]
    /// By `provider/model`, most requests first; 100 at most.
    public var models: [UsageSum]
    /// By key's id, `system` for the gateway's own; most requests first, 100 at most.
    public var keys: [UsageSum]
    /// How long requests took.
    public var latency: UsageLatency
    /// The same by time, oldest first; slices without an answered request are left out.
    public var latencies: [UsageLatency]
    /// The buckets of each provider, model or key, most requests first; 24 at most.
    public var series: [UsageSeries]

    /// Makes one from its members.
    public init(
        totals: UsageSum = UsageSum(),
        buckets: [UsageSum] = [],
        providers: [UsageSum] = [],
        models: [UsageSum] = [],
        keys: [UsageSum] = [],
        latency: UsageLatency = UsageLatency(),
        latencies: [UsageLatency] = [],
        series: [UsageSeries] = []
    ) {
        self.totals = totals
        self.buckets = buckets
        self.providers = providers
        self.models = models
        self.keys = keys
        self.latency = latency
        self.latencies = latencies
        self.series = series
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        try object.requireObject()
        totals = try object.optionalObject("totals", UsageSum.init(from:)) ?? UsageSum()
        buckets = try object.optionalArray("buckets", UsageSum.init(from:)) ?? []
        providers = try object.optionalArray("providers", UsageSum.init(from:)) ?? []
        models = try object.optionalArray("models", UsageSum.init(from:)) ?? []
        keys = try object.optionalArray("keys", UsageSum.init(from:)) ?? []
        latency = try object.optionalObject("latency", UsageLatency.init(from:)) ?? UsageLatency()
        latencies = try object.optionalArray("latencies", UsageLatency.init(from:)) ?? []
        series = try object.optionalArray("series", UsageSeries.init(from:)) ?? []
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.message("totals", totals)
            fields.messages("buckets", buckets)
            fields.messages("providers", providers)
            fields.messages("models", models)
            fields.messages("keys", keys)
            fields.message("latency", latency)
            fields.messages("latencies", latencies)
            fields.messages("series", series)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "SummarizeReply",
            "What was used in a stretch of time.",
            [
                .optional("totals", UsageSum.schema, "Everything in it."),
                .optional(
                    "buckets",
                    .array(of: UsageSum.schema),
                    "By time, oldest first; those without a request are left out."
                ),
                .optional("providers", .array(of: UsageSum.schema), "By provider, most requests first; 100 at most."),
                .optional(
                    "models",
                    .array(of: UsageSum.schema),
                    "By `provider/model`, most requests first; 100 at most."
                ),
                .optional(
                    "keys",
                    .array(of: UsageSum.schema),
                    "By key's id, `system` for the gateway's own; most requests first, 100 at most."
                ),
                .optional("latency", UsageLatency.schema, "How long requests took."),
                .optional(
                    "latencies",
                    .array(of: UsageLatency.schema),
                    "The same by time, oldest first; slices without an answered request are left out."
                ),
                .optional(
                    "series",
                    .array(of: UsageSeries.schema),
                    "The buckets of each provider, model or key, most requests first; 24 at most."
                ),
            ]
        )
    }
}
