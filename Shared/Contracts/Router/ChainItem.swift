public import JSON

/// Targets under one name, tried by a strategy.
public struct ChainItem: AdminItem {
    /// Its id: the name.
    public var id: String
    /// How the next target is chosen.
    public var strategy: String
    /// The targets, in order.
    public var steps: [String]
    /// The share of each step where the strategy is `weighted`: 1 to 1000, in the order of the steps; empty for equal ones.
    public var weights: [Int]
    /// Whether a second target is asked when the first one takes longer than it usually does.
    public var hedge: Bool
    /// Whether the configuration file declares it, so that it is read-only.
    public var declared: Bool
    /// Its version; an edit that carries another one is refused.
    public var etag: String

    /// Makes one from its members.
    public init(
        id: String = "",
        strategy: String = "priority",
        steps: [String] = [],
        weights: [Int] = [],
        hedge: Bool = false,
        declared: Bool = false,
        etag: String = ""
    ) {
        self.id = id
        self.strategy = strategy
        self.steps = steps
        self.weights = weights
        self.hedge = hedge
        self.declared = declared
        self.etag = etag
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        id = try object.string("id", default: "")
        strategy = try object.string("strategy", default: "priority")
        steps = try object.strings("steps")
        weights = try object.integers("weights", default: [])
        hedge = try object.boolean("hedge", default: false)
        declared = try object.boolean("declared", default: false)
        etag = try object.string("etag", default: "")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("id", id)
            fields.string("strategy", strategy)
            fields.strings("steps", steps)
            fields.integers("weights", weights)
            fields.boolean("hedge", hedge)
            fields.boolean("declared", declared)
            fields.string("etag", etag)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "ChainItem",
            "Targets under one name, tried by a strategy.",
            [
                .optional("id", .string, "Its id: the name."),
                .optional(
                    "strategy",
                    .string(like: "priority", "round_robin", "weighted", "cost", "latency", "least_busy"),
                    "How the next target is chosen."
                ),
                .required("steps", .array(of: .string), "The targets, in order."),
                .optional(
                    "weights",
                    .array(of: .integer),
                    "The share of each step where the strategy is weighted: 1 to 1000, in the order of the steps; empty for equal ones."
                ),
                .optional(
                    "hedge",
                    .boolean,
                    "Whether a second target is asked when the first one takes longer than it usually does."
                ),
                .optional("declared", .boolean, "Whether the configuration file declares it, so that it is read-only."),
                .optional("etag", .string, "Its version; an edit that carries another one is refused."),
            ]
        )
    }
}
