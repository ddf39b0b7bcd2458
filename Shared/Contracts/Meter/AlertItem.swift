public import JSON

/// A budget that passed one of its thresholds.
public struct AlertItem: AdminItem {
    /// Its id.
    public var id: String
    /// The key's id.
    public var keyID: String
    /// The threshold, in per cent.
    public var threshold: Int
    /// When it was passed.
    public var atUS: Int
    /// One sentence for the operator.
    public var message: String

    /// Makes one from its members.
    public init(id: String = "", keyID: String, threshold: Int, atUS: Int, message: String) {
        self.id = id
        self.keyID = keyID
        self.threshold = threshold
        self.atUS = atUS
        self.message = message
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        id = try object.string("id", default: "")
        keyID = try object.string("key_id")
        threshold = try object.integer("threshold")
        atUS = try object.integer("at_us")
        message = try object.string("message")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("id", id)
            fields.string("key_id", keyID)
            fields.integer("threshold", threshold)
            fields.integer("at_us", atUS)
            fields.string("message", message)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "AlertItem",
            "A budget that passed one of its thresholds.",
            [
                .optional("id", .string, "Its id."),
                .required("key_id", .string, "The key's id."),
                .required("threshold", .integer, "The threshold, in per cent."),
                .required("at_us", .integer, "When it was passed."),
                .required("message", .string, "One sentence for the operator."),
            ]
        )
    }
}
