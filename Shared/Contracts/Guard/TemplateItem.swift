public import JSON

/// A ready policy to start from.
public struct TemplateItem: AdminItem {
    /// Its id.
    public var id: String
    /// Its name for people.
    public var name: String
    /// What it is for, in one sentence.
    public var summary: String
    /// The policy.
    public var policy: PolicyItem

    /// Makes one from its members.
    public init(id: String = "", name: String, summary: String = "", policy: PolicyItem) {
        self.id = id
        self.name = name
        self.summary = summary
        self.policy = policy
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        id = try object.string("id", default: "")
        name = try object.string("name")
        summary = try object.string("summary", default: "")
        policy = try object.object("policy", PolicyItem.init(from:))
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("id", id)
            fields.string("name", name)
            fields.string("summary", summary)
            fields.message("policy", policy)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "TemplateItem",
            "A ready policy to start from.",
            [
                .optional("id", .string, "Its id."),
                .required("name", .string, "Its name for people."),
                .optional("summary", .string, "What it is for, in one sentence."),
                .required("policy", PolicyItem.schema, "The policy."),
            ]
        )
    }
}
