public import JSON

/// What is done about answers that are not the JSON they are to be.
public struct JSONSection: WireMessage {
    /// Whether it looks at all; null: as a wider scope says.
    public var enabled: Bool?
    /// What it does: log_only, warn or block; null: as a wider scope says.
    public var action: GuardAction?
    /// The JSON Schema, an object, that every answer must follow; null: the one that a request asks for, if it asks for any.
    public var answerSchema: [UInt8]?
    /// Whether nothing of a streamed answer goes on before it is judged; null: where it blocks.
    public var buffer: Bool?

    /// Makes one from its members.
    public init(
        enabled: Bool? = nil,
        action: GuardAction? = nil,
        answerSchema: [UInt8]? = nil,
        buffer: Bool? = nil
    ) {
        self.enabled = enabled
        self.action = action
        self.answerSchema = answerSchema
        self.buffer = buffer
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        try object.requireObject()
        enabled = try object.optionalBoolean("enabled")
        action = try object.optionalString("action").map(GuardAction.init(rawValue:))
        answerSchema = try object.optionalRawObject("schema")
        buffer = try object.optionalBoolean("buffer")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.boolean("enabled", enabled)
            fields.string("action", action?.rawValue)
            if let answerSchema { fields.raw("schema", answerSchema) }
            fields.boolean("buffer", buffer)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "JSONSection",
            "What is done about answers that are not the JSON they are to be.",
            [
                .nullable("enabled", .boolean, "Whether it looks at all; null: as a wider scope says."),
                .nullable(
                    "action",
                    .string(like: "log_only", "warn", "block"),
                    "What it does; null: as a wider scope says."
                ),
                .omittable(
                    "schema",
                    .map(of: .any),
                    "The JSON Schema that every answer must follow; missing: the one that a request asks for."
                ),
                .nullable(
                    "buffer",
                    .boolean,
                    "Whether nothing of a streamed answer goes on before it is judged; null: where it blocks."
                ),
            ]
        )
    }
}
