public import JSON

/// A proxy that accounts and providers may go through, or a pool of proxies that take turns.
public struct ProxyItem: AdminItem {
    /// Its id.
    public var id: String
    /// Its name for people.
    public var name: String
    /// Its address with its credential: only in a put, never in an answer.
    public var url: String?
    /// The addresses of a pool in place of `url`: only in a put, never in an answer.
    public var urls: [String]
    /// Its addresses without their credentials.
    public var display: String
    /// Whether it may be used.
    public var enabled: Bool
    /// Whether requests fail rather than go direct when it is down.
    public var strict: Bool
    /// Those of its addresses that take no connections now; only in an answer.
    public var down: [String]
    /// Whether the configuration file declares it, so that it is read-only.
    public var declared: Bool
    /// Its version; an edit that carries another one is refused.
    public var etag: String

    /// Makes one from its members.
    public init(
        id: String = "",
        name: String,
        url: String? = nil,
        urls: [String] = [],
        display: String = "",
        enabled: Bool = true,
        strict: Bool = true,
        down: [String] = [],
        declared: Bool = false,
        etag: String = ""
    ) {
        self.id = id
        self.name = name
        self.url = url
        self.urls = urls
        self.display = display
        self.enabled = enabled
        self.strict = strict
        self.down = down
        self.declared = declared
        self.etag = etag
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        id = try object.string("id", default: "")
        name = try object.string("name")
        url = try object.optionalString("url")
        urls = try object.strings("urls", default: [])
        display = try object.string("display", default: "")
        enabled = try object.boolean("enabled", default: true)
        strict = try object.boolean("strict", default: true)
        down = try object.strings("down", default: [])
        declared = try object.boolean("declared", default: false)
        etag = try object.string("etag", default: "")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("id", id)
            fields.string("name", name)
            fields.string("url", url)
            fields.strings("urls", urls)
            fields.string("display", display)
            fields.boolean("enabled", enabled)
            fields.boolean("strict", strict)
            fields.strings("down", down)
            fields.boolean("declared", declared)
            fields.string("etag", etag)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "ProxyItem",
            "A proxy that accounts and providers may go through, or a pool of proxies that take turns.",
            [
                .optional("id", .string, "Its id."),
                .required("name", .string, "Its name for people."),
                .nullable("url", .string, "Its address with its credential: only in a put, never in an answer."),
                .optional(
                    "urls",
                    .array(of: .string),
                    "The addresses of a pool in place of `url`: only in a put, never in an answer."
                ),
                .optional("display", .string, "Its addresses without their credentials."),
                .optional("enabled", .boolean, "Whether it may be used."),
                .optional("strict", .boolean, "Whether requests fail rather than go direct when it is down."),
                .optional(
                    "down",
                    .array(of: .string),
                    "Those of its addresses that take no connections now; only in an answer."
                ),
                .optional("declared", .boolean, "Whether the configuration file declares it, so that it is read-only."),
                .optional("etag", .string, "Its version; an edit that carries another one is refused."),
            ]
        )
    }
}
