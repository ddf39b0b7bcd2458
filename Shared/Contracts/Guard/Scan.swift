public import JSON

/// Opens the scan of an answer while it streams.
public struct ScanRequest: WireMessage {
    /// The request's id.
    public var requestID: String
    /// Where the answer comes from and where it goes.
    public var scope: RequestScope
    /// The JSON Schema, an object, that the client asked the answer to follow.
    public var answerSchema: [UInt8]?

    /// Makes one from its members.
    public init(requestID: String, scope: RequestScope, answerSchema: [UInt8]? = nil) {
        self.requestID = requestID
        self.scope = scope
        self.answerSchema = answerSchema
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        requestID = try object.string("request_id")
        scope = try object.object("scope", RequestScope.init(from:))
        answerSchema = try object.optionalRawObject("answer_schema")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("request_id", requestID)
            fields.message("scope", scope)
            if let answerSchema { fields.raw("answer_schema", answerSchema) }
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "ScanRequest",
            "Opens the scan of an answer while it streams.",
            [
                .required("request_id", .string, "The request's id."),
                .required("scope", RequestScope.schema, "Where the answer comes from and where it goes."),
                .omittable(
                    "answer_schema",
                    .map(of: .any),
                    "The JSON Schema that the client asked the answer to follow."
                ),
            ]
        )
    }
}

/// The next piece of an answer.
public struct ScanChunk: WireMessage {
    /// Which text it continues: `choice/kind/index`.
    public var channel: String
    /// The piece.
    public var text: String

    /// Makes one from its members.
    public init(channel: String, text: String) {
        self.channel = channel
        self.text = text
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        channel = try object.string("channel")
        text = try object.string("text")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("channel", channel)
            fields.string("text", text)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "ScanChunk",
            "The next piece of an answer.",
            [
                .required("channel", .string, "Which text it continues: `choice/kind/index`."),
                .required("text", .string, "The piece."),
            ]
        )
    }
}

/// What may go on to the client.
public struct ScanRelease: WireMessage {
    /// Which text it continues.
    public var channel: String
    /// The text to send, edits made.
    public var release: String
    /// The strictest action so far.
    public var action: GuardAction
    /// What was found, with offsets into the channel's text.
    public var findings: [Finding]

    /// Makes one from its members.
    public init(channel: String, release: String, action: GuardAction, findings: [Finding] = []) {
        self.channel = channel
        self.release = release
        self.action = action
        self.findings = findings
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        channel = try object.string("channel")
        release = try object.string("release")
        action = GuardAction(rawValue: try object.string("action"))
        findings = try object.optionalArray("findings", Finding.init(from:)) ?? []
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("channel", channel)
            fields.string("release", release)
            fields.string("action", action.rawValue)
            fields.messages("findings", findings)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "ScanRelease",
            "What may go on to the client.",
            [
                .required("channel", .string, "Which text it continues."),
                .required("release", .string, "The text to send, edits made."),
                .required("action", GuardAction.schema, "The strictest action so far."),
                .optional(
                    "findings",
                    .array(of: Finding.schema),
                    "What was found, with offsets into the channel's text."
                ),
            ]
        )
    }
}

/// The verdict on the whole answer.
public struct ScanReply: WireMessage {
    /// The strictest action taken.
    public var action: GuardAction
    /// What the audit calls it.
    public var decisionID: String
    /// The version of the policies it was made under.
    public var policyVersion: String

    /// Makes one from its members.
    public init(action: GuardAction, decisionID: String = "", policyVersion: String = "") {
        self.action = action
        self.decisionID = decisionID
        self.policyVersion = policyVersion
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        action = GuardAction(rawValue: try object.string("action"))
        decisionID = try object.string("decision_id", default: "")
        policyVersion = try object.string("policy_version", default: "")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("action", action.rawValue)
            fields.string("decision_id", decisionID)
            fields.string("policy_version", policyVersion)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "ScanReply",
            "The verdict on the whole answer.",
            [
                .required("action", GuardAction.schema, "The strictest action taken."),
                .optional("decision_id", .string, "What the audit calls it."),
                .optional("policy_version", .string, "The version of the policies it was made under."),
            ]
        )
    }
}
