public import JSON

/// A provider: where requests go and which wire it speaks.
public struct ProviderItem: AdminItem {
    /// Its id, the first part of `provider/model`.
    public var id: String
    /// Its name for people.
    public var name: String
    /// The wire it speaks.
    public var dialect: String
    /// Its address, up to and with the version segment.
    public var baseURL: String
    /// Headers that every request carries.
    public var headers: [String: String]
    /// Whether the configuration file declares it, so that it is read-only.
    public var declared: Bool
    /// Whether it comes with the product.
    public var builtin: Bool
    /// How well its wire is known.
    public var evidence: String
    /// Whether its address may be a private one.
    public var allowPrivate: Bool
    /// How it is addressed where that is not its dialect's way: `azure` or `vertex`; empty: as its dialect is.
    public var connector: String
    /// The settings that its accounts may have; only in an answer.
    public var settings: [String]
    /// In which form it answers: `both`, `only` (in streams alone) or `never` (whole alone).
    public var stream: String
    /// Whether its answers may begin with reasoning between `<think>` tags; `nil`: the model's name tells.
    public var thinkTags: Bool?
    /// The proxy that its accounts go through which have none of their own; in a put `nil` keeps it and "" takes it away.
    public var proxy: String?
    /// Its version; an edit that carries another one is refused.
    public var etag: String

    /// Makes one from its members.
    public init(
        id: String = "",
        name: String,
        dialect: String,
        baseURL: String,
        headers: [String: String] = [:],
        declared: Bool = false,
        builtin: Bool = false,
        evidence: String = "assumed",
        allowPrivate: Bool = false,
        connector: String = "",
        settings: [String] = [],
        stream: String = "both",
        thinkTags: Bool? = nil,
        proxy: String? = nil,
        etag: String = ""
    ) {
        self.id = id
        self.name = name
        self.dialect = dialect
        self.baseURL = baseURL
        self.headers = headers
        self.declared = declared
        self.builtin = builtin
        self.evidence = evidence
        self.allowPrivate = allowPrivate
        self.connector = connector
        self.settings = settings
        self.stream = stream
        self.thinkTags = thinkTags
        self.proxy = proxy
        self.etag = etag
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        id = try object.string("id", default: "")
        name = try object.string("name")
        dialect = try object.string("dialect")
        baseURL = try object.string("base_url")
        headers = try object.map("headers")
        declared = try object.boolean("declared", default: false)
        builtin = try object.boolean("builtin", default: false)
        evidence = try object.string("evidence", default: "assumed")
        allowPrivate = try object.boolean("allow_private", default: false)
        connector = try object.string("connector", default: "")
        settings = try object.strings("settings", default: [])
        stream = try object.string("stream", default: "both")
        thinkTags = try object.optionalBoolean("think_tags")
        proxy = try object.optionalString("proxy")
        etag = try object.string("etag", default: "")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("id", id)
            fields.string("name", name)
            fields.string("dialect", dialect)
            fields.string("base_url", baseURL)
            fields.map("headers", headers)
            fields.boolean("declared", declared)
            fields.boolean("builtin", builtin)
            fields.string("evidence", evidence)
            fields.boolean("allow_private", allowPrivate)
            fields.string("connector", connector)
            fields.strings("settings", settings)
            fields.string("stream", stream)
            fields.boolean("think_tags", thinkTags)
            fields.string("proxy", proxy)
            fields.string("etag", etag)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "ProviderItem",
            "A provider: where requests go and which wire it speaks.",
            [
                .optional("id", .string, "Its id, the first part of `provider/model`."),
                .required("name", .string, "Its name for people."),
                .required("dialect", .string(like: "openai", "anthropic"), "The wire it speaks."),
                .required("base_url", .string, "Its address, up to and with the version segment."),
                .optional("headers", .map(of: .string), "Headers that every request carries."),
                .optional("declared", .boolean, "Whether the configuration file declares it, so that it is read-only."),
                .optional("builtin", .boolean, "Whether it comes with the product."),
                .optional(
                    "evidence",
                    .string(like: "recorded", "documented", "assumed"),
                    "How well its wire is known."
                ),
                .optional("allow_private", .boolean, "Whether its address may be a private one."),
                .optional(
                    "connector",
                    .string(like: "azure", "vertex", ""),
                    "How it is addressed where that is not its dialect's way; empty: as its dialect is."
                ),
                .optional(
                    "settings",
                    .array(of: .string),
                    "The settings that its accounts may have; only in an answer."
                ),
                .optional("stream", .string(like: "both", "only", "never"), "In which form it answers."),
                .nullable(
                    "think_tags",
                    .boolean,
                    "Whether its answers may begin with reasoning between `<think>` tags; null: the model's name tells."
                ),
                .nullable(
                    "proxy",
                    .string,
                    "The proxy that its accounts go through which have none of their own; in a put null keeps it and \"\" takes it away."
                ),
                .optional("etag", .string, "Its version; an edit that carries another one is refused."),
            ]
        )
    }
}
