public import JSON

/// Many accounts of one provider at once, a line for each.
public struct PutAccountsRequest: WireMessage {
    /// The provider's id or short name.
    public var provider: String
    /// Lines of a label, white space and a key; empty ones and those that begin with `#` are passed over.
    public var text: String
    /// What all of them have.
    public var priority: Int
    /// What all of them have.
    public var weight: Int
    /// What all of them have.
    public var settings: [String: String]

    /// Makes one from its members.
    public init(
        provider: String,
        text: String,
        priority: Int = 100,
        weight: Int = 1,
        settings: [String: String] = [:]
    ) {
        self.provider = provider
        self.text = text
        self.priority = priority
        self.weight = weight
        self.settings = settings
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        provider = try object.string("provider")
        text = try object.string("text")
        priority = try object.integer("priority", default: 100)
        weight = try object.integer("weight", default: 1)
        settings = try object.map("settings")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("provider", provider)
            fields.string("text", text)
            fields.integer("priority", priority)
            fields.integer("weight", weight)
            fields.map("settings", settings)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "PutAccountsRequest",
            "Many accounts of one provider at once, a line for each.",
            [
                .required("provider", .string, "The provider's id or short name."),
                .required(
                    "text",
                    .string,
                    "Lines of a label, white space and a key; empty ones and those that begin with # are passed over."
                ),
                .optional("priority", .integer, "The priority that all of them have."),
                .optional("weight", .integer, "The weight that all of them have."),
                .optional("settings", .map(of: .string), "The settings that all of them have."),
            ]
        )
    }
}

/// What became of each line.
public struct PutAccountsReply: WireMessage {
    /// In the order of the lines.
    public var results: [PutAccountResult]

    /// Makes one from its members.
    public init(results: [PutAccountResult]) {
        self.results = results
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        results = try object.array("results", PutAccountResult.init(from:))
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { $0.messages("results", results) }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "PutAccountsReply",
            "What became of each line.",
            [.required("results", .array(of: PutAccountResult.schema), "In the order of the lines.")]
        )
    }
}

/// What became of one line.
public struct PutAccountResult: WireMessage {
    /// The line's number, from 1.
    public var line: Int
    /// Its label; empty where it has none.
    public var label: String
    /// The account's id; null: it was not made.
    public var id: String?
    /// Why not, without any of the key; empty where it was.
    public var problem: String

    /// Makes one from its members.
    public init(line: Int, label: String, id: String? = nil, problem: String = "") {
        self.line = line
        self.label = label
        self.id = id
        self.problem = problem
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        line = try object.integer("line")
        label = try object.string("label")
        id = try object.optionalString("id")
        problem = try object.string("problem", default: "")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.integer("line", line)
            fields.string("label", label)
            fields.string("id", id)
            fields.string("problem", problem)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "PutAccountResult",
            "What became of one line.",
            [
                .required("line", .integer, "The line's number, from 1."),
                .required("label", .string, "Its label; empty where it has none."),
                .nullable("id", .string, "The account's id; null: it was not made."),
                .optional("problem", .string, "Why not; empty where it was. Never holds a key."),
            ]
        )
    }
}
