public import JSON

/// A project: a group of keys.
public struct ProjectItem: AdminItem {
    /// Its id.
    public var id: String
    /// Its name.
    public var name: String
    /// Its version; an edit that carries another one is refused.
    public var etag: String

    /// Makes one from its members.
    public init(id: String = "", name: String, etag: String = "") {
        self.id = id
        self.name = name
        self.etag = etag
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        id = try object.string("id", default: "")
        name = try object.string("name")
        etag = try object.string("etag", default: "")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("id", id)
            fields.string("name", name)
            fields.string("etag", etag)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "ProjectItem",
            "A project: a group of keys.",
            [
                .optional("id", .string, "Its id."),
                .required("name", .string, "Its name."),
                .optional("etag", .string, "Its version; an edit that carries another one is refused."),
            ]
        )
    }
}
