public import JSON

/// Whose key a request carries.
public struct Identity: WireMessage {
    /// The tenant's id.
    public var tenant: String
    /// The project's id.
    public var project: String?
    /// The key's id, which may be logged.
    public var keyID: String
    /// The key's name, by which policies and settings are scoped.
    public var keyName: String?
    /// The plan's name.
    public var plan: String?

    /// Makes one from its members.
    public init(tenant: String, project: String? = nil, keyID: String, keyName: String? = nil, plan: String? = nil) {
        self.tenant = tenant
        self.project = project
        self.keyID = keyID
        self.keyName = keyName
        self.plan = plan
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        tenant = try object.string("tenant")
        project = try object.optionalString("project")
        keyID = try object.string("key_id")
        keyName = try object.optionalString("key_name")
        plan = try object.optionalString("plan")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("tenant", tenant)
            fields.string("project", project)
            fields.string("key_id", keyID)
            fields.string("key_name", keyName)
            fields.string("plan", plan)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "Identity",
            "Whose key a request carries.",
            [
                .required("tenant", .string, "The tenant's id."),
                .nullable("project", .string, "The project's id."),
                .required("key_id", .string, "The key's id, which may be logged."),
                .nullable("key_name", .string, "The key's name, by which policies and settings are scoped."),
                .nullable("plan", .string, "The plan's name."),
            ]
        )
    }
}

/// Money, tokens and one concurrency slot set aside for a request.
public struct Reservation: WireMessage {
    /// What renewing and settling name.
    public var id: String
    /// How long it lasts unless renewed.
    public var leaseMS: Int
    /// The money set aside, in nano-dollars.
    public var nanoUSD: Int
    /// The tokens set aside.
    public var tokens: Int

    /// Makes one from its members.
    public init(id: String, leaseMS: Int, nanoUSD: Int, tokens: Int) {
        self.id = id
        self.leaseMS = leaseMS
        self.nanoUSD = nanoUSD
        self.tokens = tokens
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        id = try object.string("id")
        leaseMS = try object.integer("lease_ms")
        nanoUSD = try object.integer("nano_usd")
        tokens = try object.integer("tokens")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("id", id)
            fields.integer("lease_ms", leaseMS)
            fields.integer("nano_usd", nanoUSD)
            fields.integer("tokens", tokens)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "Reservation",
            "Money, tokens and one concurrency slot set aside for a request.",
            [
                .required("id", .string, "What renewing and settling name."),
                .required("lease_ms", .integer, "How long it lasts unless renewed."),
                .required("nano_usd", .integer, "The money set aside, in nano-dollars."),
                .required("tokens", .integer, "The tokens set aside."),
            ]
        )
    }
}

/// What a plan turns on.
public struct Features: WireMessage {
    /// Which response cache may answer.
    public var cache: String
    /// Whether a translation that loses something is refused.
    public var strictLossless: Bool
    /// Whether savers leave this conversation alone, to compare.
    public var holdout: Bool

    /// Makes one from its members.
    public init(cache: String = "off", strictLossless: Bool = false, holdout: Bool = false) {
        self.cache = cache
        self.strictLossless = strictLossless
        self.holdout = holdout
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        try object.requireObject()
        cache = try object.string("cache", default: "off")
        strictLossless = try object.boolean("strict_lossless", default: false)
        holdout = try object.boolean("holdout", default: false)
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("cache", cache)
            fields.boolean("strict_lossless", strictLossless)
            fields.boolean("holdout", holdout)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "Features",
            "What a plan turns on.",
            [
                .optional("cache", .string(like: "off", "exact", "semantic"), "Which response cache may answer."),
                .optional("strict_lossless", .boolean, "Whether a translation that loses something is refused."),
                .optional("holdout", .boolean, "Whether savers leave this conversation alone, to compare."),
            ]
        )
    }
}
