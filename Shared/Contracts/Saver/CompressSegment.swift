public import JSON

/// One text that may be made smaller.
public struct CompressSegment: WireMessage {
    /// What the answer calls it.
    public var id: Int
    /// The role of its turn.
    public var role: String
    /// What it is: a tool result, a user turn or instructions.
    public var kind: SegmentKind
    /// The tool, when it is about one.
    public var toolName: String?
    /// The command that the tool ran.
    public var command: String?
    /// Whether the tool failed.
    public var isError: Bool
    /// The text.
    public var text: String

    /// Makes one from its members.
    public init(
        id: Int,
        role: String,
        kind: SegmentKind,
        toolName: String? = nil,
        command: String? = nil,
        isError: Bool = false,
        text: String
    ) {
        self.id = id
        self.role = role
        self.kind = kind
        self.toolName = toolName
        self.command = command
        self.isError = isError
        self.text = text
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        id = try object.integer("id")
        role = try object.string("role")
        kind = SegmentKind(rawValue: try object.string("kind"))
        toolName = try object.optionalString("tool_name")
        command = try object.optionalString("command")
        isError = try object.boolean("is_error", default: false)
        text = try object.string("text")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.integer("id", id)
            fields.string("role", role)
            fields.string("kind", kind.rawValue)
            fields.string("tool_name", toolName)
            fields.string("command", command)
            fields.boolean("is_error", isError)
            fields.string("text", text)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "CompressSegment",
            "One text that may be made smaller.",
            [
                .required("id", .integer, "What the answer calls it."),
                .required("role", .string, "The role of its turn."),
                .required("kind", SegmentKind.schema, "What it is: a tool result, a user turn or instructions."),
                .nullable("tool_name", .string, "The tool, when it is about one."),
                .nullable("command", .string, "The command that the tool ran."),
                .optional("is_error", .boolean, "Whether the tool failed."),
                .required("text", .string, "The text."),
            ]
        )
    }
}
