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
    /// The version of the settings to answer under; the present one when it is not told, or no longer known.
    public var epoch: String?
    /// Whether somebody only wants to see what would be saved: tool results are made smaller whatever the settings say.
    public var trial: Bool

    /// Makes one from its members.
    public init(
        requestID: String,
        scope: RequestScope,
        dialect: String,
        facts: RequestFacts,
        segments: [CompressSegment] = [],
        conversation: Conversation? = nil,
        epoch: String? = nil,
        trial: Bool = false
    ) {
        self.requestID = requestID
        self.scope = scope
        self.dialect = dialect
        self.facts = facts
        self.segments = segments
        self.conversation = conversation
        self.epoch = epoch
        self.trial = trial
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        requestID = try object.string("request_id")
        scope = try object.object("scope", RequestScope.init(from:))
        dialect = try object.string("dialect")
        facts = try object.object("facts", RequestFacts.init(from:))
        segments = try object.array("segments", CompressSegment.init(from:))
        conversation = try object.optionalObject("conversation", Conversation.init(from:))
        epoch = try object.optionalString("epoch")
        trial = try object.boolean("trial", default: false)
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
            if let epoch { fields.string("epoch", epoch) }
            if trial { fields.boolean("trial", true) }
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
                .omittable(
                    "epoch",
                    .string,
                    "The version of the settings to answer under; the present one when absent or no longer known."
                ),
                .omittable("trial", .boolean, "True: tool results are made smaller whatever the settings say."),
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
