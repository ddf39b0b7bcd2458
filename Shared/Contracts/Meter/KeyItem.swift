public import JSON

/// A key, without its secret.
public struct KeyItem: AdminItem {
    /// Its id; empty in a put that creates it.
    public var id: String
    /// Its name.
    public var name: String
    /// The plan's name.
    public var plan: String?
    /// The project's id.
    public var project: String?
    /// What may be shown of the secret: `kr_ab12…wxyz`.
    public var display: String
    /// When it was made.
    public var createdUS: Int
    /// When it ends by itself.
    public var expiresUS: Int?
    /// When it was revoked.
    public var revokedUS: Int?
    /// When it was last admitted.
    public var lastUsedUS: Int?
    /// Whether the configuration file declares it, so that it is read-only.
    public var declared: Bool
    /// Its version; an edit that carries another one is refused.
    public var etag: String
    /// The secret: only in the answer that made it; in a put, a key of the caller's choosing.
    public var secret: String?
    /// What it has cost so far, in nano-dollars.
    public var spentNanoUSD: Int
    /// Its requests so far.
    public var requests: Int
    /// Its tokens so far.
    public var tokens: Int
    /// Its requests without a known price.
    public var unpricedRequests: Int
    /// The models it may use, with wildcards; empty: what its plan allows.
    public var allowedModels: [String]
    /// Whether a translation that loses something is refused, whatever its plan says.
    public var strictLossless: Bool

    /// Makes one from its members.
    public init(
        id: String = "",
        name: String,
        plan: String? = nil,
        project: String? = nil,
        display: String = "",
        createdUS: Int = 0,
        expiresUS: Int? = nil,
        revokedUS: Int? = nil,
        lastUsedUS: Int? = nil,
        declared: Bool = false,
        etag: String = "",
        secret: String? = nil,
        spentNanoUSD: Int = 0,
        requests: Int = 0,
        tokens: Int = 0,
        unpricedRequests: Int = 0,
        allowedModels: [String] = [],
        strictLossless: Bool = false
    ) {
        self.id = id
        self.name = name
        self.plan = plan
        self.project = project
        self.display = display
        self.createdUS = createdUS
        self.expiresUS = expiresUS
        self.revokedUS = revokedUS
        self.lastUsedUS = lastUsedUS
        self.declared = declared
        self.etag = etag
        self.secret = secret
        self.spentNanoUSD = spentNanoUSD
        self.requests = requests
        self.tokens = tokens
        self.unpricedRequests = unpricedRequests
        self.allowedModels = allowedModels
        self.strictLossless = strictLossless
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        id = try object.string("id", default: "")
        name = try object.string("name")
        plan = try object.optionalString("plan")
        project = try object.optionalString("project")
        display = try object.string("display", default: "")
        createdUS = try object.integer("created_us", default: 0)
        expiresUS = try object.optionalInteger("expires_us")
        revokedUS = try object.optionalInteger("revoked_us")
        lastUsedUS = try object.optionalInteger("last_used_us")
        declared = try object.boolean("declared", default: false)
        etag = try object.string("etag", default: "")
        secret = try object.optionalString("secret")
        spentNanoUSD = try object.integer("spent_nano_usd", default: 0)
        requests = try object.integer("requests", default: 0)
        tokens = try object.integer("tokens", default: 0)
        unpricedRequests = try object.integer("unpriced_requests", default: 0)
        allowedModels = try object.strings("allowed_models", default: [])
        strictLossless = try object.boolean("strict_lossless", default: false)
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("id", id)
            fields.string("name", name)
            fields.string("plan", plan)
            fields.string("project", project)
            fields.string("display", display)
            fields.integer("created_us", createdUS)
            fields.integer("expires_us", expiresUS)
            fields.integer("revoked_us", revokedUS)
            fields.integer("last_used_us", lastUsedUS)
            fields.boolean("declared", declared)
            fields.string("etag", etag)
            fields.string("secret", secret)
            fields.integer("spent_nano_usd", spentNanoUSD)
            fields.integer("requests", requests)
            fields.integer("tokens", tokens)
            fields.integer("unpriced_requests", unpricedRequests)
            fields.strings("allowed_models", allowedModels)
            fields.boolean("strict_lossless", strictLossless)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "KeyItem",
            "A key, without its secret.",
            [
                .optional("id", .string, "Its id; empty in a put that creates it."),
                .required("name", .string, "Its name."),
                .nullable("plan", .string, "The plan's name."),
                .nullable("project", .string, "The project's id."),
                .optional("display", .string, "What may be shown of the secret: `kr_ab12…wxyz`."),
                .optional("created_us", .integer, "When it was made."),
                .nullable("expires_us", .integer, "When it ends by itself."),
                .nullable("revoked_us", .integer, "When it was revoked."),
                .nullable("last_used_us", .integer, "When it was last admitted."),
                .optional("declared", .boolean, "Whether the configuration file declares it, so that it is read-only."),
                .optional("etag", .string, "Its version; an edit that carries another one is refused."),
                .nullable(
                    "secret",
                    .string,
                    "The secret: only in the answer that made it; in a put, a key of the caller's choosing."
                ),
                .optional("spent_nano_usd", .integer, "What it has cost so far, in nano-dollars."),
                .optional("requests", .integer, "Its requests so far."),
                .optional("tokens", .integer, "Its tokens so far."),
                .optional("unpriced_requests", .integer, "Its requests without a known price."),
                .optional(
                    "allowed_models",
                    .array(of: .string),
                    "The models it may use, with wildcards; empty: what its plan allows."
                ),
                .optional(
                    "strict_lossless",
                    .boolean,
                    "Whether a translation that loses something is refused, whatever its plan says."
                ),
            ]
        )
    }
}
