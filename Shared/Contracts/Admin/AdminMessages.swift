public import JSON

/// Names one item.
public struct GetRequest: WireMessage {
    /// Its id.
    public var id: String

    /// Makes one from its members.
    public init(id: String) {
        self.id = id
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        id = try object.string("id")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("id", id)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "GetRequest",
            "Names one item.",
            [
                .required("id", .string, "Its id.")
            ]
        )
    }
}

/// Deletes an item.
public struct DeleteRequest: WireMessage {
    /// Its id.
    public var id: String
    /// The version to delete; null: any.
    public var etag: String?

    /// Makes one from its members.
    public init(id: String, etag: String? = nil) {
        self.id = id
        self.etag = etag
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        id = try object.string("id")
        etag = try object.optionalString("etag")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("id", id)
            fields.string("etag", etag)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "DeleteRequest",
            "Deletes an item.",
            [
                .required("id", .string, "Its id."),
                .nullable("etag", .string, "The version to delete; null: any."),
            ]
        )
    }
}

/// Asks to hear of changes.
public struct WatchRequest: WireMessage {
    /// The resources, in the plural as methods name them; empty: all.
    public var resources: [String]

    /// Makes one from its members.
    public init(resources: [String] = []) {
        self.resources = resources
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        try object.requireObject()
        resources = try object.strings("resources", default: [])
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.strings("resources", resources)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "WatchRequest",
            "Asks to hear of changes.",
            [
                .optional(
                    "resources",
                    .array(of: .string),
                    "The resources, in the plural as methods name them; empty: all."
                )
            ]
        )
    }
}

/// An item was put or deleted.
public struct AdminChange: WireMessage {
    /// The resource, in the plural as methods name it.
    public var resource: String
    /// The item.
    public var id: String
    /// Its new version; empty when deleted.
    public var etag: String
    /// Whether it is gone.
    public var deleted: Bool

    /// Makes one from its members.
    public init(resource: String, id: String, etag: String = "", deleted: Bool = false) {
        self.resource = resource
        self.id = id
        self.etag = etag
        self.deleted = deleted
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        resource = try object.string("resource")
        id = try object.string("id")
        etag = try object.string("etag", default: "")
        deleted = try object.boolean("deleted", default: false)
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("resource", resource)
            fields.string("id", id)
            fields.string("etag", etag)
            fields.boolean("deleted", deleted)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "AdminChange",
            "An item was put or deleted.",
            [
                .required("resource", .string, "The resource, in the plural as methods name it."),
                .required("id", .string, "The item."),
                .optional("etag", .string, "Its new version; empty when deleted."),
                .optional("deleted", .boolean, "Whether it is gone."),
            ]
        )
    }
}
