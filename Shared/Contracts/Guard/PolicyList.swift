public import JSON

/// Which scopes have policies, so that the router can skip a hop.
///
/// When the version changes, verdicts made under another one are forgotten.
public struct PolicyList: WireMessage {
    /// The version of all policies.
    public var version: String
    /// The scopes that have any.
    public var scopes: [PolicyScope]

    /// Makes one from its members.
    public init(version: String, scopes: [PolicyScope] = []) {
        self.version = version
        self.scopes = scopes
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        version = try object.string("version")
        scopes = try object.array("scopes", PolicyScope.init(from:))
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("version", version)
            fields.messages("scopes", scopes)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "PolicyList",
            "Which scopes have policies, so that the router can skip a hop.",
            [
                .required("version", .string, "The version of all policies."),
                .required("scopes", .array(of: PolicyScope.schema), "The scopes that have any."),
            ]
        )
    }
}

/// What applies in one scope.
public struct PolicyScope: WireMessage {
    /// `global`, `provider:ID`, `model:ID`, `chain:NAME` or `key:NAME`.
    public var scope: String
    /// Which ways it looks.
    public var directions: [Direction]
    /// What it may do.
    public var actions: [GuardAction]
    /// What happens when the guard cannot answer: `auto`, `open` or `closed`.
    public var onFailure: String

    /// Makes one from its members.
    public init(
        scope: String,
        directions: [Direction] = [],
        actions: [GuardAction] = [],
        onFailure: String = "auto"
    ) {
        self.scope = scope
        self.directions = directions
        self.actions = actions
        self.onFailure = onFailure
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        scope = try object.string("scope")
        directions = try object.list("directions", of: Direction.self)
        actions = try object.list("actions", of: GuardAction.self)
        onFailure = try object.string("on_failure", default: "auto")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("scope", scope)
            fields.list("directions", directions)
            fields.list("actions", actions)
            fields.string("on_failure", onFailure)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "PolicyScope",
            "What applies in one scope.",
            [
                .required("scope", .string, "`global`, `provider:ID`, `model:ID`, `chain:NAME` or `key:NAME`."),
                .required("directions", .array(of: Direction.schema), "Which ways it looks."),
                .required("actions", .array(of: GuardAction.schema), "What it may do."),
                .optional(
                    "on_failure",
                    .string(like: "auto", "open", "closed"),
                    "What happens when the guard cannot answer; auto when missing."
                ),
            ]
        )
    }
}
