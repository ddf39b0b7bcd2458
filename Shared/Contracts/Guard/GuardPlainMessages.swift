public import JSON

// The messages of every request that a guard looks at, read without a table of their nodes; see `WireCodable.plain`. Members
// stand here in the order in which `write(to:)` puts them.

extension InspectRequest {
    /// Reads it as `write(to:)` puts it, when it is no trial and carries no schema.
    public static func plain(_ reader: inout PlainReader) -> InspectRequest? {
        reader.open()
        let requestID = reader.string("request_id")
        let direction = Direction(rawValue: reader.string("direction"))
        guard let scope = reader.object("scope", { RequestScope(plain: &$0) }) else {
            reader.fail()
            return nil
        }
        let segments = reader.array("segments") { InspectSegment(plain: &$0) }
        reader.close()
        return InspectRequest(requestID: requestID, direction: direction, scope: scope, segments: segments)
    }
}

extension InspectSegment {
    init(plain reader: inout PlainReader) {
        reader.open()
        self.init(
            id: reader.integer("id"),
            role: reader.string("role"),
            kind: SegmentKind(rawValue: reader.string("kind")),
            toolName: reader.optionalString("tool_name"),
            lastUser: reader.boolean("last_user"),
            text: reader.text("text")
        )
        reader.close()
    }
}

extension RequestScope {
    init(plain reader: inout PlainReader) {
        reader.open()
        self.init(
            tenant: reader.string("tenant"),
            key: reader.optionalString("key"),
            chain: reader.optionalString("chain"),
            provider: reader.optionalString("provider"),
            model: reader.optionalString("model")
        )
        reader.close()
    }
}

extension InspectReply {
    /// Reads it as `write(to:)` puts it, when nothing was found.
    public static func plain(_ reader: inout PlainReader) -> InspectReply? {
        reader.open()
        let reply = InspectReply(
            decisionID: reader.string("decision_id"),
            policyVersion: reader.string("policy_version"),
            action: GuardAction(rawValue: reader.string("action")),
            reason: reader.string("reason"),
            segments: reader.array("segments") { SegmentVerdict(plain: &$0) }
        )
        for name in ["edits", "restores", "findings"] as [StaticString] {
            reader.name(name)
            reader.literal("[]")
        }
        reader.close()
        return reply
    }
}

extension SegmentVerdict {
    init(plain reader: inout PlainReader) {
        reader.open()
        self.init(
            id: reader.integer("id"),
            action: GuardAction(rawValue: reader.string("action")),
            cacheable: reader.boolean("cacheable"),
            contextDependent: reader.boolean("context_dependent")
        )
        reader.close()
    }
}
