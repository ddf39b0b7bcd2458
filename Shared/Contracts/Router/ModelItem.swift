public import JSON

/// A model of the catalogue.
public struct ModelItem: AdminItem {
    /// Its id: `provider/model`.
    public var id: String
    /// The provider's id.
    public var provider: String
    /// The provider's own name of the model.
    public var model: String
    /// What it does: an operation.
    public var kind: String
    /// The most tokens it reads and writes together.
    public var contextWindow: Int?
    /// The most tokens it writes.
    public var maxOutput: Int?

    /// Makes one from its members.
    public init(
        id: String = "",
        provider: String,
        model: String,
        kind: String = "chat",
        contextWindow: Int? = nil,
        maxOutput: Int? = nil
    ) {
        self.id = id
        self.provider = provider
        self.model = model
        self.kind = kind
        self.contextWindow = contextWindow
        self.maxOutput = maxOutput
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        id = try object.string("id", default: "")
        provider = try object.string("provider")
        model = try object.string("model")
        kind = try object.string("kind", default: "chat")
        contextWindow = try object.optionalInteger("context_window")
        maxOutput = try object.optionalInteger("max_output")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("id", id)
            fields.string("provider", provider)
            fields.string("model", model)
            fields.string("kind", kind)
            fields.integer("context_window", contextWindow)
            fields.integer("max_output", maxOutput)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "ModelItem",
            "A model of the catalogue.",
            [
                .optional("id", .string, "Its id: `provider/model`."),
                .required("provider", .string, "The provider's id."),
                .required("model", .string, "The provider's own name of the model."),
                .optional("kind", .string, "What it does: an operation."),
                .nullable("context_window", .integer, "The most tokens it reads and writes together."),
                .nullable("max_output", .integer, "The most tokens it writes."),
            ]
        )
    }
}
