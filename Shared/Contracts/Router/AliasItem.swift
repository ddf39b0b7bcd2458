public import JSON

/// Another name for a target.
public struct AliasItem: AdminItem {
    /// Its id: the name.
    public var id: String
    /// What it stands for: `provider/model` or a chain.
    public var target: String
    /// Whether the configuration file declares it, so that it is read-only.
    public var declared: Bool
    /// Its version; an edit that carries another one is refused.
    public var etag: String

    /// Makes one from its members.
    public init(id: String = "", target: String, declared: Bool = false, etag: String = "") {
        self.id = id
        self.target = target
        self.declared = declared
        self.etag = etag
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        id = try object.string("id", default: "")
        target = try object.string("target")
        declared = try object.boolean("declared", default: false)
        etag = try object.string("etag", default: "")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("id", id)
            fields.string("target", target)
            fields.boolean("declared", declared)
            fields.string("etag", etag)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "AliasItem",
            "Another name for a target.",
            [
                .optional("id", .string, "Its id: the name."),
                .required("target", .string, "What it stands for: `provider/model` or a chain."),
                .optional("declared", .boolean, "Whether the configuration file declares it, so that it is read-only."),
                .optional("etag", .string, "Its version; an edit that carries another one is refused."),
            ]
        )
    }
}
