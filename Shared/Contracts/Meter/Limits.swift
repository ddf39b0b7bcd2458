public import JSON

/// What is left of a budget.
public struct Remaining: WireMessage {
    /// The money left in the period, in nano-dollars; null without a limit.
    public var nanoUSD: Int?
    /// The tokens left in the period; null without a limit.
    public var tokens: Int?

    /// Makes one from its members.
    public init(nanoUSD: Int? = nil, tokens: Int? = nil) {
        self.nanoUSD = nanoUSD
        self.tokens = tokens
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        try object.requireObject()
        nanoUSD = try object.optionalInteger("nano_usd")
        tokens = try object.optionalInteger("tokens")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.integer("nano_usd", nanoUSD)
            fields.integer("tokens", tokens)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "Remaining",
            "What is left of a budget.",
            [
                .nullable("nano_usd", .integer, "The money left in the period, in nano-dollars; null without a limit."),
                .nullable("tokens", .integer, "The tokens left in the period; null without a limit."),
            ]
        )
    }
}

/// Where the rate limits of a key stand.
public struct LimitsState: WireMessage {
    /// Requests in a minute.
    public var rpm: Rate?
    /// Uncached input and output tokens in a minute.
    public var tpm: Rate?
    /// Requests at once.
    public var concurrency: Concurrency?

    /// Makes one from its members.
    public init(rpm: Rate? = nil, tpm: Rate? = nil, concurrency: Concurrency? = nil) {
        self.rpm = rpm
        self.tpm = tpm
        self.concurrency = concurrency
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        try object.requireObject()
        rpm = try object.optionalObject("rpm", Rate.init(from:))
        tpm = try object.optionalObject("tpm", Rate.init(from:))
        concurrency = try object.optionalObject("concurrency", Concurrency.init(from:))
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.message("rpm", rpm)
            fields.message("tpm", tpm)
            fields.message("concurrency", concurrency)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "LimitsState",
            "Where the rate limits of a key stand.",
            [
                .nullable("rpm", Rate.schema, "Requests in a minute."),
                .nullable("tpm", Rate.schema, "Uncached input and output tokens in a minute."),
                .nullable("concurrency", Concurrency.schema, "Requests at once."),
            ]
        )
    }
}

/// One rate limit.
public struct Rate: WireMessage {
    /// The most in a window.
    public var limit: Int
    /// What is left of it.
    public var remaining: Int
    /// When the window is whole again.
    public var resetMS: Int

    /// Makes one from its members.
    public init(limit: Int, remaining: Int, resetMS: Int) {
        self.limit = limit
        self.remaining = remaining
        self.resetMS = resetMS
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        limit = try object.integer("limit")
        remaining = try object.integer("remaining")
        resetMS = try object.integer("reset_ms")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.integer("limit", limit)
            fields.integer("remaining", remaining)
            fields.integer("reset_ms", resetMS)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "Rate",
            "One rate limit.",
            [
                .required("limit", .integer, "The most in a window."),
                .required("remaining", .integer, "What is left of it."),
                .required("reset_ms", .integer, "When the window is whole again."),
            ]
        )
    }
}

/// The limit on requests at once.
public struct Concurrency: WireMessage {
    /// The most at once.
    public var limit: Int
    /// How many run now, this one included.
    public var inUse: Int

    /// Makes one from its members.
    public init(limit: Int, inUse: Int) {
        self.limit = limit
        self.inUse = inUse
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        limit = try object.integer("limit")
        inUse = try object.integer("in_use")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.integer("limit", limit)
            fields.integer("in_use", inUse)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "Concurrency",
            "The limit on requests at once.",
            [
                .required("limit", .integer, "The most at once."),
                .required("in_use", .integer, "How many run now, this one included."),
            ]
        )
    }
}
