public import JSON

/// What is done about personal data.
public struct PIISection: WireMessage {
    /// Whether it looks at all; null: as a wider scope says.
    public var enabled: Bool?
    /// Which ways it looks; null: as a wider scope says.
    public var direction: String?
    /// What it does; null: as a wider scope says.
    public var action: GuardAction?
    /// How a match is masked.
    public var strategy: String?
    /// The least score that counts, 0 to 1.
    public var minScore: Double?
    /// Actions by entity, where they differ.
    public var entities: [String: String]
    /// What does the work; null: as a wider scope says.
    public var engine: String?

    /// Makes one from its members.
    public init(
        enabled: Bool? = nil,
        direction: String? = nil,
        action: GuardAction? = nil,
        strategy: String? = nil,
        minScore: Double? = nil,
        entities: [String: String] = [:],
        engine: String? = nil
    ) {
        self.enabled = enabled
        self.direction = direction
        self.action = action
        self.strategy = strategy
        self.minScore = minScore
        self.entities = entities
        self.engine = engine
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        try object.requireObject()
        enabled = try object.optionalBoolean("enabled")
        direction = try object.optionalString("direction")
        action = try object.optionalString("action").map(GuardAction.init(rawValue:))
        strategy = try object.optionalString("strategy")
        minScore = try object.optionalDouble("min_score")
        entities = try object.map("entities")
        engine = try object.optionalString("engine")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.boolean("enabled", enabled)
            fields.string("direction", direction)
            fields.string("action", action?.rawValue)
            fields.string("strategy", strategy)
            fields.double("min_score", minScore)
            fields.map("entities", entities)
            fields.string("engine", engine)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "PIISection",
            "What is done about personal data.",
            [
                .nullable("enabled", .boolean, "Whether it looks at all; null: as a wider scope says."),
                .nullable(
                    "direction",
                    .string(like: "inbound", "outbound", "both"),
                    "Which ways it looks; null: as a wider scope says."
                ),
                .nullable("action", GuardAction.schema, "What it does; null: as a wider scope says."),
                .nullable(
                    "strategy",
                    .string(like: "redact", "replace", "mask", "hash", "anonymize"),
                    "How a match is masked."
                ),
                .nullable("min_score", .number, "The least score that counts, 0 to 1."),
                .optional("entities", .map(of: .string), "Actions by entity, where they differ."),
                .nullable(
                    "engine",
                    .string(like: "native", "presidio"),
                    "What does the work; null: as a wider scope says."
                ),
            ]
        )
    }
}

/// What is done about prompt injection.
public struct InjectionSection: WireMessage {
    /// Whether it looks at all; null: as a wider scope says.
    public var enabled: Bool?
    /// Which ways it looks; null: as a wider scope says.
    public var direction: String?
    /// What it does; null: as a wider scope says.
    public var action: GuardAction?
    /// The least severity that counts.
    public var severity: Severity?

    /// Makes one from its members.
    public init(enabled: Bool? = nil, direction: String? = nil, action: GuardAction? = nil, severity: Severity? = nil) {
        self.enabled = enabled
        self.direction = direction
        self.action = action
        self.severity = severity
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        try object.requireObject()
        enabled = try object.optionalBoolean("enabled")
        direction = try object.optionalString("direction")
        action = try object.optionalString("action").map(GuardAction.init(rawValue:))
        severity = try object.optionalString("severity").map(Severity.init(rawValue:))
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.boolean("enabled", enabled)
            fields.string("direction", direction)
            fields.string("action", action?.rawValue)
            fields.string("severity", severity?.rawValue)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "InjectionSection",
            "What is done about prompt injection.",
            [
                .nullable("enabled", .boolean, "Whether it looks at all; null: as a wider scope says."),
                .nullable(
                    "direction",
                    .string(like: "inbound", "outbound", "both"),
                    "Which ways it looks; null: as a wider scope says."
                ),
                .nullable("action", GuardAction.schema, "What it does; null: as a wider scope says."),
                .nullable("severity", Severity.schema, "The least severity that counts."),
            ]
        )
    }
}
