public import JSON

/// What holds for a request, and which scope says so.
public struct EffectivePolicyReply: WireMessage {
    /// The policies of the request's scopes merged, under the scope `effective`.
    public var policy: PolicyItem
    /// The scope by field, such as `pii.action`; a field that none of them sets is missing.
    public var provenance: [String: String]

    /// Makes one from its members.
    public init(policy: PolicyItem, provenance: [String: String] = [:]) {
        self.policy = policy
        self.provenance = provenance
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        policy = try object.object("policy", PolicyItem.init(from:))
        provenance = try object.map("provenance")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.message("policy", policy)
            fields.map("provenance", provenance)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "EffectivePolicyReply",
            "What holds for a request, and which scope says so.",
            [
                .required(
                    "policy",
                    PolicyItem.schema,
                    "The policies of the request's scopes merged, under the scope `effective`."
                ),
                .optional("provenance", .map(of: .string), "The scope by field; a field that none sets is missing."),
            ]
        )
    }
}

/// Policies to move to another installation.
public struct PolicyBundle: WireMessage {
    /// The format that this build writes and reads.
    public static let format = 1

    /// The format.
    public var format: Int
    /// The policies, declared ones included.
    public var policies: [PolicyItem]

    /// Makes one from its members.
    public init(format: Int = PolicyBundle.format, policies: [PolicyItem] = []) {
        self.format = format
        self.policies = policies
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        format = try object.integer("format")
        policies = try object.array("policies", PolicyItem.init(from:))
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.integer("format", format)
            fields.messages("policies", policies)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "PolicyBundle",
            "Policies to move to another installation.",
            [
                .required("format", .integer, "The format, 1."),
                .required("policies", .array(of: PolicyItem.schema), "The policies, declared ones included."),
            ]
        )
    }
}

/// Takes in a bundle, all of it or nothing.
public struct ImportRequest: WireMessage {
    /// The bundle.
    public var bundle: PolicyBundle
    /// Whether policies of scopes that the bundle does not have are deleted.
    public var replace: Bool
    /// Whether it is only looked what would change.
    public var dryRun: Bool

    /// Makes one from its members.
    public init(bundle: PolicyBundle, replace: Bool = false, dryRun: Bool = false) {
        self.bundle = bundle
        self.replace = replace
        self.dryRun = dryRun
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        bundle = try object.object("bundle", PolicyBundle.init(from:))
        replace = try object.boolean("replace", default: false)
        dryRun = try object.boolean("dry_run", default: false)
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.message("bundle", bundle)
            fields.boolean("replace", replace)
            fields.boolean("dry_run", dryRun)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "ImportRequest",
            "Takes in a bundle, all of it or nothing.",
            [
                .required("bundle", PolicyBundle.schema, "The bundle."),
                .optional("replace", .boolean, "Whether policies that the bundle does not have are deleted."),
                .optional("dry_run", .boolean, "Whether it is only looked what would change."),
            ]
        )
    }
}

/// What a bundle has changed, or would change, by scope.
public struct ImportReply: WireMessage {
    /// Scopes that had no policy.
    public var created: [String]
    /// Scopes whose policy is another one now.
    public var changed: [String]
    /// Scopes whose policy is gone.
    public var deleted: [String]

    /// Makes one from its members.
    public init(created: [String] = [], changed: [String] = [], deleted: [String] = []) {
        self.created = created
        self.changed = changed
        self.deleted = deleted
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        created = try object.strings("created", default: [])
        changed = try object.strings("changed", default: [])
        deleted = try object.strings("deleted", default: [])
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.strings("created", created)
            fields.strings("changed", changed)
            fields.strings("deleted", deleted)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "ImportReply",
            "What a bundle has changed, or would change, by scope.",
            [
                .optional("created", .array(of: .string), "Scopes that had no policy."),
                .optional("changed", .array(of: .string), "Scopes whose policy is another one now."),
                .optional("deleted", .array(of: .string), "Scopes whose policy is gone."),
            ]
        )
    }
}
