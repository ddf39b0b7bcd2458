public import JSON

/// Asks a provider for its list of models, unless it was asked lately.
public struct RefreshModelsRequest: WireMessage {
    /// The provider's id or short name.
    public var provider: String
    /// Whether to ask although the last answer is younger than an hour.
    public var force: Bool

    /// Makes one from its members.
    public init(provider: String, force: Bool = false) {
        self.provider = provider
        self.force = force
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        provider = try object.string("provider")
        force = try object.boolean("force", default: false)
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("provider", provider)
            fields.boolean("force", force)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "RefreshModelsRequest",
            "Asks a provider for its list of models, unless it was asked lately.",
            [
                .required("provider", .string, "The provider's id or short name."),
                .optional("force", .boolean, "Whether to ask although the last answer is younger than an hour."),
            ]
        )
    }
}

/// What a provider says that it has.
public struct RefreshModelsReply: WireMessage {
    /// The provider's id.
    public var provider: String
    /// Its own names of its models, in order.
    public var models: [String]
    /// When it said so, in microseconds since the epoch.
    public var fetchedUS: Int
    /// Whether that is an earlier answer.
    public var cached: Bool

    /// Makes one from its members.
    public init(provider: String, models: [String], fetchedUS: Int, cached: Bool) {
        self.provider = provider
        self.models = models
        self.fetchedUS = fetchedUS
        self.cached = cached
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        provider = try object.string("provider")
        models = try object.strings("models")
        fetchedUS = try object.integer("fetched_us")
        cached = try object.boolean("cached")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("provider", provider)
            fields.strings("models", models)
            fields.integer("fetched_us", fetchedUS)
            fields.boolean("cached", cached)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "RefreshModelsReply",
            "What a provider says that it has.",
            [
                .required("provider", .string, "The provider's id."),
                .required("models", .array(of: .string), "Its own names of its models, in order."),
                .required("fetched_us", .integer, "When it said so, in microseconds since the epoch."),
                .required("cached", .boolean, "Whether that is an earlier answer."),
            ]
        )
    }
}
