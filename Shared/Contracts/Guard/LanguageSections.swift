public import JSON

/// What is done about topics.
public struct TopicsSection: WireMessage {
    /// Whether it looks at all; null: as a wider scope says.
    public var enabled: Bool?
    /// Which ways it looks; null: as a wider scope says.
    public var direction: String?
    /// What it does; null: as a wider scope says.
    public var action: GuardAction?
    /// Whether the topics are the forbidden or the only allowed ones.
    public var mode: String?
    /// The topics.
    public var topics: [String]
    /// What does the work: the words of a topic, what a text means, or both; null: as a wider scope says.
    public var engine: String?
    /// The model that makes vectors for what a text means, as `provider/model`; null: as a wider scope says.
    public var embedder: String?
    /// How near a text must be to a topic, as a cosine, 0 to 1; null: as a wider scope says.
    public var similarityThreshold: Double?

    /// Makes one from its members.
    public init(
        enabled: Bool? = nil,
        direction: String? = nil,
        action: GuardAction? = nil,
        mode: String? = nil,
        topics: [String] = [],
        engine: String? = nil,
        embedder: String? = nil,
        similarityThreshold: Double? = nil
    ) {
        self.enabled = enabled
        self.direction = direction
        self.action = action
        self.mode = mode
        self.topics = topics
        self.engine = engine
        self.embedder = embedder
        self.similarityThreshold = similarityThreshold
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        try object.requireObject()
        enabled = try object.optionalBoolean("enabled")
        direction = try object.optionalString("direction")
        action = try object.optionalString("action").map(GuardAction.init(rawValue:))
        mode = try object.optionalString("mode")
        topics = try object.strings("topics", default: [])
        engine = try object.optionalString("engine")
        embedder = try object.optionalString("embedder")
        similarityThreshold = try object.optionalDouble("similarity_threshold")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.boolean("enabled", enabled)
            fields.string("direction", direction)
            fields.string("action", action?.rawValue)
            fields.string("mode", mode)
            fields.strings("topics", topics)
            fields.string("engine", engine)
            fields.string("embedder", embedder)
            fields.double("similarity_threshold", similarityThreshold)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "TopicsSection",
            "What is done about topics.",
            [
                .nullable("enabled", .boolean, "Whether it looks at all; null: as a wider scope says."),
                .nullable(
                    "direction",
                    .string(like: "inbound", "outbound", "both"),
                    "Which ways it looks; null: as a wider scope says."
                ),
                .nullable("action", GuardAction.schema, "What it does; null: as a wider scope says."),
                .nullable(
                    "mode",
                    .string(like: "block", "allow"),
                    "Whether the topics are the forbidden or the only allowed ones."
                ),
                .optional("topics", .array(of: .string), "The topics."),
                .nullable(
                    "engine",
                    .string(like: "keyword", "embedding", "hybrid"),
                    "What does the work: the words of a topic, what a text means, or both; null: as a wider scope says."
                ),
                .nullable(
                    "embedder",
                    .string,
                    "The model that makes vectors for what a text means, as provider/model; null: as a wider scope says."
                ),
                .nullable(
                    "similarity_threshold",
                    .number,
                    "How near a text must be to a topic, as a cosine, 0 to 1; null: as a wider scope says."
                ),
            ]
        )
    }
}

/// What is done about language that gets a score.
public struct ScoredSection: WireMessage {
    /// Whether it looks at all; null: as a wider scope says.
    public var enabled: Bool?
    /// Which ways it looks; null: as a wider scope says.
    public var direction: String?
    /// What it does; null: as a wider scope says.
    public var action: GuardAction?
    /// The least score that counts, 0 to 100.
    public var threshold: Int?
    /// The categories that count; empty: all.
    public var categories: [String]
    /// What does the work: native, or, for toxicity, openai beside it; null: as a wider scope says.
    public var engine: String?

    /// Makes one from its members.
    public init(
        enabled: Bool? = nil,
        direction: String? = nil,
        action: GuardAction? = nil,
        threshold: Int? = nil,
        categories: [String] = [],
        engine: String? = nil
    ) {
        self.enabled = enabled
        self.direction = direction
        self.action = action
        self.threshold = threshold
        self.categories = categories
        self.engine = engine
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        try object.requireObject()
        enabled = try object.optionalBoolean("enabled")
        direction = try object.optionalString("direction")
        action = try object.optionalString("action").map(GuardAction.init(rawValue:))
        threshold = try object.optionalInteger("threshold")
        categories = try object.strings("categories", default: [])
        engine = try object.optionalString("engine")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.boolean("enabled", enabled)
            fields.string("direction", direction)
            fields.string("action", action?.rawValue)
            fields.integer("threshold", threshold)
            fields.strings("categories", categories)
            fields.string("engine", engine)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "ScoredSection",
            "What is done about language that gets a score.",
            [
                .nullable("enabled", .boolean, "Whether it looks at all; null: as a wider scope says."),
                .nullable(
                    "direction",
                    .string(like: "inbound", "outbound", "both"),
                    "Which ways it looks; null: as a wider scope says."
                ),
                .nullable("action", GuardAction.schema, "What it does; null: as a wider scope says."),
                .nullable("threshold", .integer, "The least score that counts, 0 to 100."),
                .optional("categories", .array(of: .string), "The categories that count; empty: all."),
                .nullable(
                    "engine",
                    .string(like: "native", "openai"),
                    "What does the work: native, or, for toxicity, openai beside it; null: as a wider scope says."
                ),
            ]
        )
    }
}

/// An operator's own pattern or list of words.
public struct CustomPattern: WireMessage {
    /// Its name, which findings carry.
    public var name: String
    /// The regular expression; empty where there are words.
    public var pattern: String
    /// Words in place of a pattern, found whole and in either case.
    public var words: [String]
    /// Which ways it looks: inbound, outbound or both; null: both.
    public var direction: String?
    /// What is done about a match.
    public var action: GuardAction

    /// Makes one from its members.
    public init(
        name: String,
        pattern: String = "",
        words: [String] = [],
        direction: String? = nil,
        action: GuardAction
    ) {
        self.name = name
        self.pattern = pattern
        self.words = words
        self.direction = direction
        self.action = action
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        name = try object.string("name")
        pattern = try object.string("pattern", default: "")
        words = try object.strings("words", default: [])
        direction = try object.optionalString("direction")
        action = GuardAction(rawValue: try object.string("action"))
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("name", name)
            fields.string("pattern", pattern)
            fields.strings("words", words)
            fields.string("direction", direction)
            fields.string("action", action.rawValue)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "CustomPattern",
            "An operator's own pattern or list of words.",
            [
                .required("name", .string, "Its name, which findings carry."),
                .optional("pattern", .string, "The regular expression; empty where there are words."),
                .optional("words", .array(of: .string), "Words in place of a pattern, found whole and in either case."),
                .nullable(
                    "direction",
                    .string(like: "inbound", "outbound", "both"),
                    "Which ways it looks; null: both."
                ),
                .required("action", GuardAction.schema, "What is done about a match."),
            ]
        )
    }
}
