public import JSON

/// A plan: the limits of the keys that name it.
public struct PlanItem: AdminItem {
    /// Its id: its name.
    public var id: String
    /// Its name.
    public var name: String
    /// The money of a period, in nano-dollars; 0: no limit.
    public var limitNanoUSD: Int
    /// The tokens of a period; 0: no limit.
    public var limitTokens: Int
    /// Requests in a minute; 0: no limit, null: the configured default.
    public var rpm: Int?
    /// Tokens in a minute; 0: no limit, null: the configured default.
    public var tpm: Int?
    /// Requests at once; 0: no limit, null: the configured default.
    public var concurrency: Int?
    /// When the budget starts anew.
    public var period: String
    /// The models it allows, with wildcards; empty: all.
    public var allowedModels: [String]
    /// The percentages of the budget that raise an alert.
    public var alertAt: [Int]
    /// Whether an exhausted budget denies, or only alerts.
    public var hardCutoff: Bool
    /// Which response cache may answer.
    public var cache: String
    /// Where its days begin.
    public var timezone: String
    /// Whether a translation that loses something is refused.
    public var strictLossless: Bool
    /// Whether the configuration file declares it, so that it is read-only.
    public var declared: Bool
    /// Its version; an edit that carries another one is refused.
    public var etag: String

    /// Makes one from its members.
    public init(
        id: String = "",
        name: String,
        limitNanoUSD: Int = 0,
        limitTokens: Int = 0,
        rpm: Int? = nil,
        tpm: Int? = nil,
        concurrency: Int? = nil,
        period: String = "monthly",
        allowedModels: [String] = [],
        alertAt: [Int] = [],
        hardCutoff: Bool = true,
        cache: String = "off",
        timezone: String = "UTC",
        strictLossless: Bool = false,
        declared: Bool = false,
        etag: String = ""
    ) {
        self.id = id
        self.name = name
        self.limitNanoUSD = limitNanoUSD
        self.limitTokens = limitTokens
        self.rpm = rpm
        self.tpm = tpm
        self.concurrency = concurrency
        self.period = period
        self.allowedModels = allowedModels
        self.alertAt = alertAt
        self.hardCutoff = hardCutoff
        self.cache = cache
        self.timezone = timezone
        self.strictLossless = strictLossless
        self.declared = declared
        self.etag = etag
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        id = try object.string("id", default: "")
        name = try object.string("name")
        limitNanoUSD = try object.integer("limit_nano_usd", default: 0)
        limitTokens = try object.integer("limit_tokens", default: 0)
        rpm = try object.optionalInteger("rpm")
        tpm = try object.optionalInteger("tpm")
        concurrency = try object.optionalInteger("concurrency")
        period = try object.string("period", default: "monthly")
        allowedModels = try object.strings("allowed_models", default: [])
        alertAt = try object.integers("alert_at", default: [])
        hardCutoff = try object.boolean("hard_cutoff", default: true)
        cache = try object.string("cache", default: "off")
        timezone = try object.string("timezone", default: "UTC")
        strictLossless = try object.boolean("strict_lossless", default: false)
        declared = try object.boolean("declared", default: false)
        etag = try object.string("etag", default: "")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("id", id)
            fields.string("name", name)
            fields.integer("limit_nano_usd", limitNanoUSD)
            fields.integer("limit_tokens", limitTokens)
            fields.integer("rpm", rpm)
            fields.integer("tpm", tpm)
            fields.integer("concurrency", concurrency)
            fields.string("period", period)
            fields.strings("allowed_models", allowedModels)
            fields.integers("alert_at", alertAt)
            fields.boolean("hard_cutoff", hardCutoff)
            fields.string("cache", cache)
            fields.string("timezone", timezone)
            fields.boolean("strict_lossless", strictLossless)
            fields.boolean("declared", declared)
            fields.string("etag", etag)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "PlanItem",
            "A plan: the limits of the keys that name it.",
            [
                .optional("id", .string, "Its id: its name."),
                .required("name", .string, "Its name."),
                .optional("limit_nano_usd", .integer, "The money of a period, in nano-dollars; 0: no limit."),
                .optional("limit_tokens", .integer, "The tokens of a period; 0: no limit."),
                .nullable("rpm", .integer, "Requests in a minute; 0: no limit, null: the configured default."),
                .nullable("tpm", .integer, "Tokens in a minute; 0: no limit, null: the configured default."),
                .nullable("concurrency", .integer, "Requests at once; 0: no limit, null: the configured default."),
                .optional(
                    "period",
                    .string(like: "daily", "weekly", "monthly", "total"),
                    "When the budget starts anew."
                ),
                .optional("allowed_models", .array(of: .string), "The models it allows, with wildcards; empty: all."),
                .optional("alert_at", .array(of: .integer), "The percentages of the budget that raise an alert."),
                .optional("hard_cutoff", .boolean, "Whether an exhausted budget denies, or only alerts."),
                .optional("cache", .string(like: "off", "exact", "semantic"), "Which response cache may answer."),
                .optional("timezone", .string, "Where its days begin."),
                .optional("strict_lossless", .boolean, "Whether a translation that loses something is refused."),
                .optional("declared", .boolean, "Whether the configuration file declares it, so that it is read-only."),
                .optional("etag", .string, "Its version; an edit that carries another one is refused."),
            ]
        )
    }
}
