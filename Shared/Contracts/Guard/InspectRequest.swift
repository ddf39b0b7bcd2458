public import JSON

/// Asks a guard to judge texts.
public struct InspectRequest: WireMessage {
    /// The request's id.
    public var requestID: String
    /// Which way the texts go.
    public var direction: Direction
    /// Where they come from and where they go.
    public var scope: RequestScope
    /// The texts.
    public var segments: [InspectSegment]
    /// Whether somebody only wants to see what would be found: every detector looks, at least for the record, and the
    /// audit is not told.
    public var trial: Bool
    /// The JSON Schema, an object, that the client asked the answer to follow.
    public var answerSchema: [UInt8]?

    /// Makes one from its members.
    public init(
        requestID: String,
        direction: Direction,
        scope: RequestScope,
        segments: [InspectSegment] = [],
        trial: Bool = false,
        answerSchema: [UInt8]? = nil
    ) {
        self.requestID = requestID
        self.direction = direction
        self.scope = scope
        self.segments = segments
        self.trial = trial
        self.answerSchema = answerSchema
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        requestID = try object.string("request_id")
        direction = Direction(rawValue: try object.string("direction"))
        scope = try object.object("scope", RequestScope.init(from:))
        segments = try object.array("segments", InspectSegment.init(from:))
        trial = try object.boolean("trial", default: false)
        answerSchema = try object.optionalRawObject("answer_schema")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("request_id", requestID)
            fields.string("direction", direction.rawValue)
            fields.message("scope", scope)
            fields.messages("segments", segments)
            if trial { fields.boolean("trial", true) }
            if let answerSchema { fields.raw("answer_schema", answerSchema) }
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "InspectRequest",
            "Asks a guard to judge texts.",
            [
                .required("request_id", .string, "The request's id."),
                .required("direction", Direction.schema, "Which way the texts go."),
                .required("scope", RequestScope.schema, "Where they come from and where they go."),
                .required("segments", .array(of: InspectSegment.schema), "The texts."),
                .omittable("trial", .boolean, "True: every detector looks, and the audit is not told."),
                .omittable(
                    "answer_schema",
                    .map(of: .any),
                    "The JSON Schema that the client asked the answer to follow."
                ),
            ]
        )
    }
}

/// One text to judge.
public struct InspectSegment: WireMessage {
    /// What the answer calls it.
    public var id: Int
    /// The role of its turn.
    public var role: String
    /// What it is.
    public var kind: SegmentKind
    /// The tool, when it is about one.
    public var toolName: String?
    /// Whether it belongs to the last user turn.
    public var lastUser: Bool
    /// The text.
    public var text: String

    /// Makes one from its members.
    public init(
        id: Int,
        role: String,
        kind: SegmentKind,
        toolName: String? = nil,
        lastUser: Bool = false,
        text: String
    ) {
        self.id = id
        self.role = role
        self.kind = kind
        self.toolName = toolName
        self.lastUser = lastUser
        self.text = text
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        id = try object.integer("id")
        role = try object.string("role")
        kind = SegmentKind(rawValue: try object.string("kind"))
        toolName = try object.optionalString("tool_name")
        lastUser = try object.boolean("last_user", default: false)
        text = try object.string("text")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.integer("id", id)
            fields.string("role", role)
            fields.string("kind", kind.rawValue)
            fields.string("tool_name", toolName)
            fields.boolean("last_user", lastUser)
            fields.string("text", text)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "InspectSegment",
            "One text to judge.",
            [
                .required("id", .integer, "What the answer calls it."),
                .required("role", .string, "The role of its turn."),
                .required("kind", SegmentKind.schema, "What it is."),
                .nullable("tool_name", .string, "The tool, when it is about one."),
                .optional("last_user", .boolean, "Whether it belongs to the last user turn."),
                .required("text", .string, "The text."),
            ]
        )
    }
}
