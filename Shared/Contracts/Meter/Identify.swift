public import JSON

/// Asks whose key this is.
public struct IdentifyRequest: WireMessage {
    /// SHA-256 of the key, in lower-case hexadecimal.
    public var keySHA256: String

    /// Makes one from its members.
    public init(keySHA256: String) {
        self.keySHA256 = keySHA256
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        keySHA256 = try object.string("key_sha256")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("key_sha256", keySHA256)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "IdentifyRequest",
            "Asks whose key this is.",
            [
                .required("key_sha256", .string, "SHA-256 of the key, in lower-case hexadecimal.")
            ]
        )
    }
}

/// Whose key it is and what is left to it; all but the denial is null when the key is of no use.
public struct IdentifyReply: WireMessage {
    /// Why the key is of no use; null: it is good.
    public var denial: Denial?
    /// The key, never its secret.
    public var key: KeyItem?
    /// The plan that it names.
    public var plan: PlanItem?
    /// What it used, and its limits as they stand.
    public var budget: BudgetItem?

    /// Makes one from its members.
    public init(denial: Denial? = nil, key: KeyItem? = nil, plan: PlanItem? = nil, budget: BudgetItem? = nil) {
        self.denial = denial
        self.key = key
        self.plan = plan
        self.budget = budget
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        try object.requireObject()
        denial = try object.optionalObject("denial", Denial.init(from:))
        key = try object.optionalObject("key", KeyItem.init(from:))
        plan = try object.optionalObject("plan", PlanItem.init(from:))
        budget = try object.optionalObject("budget", BudgetItem.init(from:))
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.message("denial", denial)
            fields.message("key", key)
            fields.message("plan", plan)
            fields.message("budget", budget)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "IdentifyReply",
            "Whose key it is and what is left to it; all but the denial is null when the key is of no use.",
            [
                .nullable("denial", Denial.schema, "Why the key is of no use; null: it is good."),
                .nullable("key", KeyItem.schema, "The key, never its secret."),
                .nullable("plan", PlanItem.schema, "The plan that it names."),
                .nullable("budget", BudgetItem.schema, "What it used, and its limits as they stand."),
            ]
        )
    }
}
