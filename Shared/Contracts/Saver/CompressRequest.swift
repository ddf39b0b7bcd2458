public import JSON

/// Asks savers to make a request smaller.
public struct CompressRequest: WireMessage {
    /// The request's id.
    public var requestID: String
    /// Where it comes from and where it goes.
    public var scope: RequestScope
    /// The caller's dialect.
    public var dialect: String
    /// What savers must know about it.
    public var facts: RequestFacts
    /// The texts.
    public var segments: [CompressSegment]
    /// The messages, only where a saver needs them whole.
    public var conversation: Conversation?

    /// Makes one from its members.
    public init(
        requestID: String,
        scope: RequestScope,
        dialect: String,
        facts: RequestFacts,
        segments: [CompressSegment] = [],
        conversation: Conversation? = nil
    ) {
        self.requestID = requestID
        self.scope = scope
        self.dialect = dialect
        self.facts = facts
        self.segments = segments
        self.conversation = conversation
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        requestID = try object.string("request_id")
        scope = try object.object("scope", RequestScope.init(from:))
        dialect = try object.string("dialect")
        facts = try object.object("facts", RequestFacts.init(from:))
        segments = try object.array("segments", CompressSegment.init(from:))
        conversation = try object.optionalObject("conversation", Conversation.init(from:))
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("request_id", requestID)
            fields.message("scope", scope)
            fields.string("dialect", dialect)
            fields.message("facts", facts)
            fields.messages("segments", segments)
            if let conversation { fields.message("conversation", conversation) }
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "CompressRequest",
            "Asks savers to make a request smaller.",
            [
                .required("request_id", .string, "The request's id."),
                .required("scope", RequestScope.schema, "Where it comes from and where it goes."),
                .required("dialect", .string, "The caller's dialect."),
                .required("facts", RequestFacts.schema, "What savers must know about it."),
                .required("segments", .array(of: CompressSegment.schema), "The texts."),
                .omittable("conversation", Conversation.schema, "The messages, only where a saver needs them whole."),
            ]
        )
    }
}

/// What savers must know about a request.
public struct RequestFacts: WireMessage {
    /// Whether it offers tools.
    public var hasTools: Bool
    /// Whether its answer must follow a schema.
    public var structuredOutput: Bool
    /// Whether a coding agent sent it.
    public var coding: Bool
    /// Whether it is left alone, to compare.
    public var holdout: Bool

    /// Makes one from its members.
    public init(hasTools: Bool, structuredOutput: Bool, coding: Bool, holdout: Bool) {
        self.hasTools = hasTools
        self.structuredOutput = structuredOutput
        self.coding = coding
        self.holdout = holdout
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        hasTools = try object.boolean("has_tools")
        structuredOutput = try object.boolean("structured_output")
        coding = try object.boolean("coding")
        holdout = try object.boolean("holdout")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.boolean("has_tools", hasTools)
            fields.boolean("structured_output", structuredOutput)
            fields.boolean("coding", coding)
            fields.boolean("holdout", holdout)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "RequestFacts",
            "What savers must know about a request.",
            [
                .required("has_tools", .boolean, "Whether it offers tools."),
                .required("structured_output", .boolean, "Whether its answer must follow a schema."),
                .required("coding", .boolean, "Whether a coding agent sent it."),
                .required("holdout", .boolean, "Whether it is left alone, to compare."),
            ]
        )
    }
}

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

/// The messages of a request in its own dialect.
public struct Conversation: WireMessage {
    /// The messages, as the JSON array that the request holds.
    public var messages: [UInt8]
    /// How many of them, from the start, must stay as they are.
    public var frozen: Int

    /// Makes one from its members.
    public init(messages: [UInt8], frozen: Int) {
        self.messages = messages
        self.frozen = frozen
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        messages = try object.raw("messages")
        frozen = try object.integer("frozen")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.raw("messages", messages)
            fields.integer("frozen", frozen)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "Conversation",
            "The messages of a request in its own dialect.",
            [
                .required("messages", .array(of: .any), "The messages, as the JSON array that the request holds."),
                .required("frozen", .integer, "How many of them, from the start, must stay as they are."),
            ]
        )
    }
}
