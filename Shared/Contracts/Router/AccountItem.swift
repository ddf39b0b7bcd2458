public import JSON

/// An account at a provider, without its credential.
public struct AccountItem: AdminItem {
    /// Its id.
    public var id: String
    /// The provider's id.
    public var provider: String
    /// Its name for people.
    public var label: String
    /// The credential: only in a put, never in an answer.
    public var apiKey: String?
    /// Lower goes first.
    public var priority: Int
    /// Its share among equals.
    public var weight: Int
    /// Whether it may be chosen.
    public var enabled: Bool
    /// What may be shown of the credential.
    public var display: String
    /// The proxy it goes through.
    public var proxy: String?
    /// What it sets for its provider: a region, a deployment and the like, by the names that the provider lists.
    public var settings: [String: String]
    /// Whether the configuration file declares it, so that it is read-only.
    public var declared: Bool
    /// Its version; an edit that carries another one is refused.
    public var etag: String
    /// How it does.
    public var health: String
    /// Until when it is left alone.
    public var cooldownUntilUS: Int?

    /// Makes one from its members.
    public init(
        id: String = "",
        provider: String,
        label: String,
        apiKey: String? = nil,
        priority: Int = 100,
        weight: Int = 1,
        enabled: Bool = true,
        display: String = "",
        proxy: String? = nil,
        settings: [String: String] = [:],
        declared: Bool = false,
        etag: String = "",
        health: String = "ok",
        cooldownUntilUS: Int? = nil
    ) {
        self.id = id
        self.provider = provider
        self.label = label
        self.apiKey = apiKey
        self.priority = priority
        self.weight = weight
        self.enabled = enabled
        self.display = display
        self.proxy = proxy
        self.settings = settings
        self.declared = declared
        self.etag = etag
        self.health = health
        self.cooldownUntilUS = cooldownUntilUS
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        id = try object.string("id", default: "")
        provider = try object.string("provider")
        label = try object.string("label")
        apiKey = try object.optionalString("api_key")
        priority = try object.integer("priority", default: 100)
        weight = try object.integer("weight", default: 1)
        enabled = try object.boolean("enabled", default: true)
        display = try object.string("display", default: "")
        proxy = try object.optionalString("proxy")
        settings = try object.map("settings")
        declared = try object.boolean("declared", default: false)
        etag = try object.string("etag", default: "")
        health = try object.string("health", default: "ok")
        cooldownUntilUS = try object.optionalInteger("cooldown_until_us")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("id", id)
            fields.string("provider", provider)
            fields.string("label", label)
            fields.string("api_key", apiKey)
            fields.integer("priority", priority)
            fields.integer("weight", weight)
            fields.boolean("enabled", enabled)
            fields.string("display", display)
            fields.string("proxy", proxy)
            fields.map("settings", settings)
            fields.boolean("declared", declared)
            fields.string("etag", etag)
            fields.string("health", health)
            fields.integer("cooldown_until_us", cooldownUntilUS)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "AccountItem",
            "An account at a provider, without its credential.",
            [
                .optional("id", .string, "Its id."),
                .required("provider", .string, "The provider's id."),
                .required("label", .string, "Its name for people."),
                .nullable("api_key", .string, "The credential: only in a put, never in an answer."),
                .optional("priority", .integer, "Lower goes first."),
                .optional("weight", .integer, "Its share among equals."),
                .optional("enabled", .boolean, "Whether it may be chosen."),
                .optional("display", .string, "What may be shown of the credential."),
                .nullable("proxy", .string, "The proxy it goes through."),
                .optional(
                    "settings",
                    .map(of: .string),
                    "What it sets for its provider: a region, a deployment and the like, by the names that the provider lists."
                ),
                .optional("declared", .boolean, "Whether the configuration file declares it, so that it is read-only."),
                .optional("etag", .string, "Its version; an edit that carries another one is refused."),
                .optional("health", .string(like: "ok", "cooling_down", "failing", "unknown"), "How it does."),
                .nullable("cooldown_until_us", .integer, "Until when it is left alone."),
            ]
        )
    }
}

/// What a provider said to an account's credential.
public struct AccountTest: WireMessage {
    /// Whether it was accepted.
    public var ok: Bool
    /// The HTTP status, 0 when there was none.
    public var status: Int
    /// One sentence for the operator.
    public var message: String
    /// How long the answer took.
    public var latencyMS: Int

    /// Makes one from its members.
    public init(ok: Bool, status: Int, message: String, latencyMS: Int) {
        self.ok = ok
        self.status = status
        self.message = message
        self.latencyMS = latencyMS
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        ok = try object.boolean("ok")
        status = try object.integer("status")
        message = try object.string("message")
        latencyMS = try object.integer("latency_ms")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.boolean("ok", ok)
            fields.integer("status", status)
            fields.string("message", message)
            fields.integer("latency_ms", latencyMS)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "AccountTest",
            "What a provider said to an account's credential.",
            [
                .required("ok", .boolean, "Whether it was accepted."),
                .required("status", .integer, "The HTTP status, 0 when there was none."),
                .required("message", .string, "One sentence for the operator."),
                .required("latency_ms", .integer, "How long the answer took."),
            ]
        )
    }
}
