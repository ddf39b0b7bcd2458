public import JSON

/// A proxy that accounts may go through.
public struct ProxyItem: AdminItem {
    /// Its id.
    public var id: String
    /// Its name for people.
    public var name: String
    /// Its address with its credential: only in a put, never in an answer.
    public var url: String?
    /// Its address without the credential.
    public var display: String
    /// Whether it may be used.
    public var enabled: Bool
    /// Whether requests fail rather than go direct when it is down.
    public var strict: Bool
    /// Whether the configuration file declares it, so that it is read-only.
    public var declared: Bool
    /// Its version; an edit that carries another one is refused.
    public var etag: String

    /// Makes one from its members.
    public init(
        id: String = "",
        name: String,
        url: String? = nil,
        display: String = "",
        enabled: Bool = true,
        strict: Bool = true,
        declared: Bool = false,
        etag: String = ""
    ) {
        self.id = id
        self.name = name
        self.url = url
        self.display = display
        self.enabled = enabled
        self.strict = strict
        self.declared = declared
        self.etag = etag
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        id = try object.string("id", default: "")
        name = try object.string("name")
        url = try object.optionalString("url")
        display = try object.string("display", default: "")
        enabled = try object.boolean("enabled", default: true)
        strict = try object.boolean("strict", default: true)
        declared = try object.boolean("declared", default: false)
        etag = try object.string("etag", default: "")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("id", id)
            fields.string("name", name)
            fields.string("url", url)
            fields.string("display", display)
            fields.boolean("enabled", enabled)
            fields.boolean("strict", strict)
            fields.boolean("declared", declared)
            fields.string("etag", etag)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "ProxyItem",
            "A proxy that accounts may go through.",
            [
                .optional("id", .string, "Its id."),
                .required("name", .string, "Its name for people."),
                .nullable("url", .string, "Its address with its credential: only in a put, never in an answer."),
                .optional("display", .string, "Its address without the credential."),
                .optional("enabled", .boolean, "Whether it may be used."),
                .optional("strict", .boolean, "Whether requests fail rather than go direct when it is down."),
                .optional("declared", .boolean, "Whether the configuration file declares it, so that it is read-only."),
                .optional("etag", .string, "Its version; an edit that carries another one is refused."),
            ]
        )
    }
}
