public import JSON

/// A server that savers ask, and what it says about itself now; list only.
public struct ProbeItem: AdminItem {
    /// Its id: its address.
    public var id: String
    /// `ready`, `degraded` (works, without parts), `not_ready` or `away`.
    public var state: String
    /// The parts that are missing, or why it did not answer.
    public var detail: String

    /// Makes one from its members.
    public init(id: String, state: String, detail: String = "") {
        self.id = id
        self.state = state
        self.detail = detail
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        id = try object.string("id")
        state = try object.string("state")
        detail = try object.string("detail", default: "")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("id", id)
            fields.string("state", state)
            fields.string("detail", detail)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "ProbeItem",
            "A server that savers ask, and what it says about itself now.",
            [
                .required("id", .string, "Its id: its address."),
                .required(
                    "state",
                    .string(like: "ready", "degraded", "not_ready", "away"),
                    "degraded: it works, without some of its parts."
                ),
                .optional("detail", .string, "The parts that are missing, or why it did not answer."),
            ]
        )
    }
}
