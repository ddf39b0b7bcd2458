public import JSON

/// Something changed that a router keeps through an outage.
public struct MeterChange: WireMessage {
    /// What changed.
    public var kind: String
    /// The id of what changed.
    public var id: String
    /// The digest of the key, when it is a key.
    public var keySHA256: String?

    /// Makes one from its members.
    public init(kind: String, id: String, keySHA256: String? = nil) {
        self.kind = kind
        self.id = id
        self.keySHA256 = keySHA256
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        kind = try object.string("kind")
        id = try object.string("id")
        keySHA256 = try object.optionalString("key_sha256")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("kind", kind)
            fields.string("id", id)
            fields.string("key_sha256", keySHA256)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "MeterChange",
            "Something changed that a router keeps through an outage.",
            [
                .required(
                    "kind",
                    .string(like: "key_revoked", "key_changed", "plan_changed", "price_changed"),
                    "What changed."
                ),
                .required("id", .string, "The id of what changed."),
                .nullable("key_sha256", .string, "The digest of the key, when it is a key."),
            ]
        )
    }
}
