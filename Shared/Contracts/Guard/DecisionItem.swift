public import JSON

/// One decision of the audit, without the text.
public struct DecisionItem: AdminItem {
    /// Its id.
    public var id: String
    /// When it was made.
    public var atUS: Int
    /// The request it is about.
    public var requestID: String
    /// Which way the text went.
    public var direction: Direction
    /// Where it came from and where it went.
    public var scope: RequestScope
    /// What was done.
    public var action: GuardAction
    /// Detector and entity, never the text.
    public var reason: String
    /// The version of the policies it was made under.
    public var policyVersion: String
    /// What was found.
    public var findings: [Finding]
    /// How long it took, in microseconds.
    public var durationUS: Int

    /// Makes one from its members.
    public init(
        id: String = "",
        atUS: Int,
        requestID: String,
        direction: Direction,
        scope: RequestScope,
        action: GuardAction,
        reason: String = "",
        policyVersion: String = "",
        findings: [Finding] = [],
        durationUS: Int = 0
    ) {
        self.id = id
        self.atUS = atUS
        self.requestID = requestID
        self.direction = direction
        self.scope = scope
        self.action = action
        self.reason = reason
        self.policyVersion = policyVersion
        self.findings = findings
        self.durationUS = durationUS
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        id = try object.string("id", default: "")
        atUS = try object.integer("at_us")
        requestID = try object.string("request_id")
        direction = Direction(rawValue: try object.string("direction"))
        scope = try object.object("scope", RequestScope.init(from:))
        action = GuardAction(rawValue: try object.string("action"))
        reason = try object.string("reason", default: "")
        policyVersion = try object.string("policy_version", default: "")
        findings = try object.optionalArray("findings", Finding.init(from:)) ?? []
        durationUS = try object.integer("duration_us", default: 0)
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("id", id)
            fields.integer("at_us", atUS)
            fields.string("request_id", requestID)
            fields.string("direction", direction.rawValue)
            fields.message("scope", scope)
            fields.string("action", action.rawValue)
            fields.string("reason", reason)
            fields.string("policy_version", policyVersion)
            fields.messages("findings", findings)
            fields.integer("duration_us", durationUS)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "DecisionItem",
            "One decision of the audit, without the text.",
            [
                .optional("id", .string, "Its id."),
                .required("at_us", .integer, "When it was made."),
                .required("request_id", .string, "The request it is about."),
                .required("direction", Direction.schema, "Which way the text went."),
                .required("scope", RequestScope.schema, "Where it came from and where it went."),
                .required("action", GuardAction.schema, "What was done."),
                .optional("reason", .string, "Detector and entity, never the text."),
                .optional("policy_version", .string, "The version of the policies it was made under."),
                .optional("findings", .array(of: Finding.schema), "What was found."),
                .optional("duration_us", .integer, "How long it took, in microseconds."),
            ]
        )
    }
}
