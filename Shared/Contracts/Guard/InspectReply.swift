public import JSON

/// A guard's verdict; a block is a verdict, not an error.
///
/// An external guard may answer `action`, `edits` and `findings` alone.
public struct InspectReply: WireMessage {
    /// What the audit calls it.
    public var decisionID: String
    /// The version of the policies it was made under.
    public var policyVersion: String
    /// The strictest action of all segments.
    public var action: GuardAction
    /// Detector and entity, never the text.
    public var reason: String
    /// The verdicts by segment.
    public var segments: [SegmentVerdict]
    /// What must change, in order and without overlap.
    public var edits: [TextEdit]
    /// What placeholders stand for, to undo them in the answer.
    public var restores: [Restore]
    /// What was found.
    public var findings: [Finding]

    /// Makes one from its members.
    public init(
        decisionID: String = "",
        policyVersion: String = "",
        action: GuardAction,
        reason: String = "",
        segments: [SegmentVerdict] = [],
        edits: [TextEdit] = [],
        restores: [Restore] = [],
        findings: [Finding] = []
    ) {
        self.decisionID = decisionID
        self.policyVersion = policyVersion
        self.action = action
        self.reason = reason
        self.segments = segments
        self.edits = edits
        self.restores = restores
        self.findings = findings
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        decisionID = try object.string("decision_id", default: "")
        policyVersion = try object.string("policy_version", default: "")
        action = GuardAction(rawValue: try object.string("action"))
        reason = try object.string("reason", default: "")
        segments = try object.optionalArray("segments", SegmentVerdict.init(from:)) ?? []
        edits = try object.optionalArray("edits", TextEdit.init(from:)) ?? []
        restores = try object.optionalArray("restores", Restore.init(from:)) ?? []
        findings = try object.optionalArray("findings", Finding.init(from:)) ?? []
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("decision_id", decisionID)
            fields.string("policy_version", policyVersion)
            fields.string("action", action.rawValue)
            fields.string("reason", reason)
            fields.messages("segments", segments)
            fields.messages("edits", edits)
            fields.messages("restores", restores)
            fields.messages("findings", findings)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "InspectReply",
            "A guard's verdict; a block is a verdict, not an error.",
            [
                .optional("decision_id", .string, "What the audit calls it."),
                .optional("policy_version", .string, "The version of the policies it was made under."),
                .required("action", GuardAction.schema, "The strictest action of all segments."),
                .optional("reason", .string, "Detector and entity, never the text."),
                .optional("segments", .array(of: SegmentVerdict.schema), "The verdicts by segment."),
                .optional("edits", .array(of: TextEdit.schema), "What must change, in order and without overlap."),
                .optional(
                    "restores",
                    .array(of: Restore.schema),
                    "What placeholders stand for, to undo them in the answer."
                ),
                .optional("findings", .array(of: Finding.schema), "What was found."),
            ]
        )
    }
}

/// What is decided about one segment.
public struct SegmentVerdict: WireMessage {
    /// The segment.
    public var id: Int
    /// What is done about it.
    public var action: GuardAction
    /// Whether the verdict may be remembered for the same text.
    public var cacheable: Bool
    /// Whether it depends on more than its own text.
    public var contextDependent: Bool

    /// Makes one from its members.
    public init(id: Int, action: GuardAction, cacheable: Bool = false, contextDependent: Bool = false) {
        self.id = id
        self.action = action
        self.cacheable = cacheable
        self.contextDependent = contextDependent
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        id = try object.integer("id")
        action = GuardAction(rawValue: try object.string("action"))
        cacheable = try object.boolean("cacheable", default: false)
        contextDependent = try object.boolean("context_dependent", default: false)
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.integer("id", id)
            fields.string("action", action.rawValue)
            fields.boolean("cacheable", cacheable)
            fields.boolean("context_dependent", contextDependent)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "SegmentVerdict",
            "What is decided about one segment.",
            [
                .required("id", .integer, "The segment."),
                .required("action", GuardAction.schema, "What is done about it."),
                .optional("cacheable", .boolean, "Whether the verdict may be remembered for the same text."),
                .optional("context_dependent", .boolean, "Whether it depends on more than its own text."),
            ]
        )
    }
}

/// What a placeholder stands for.
public struct Restore: WireMessage {
    /// The placeholder.
    public var placeholder: String
    /// What it replaced.
    public var original: String

    /// Makes one from its members.
    public init(placeholder: String, original: String) {
        self.placeholder = placeholder
        self.original = original
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        placeholder = try object.string("placeholder")
        original = try object.string("original")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("placeholder", placeholder)
            fields.string("original", original)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "Restore",
            "What a placeholder stands for.",
            [
                .required("placeholder", .string, "The placeholder."),
                .required("original", .string, "What it replaced."),
            ]
        )
    }
}
