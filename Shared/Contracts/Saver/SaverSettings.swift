public import JSON

/// Which scopes have savers, so that the router can skip a hop and still add directives.
public struct SaverSettings: WireMessage {
    /// The version of all settings.
    public var epoch: String
    /// The scopes that have any saver on.
    public var scopes: [SaverScope]
    /// The directives to add, by scope.
    public var directivesByScope: [String: [Directive]]

    /// Makes one from its members.
    public init(epoch: String, scopes: [SaverScope] = [], directivesByScope: [String: [Directive]] = [:]) {
        self.epoch = epoch
        self.scopes = scopes
        self.directivesByScope = directivesByScope
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        epoch = try object.string("epoch")
        scopes = try object.array("scopes", SaverScope.init(from:))
        directivesByScope = try object.table("directives_by_scope") { (scope) throws(WireError) in
            try scope.elements(Directive.init(from:))
        }
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("epoch", epoch)
            fields.messages("scopes", scopes)
            fields.object("directives_by_scope") { object in
                for (scope, directives) in directivesByScope.sorted(by: { $0.key < $1.key }) {
                    object.messages(scope, directives)
                }
            }
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "SaverSettings",
            "Which scopes have savers, so that the router can skip a hop and still add directives.",
            [
                .required("epoch", .string, "The version of all settings."),
                .required("scopes", .array(of: SaverScope.schema), "The scopes that have any saver on."),
                .optional("directives_by_scope", .map(of: .array(of: Directive.schema)), "The directives to add."),
            ]
        )
    }
}

/// The savers that are on in one scope.
public struct SaverScope: WireMessage {
    /// Among the savers: what users write may be made smaller too.
    public static let userMessages = "headroom-user-messages"

    /// `global`, `provider:ID`, `model:ID`, `chain:NAME` or `key:NAME`.
    public var scope: String
    /// The savers by name.
    public var savers: [String]
    /// The share of conversations that go without directives, 0 to 1.
    public var holdout: Double
    /// How much longer a call may take, in milliseconds: a saver asks a server of its own.
    public var patienceMS: Int

    /// Makes one from its members.
    public init(scope: String, savers: [String] = [], holdout: Double = 0, patienceMS: Int = 0) {
        self.scope = scope
        self.savers = savers
        self.holdout = holdout
        self.patienceMS = patienceMS
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        scope = try object.string("scope")
        savers = try object.strings("savers")
        holdout = try object.optionalDouble("holdout") ?? 0
        patienceMS = try object.integer("patience_ms", default: 0)
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("scope", scope)
            fields.strings("savers", savers)
            if holdout != 0 { fields.double("holdout", holdout) }
            if patienceMS != 0 { fields.integer("patience_ms", patienceMS) }
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "SaverScope",
            "The savers that are on in one scope.",
            [
                .required("scope", .string, "`global`, `provider:ID`, `model:ID`, `chain:NAME` or `key:NAME`."),
                .required("savers", .array(of: .string), "The savers by name."),
                .omittable(
                    "holdout",
                    .number,
                    "The share of conversations that go without directives, 0 to 1; absent: 0."
                ),
                .omittable(
                    "patience_ms",
                    .integer,
                    "How much longer a call may take, since a saver asks a server of its own; absent: 0."
                ),
            ]
        )
    }
}
