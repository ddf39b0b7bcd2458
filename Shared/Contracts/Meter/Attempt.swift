public import JSON

/// One try at one provider.
public struct Attempt: WireMessage {
    /// Its number, from 1.
    public var n: Int
    /// The provider's id.
    public var provider: String
    /// The provider's own name of the model.
    public var model: String
    /// The account's id.
    public var account: String
    /// The HTTP status, 0 when there was none.
    public var status: Int
    /// Why it failed, in snake_case.
    public var reason: String?
    /// How long it took.
    public var durationMS: Int
    /// What it used.
    public var usage: TokenUsage
    /// Who counted.
    public var usageSource: UsageSource

    /// Makes one from its members.
    public init(
        n: Int,
        provider: String,
        model: String,
        account: String,
        status: Int,
        reason: String? = nil,
        durationMS: Int,
        usage: TokenUsage = TokenUsage(),
        usageSource: UsageSource
    ) {
        self.n = n
        self.provider = provider
        self.model = model
        self.account = account
        self.status = status
        self.reason = reason
        self.durationMS = durationMS
        self.usage = usage
        self.usageSource = usageSource
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        n = try object.integer("n")
        provider = try object.string("provider")
        model = try object.string("model")
        account = try object.string("account")
        status = try object.integer("status")
        reason = try object.optionalString("reason")
        durationMS = try object.integer("duration_ms")
        usage = try object.optionalObject("usage", TokenUsage.init(from:)) ?? TokenUsage()
        usageSource = UsageSource(rawValue: try object.string("usage_source"))
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.integer("n", n)
            fields.string("provider", provider)
            fields.string("model", model)
            fields.string("account", account)
            fields.integer("status", status)
            fields.string("reason", reason)
            fields.integer("duration_ms", durationMS)
            fields.message("usage", usage)
            fields.string("usage_source", usageSource.rawValue)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "Attempt",
            "One try at one provider.",
            [
                .required("n", .integer, "Its number, from 1."),
                .required("provider", .string, "The provider's id."),
                .required("model", .string, "The provider's own name of the model."),
                .required("account", .string, "The account's id."),
                .required("status", .integer, "The HTTP status, 0 when there was none."),
                .nullable("reason", .string, "Why it failed, in snake_case."),
                .required("duration_ms", .integer, "How long it took."),
                .optional("usage", TokenUsage.schema, "What it used."),
                .required("usage_source", UsageSource.schema, "Who counted."),
            ]
        )
    }
}

/// Tokens by price class.
///
/// `input` excludes the cache classes; `reasoning` is a part of `output`.
public struct TokenUsage: WireMessage {
    /// Input tokens outside any cache.
    public var input: Int
    /// Input tokens from the provider's cache.
    public var cacheRead: Int
    /// Input tokens written to a cache of five minutes.
    public var cacheWrite5m: Int
    /// Input tokens written to a cache of an hour.
    public var cacheWrite1h: Int
    /// Output tokens, reasoning included.
    public var output: Int
    /// The part of the output that was reasoning.
    public var reasoning: Int
    /// Audio input tokens.
    public var audioIn: Int
    /// Audio output tokens.
    public var audioOut: Int
    /// What is not counted in tokens: images, searches, pages.
    public var units: Int

    /// Makes one from its members.
    public init(
        input: Int = 0,
        cacheRead: Int = 0,
        cacheWrite5m: Int = 0,
        cacheWrite1h: Int = 0,
        output: Int = 0,
        reasoning: Int = 0,
        audioIn: Int = 0,
        audioOut: Int = 0,
        units: Int = 0
    ) {
        self.input = input
        self.cacheRead = cacheRead
        self.cacheWrite5m = cacheWrite5m
        self.cacheWrite1h = cacheWrite1h
        self.output = output
        self.reasoning = reasoning
        self.audioIn = audioIn
        self.audioOut = audioOut
        self.units = units
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        try object.requireObject()
        input = try object.integer("input", default: 0)
        cacheRead = try object.integer("cache_read", default: 0)
        cacheWrite5m = try object.integer("cache_write_5m", default: 0)
        cacheWrite1h = try object.integer("cache_write_1h", default: 0)
        output = try object.integer("output", default: 0)
        reasoning = try object.integer("reasoning", default: 0)
        audioIn = try object.integer("audio_in", default: 0)
        audioOut = try object.integer("audio_out", default: 0)
        units = try object.integer("units", default: 0)
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.integer("input", input)
            fields.integer("cache_read", cacheRead)
            fields.integer("cache_write_5m", cacheWrite5m)
            fields.integer("cache_write_1h", cacheWrite1h)
            fields.integer("output", output)
            fields.integer("reasoning", reasoning)
            fields.integer("audio_in", audioIn)
            fields.integer("audio_out", audioOut)
            fields.integer("units", units)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "TokenUsage",
            "Tokens by price class.",
            [
                .optional("input", .integer, "Input tokens outside any cache."),
                .optional("cache_read", .integer, "Input tokens from the provider's cache."),
                .optional("cache_write_5m", .integer, "Input tokens written to a cache of five minutes."),
                .optional("cache_write_1h", .integer, "Input tokens written to a cache of an hour."),
                .optional("output", .integer, "Output tokens, reasoning included."),
                .optional("reasoning", .integer, "The part of the output that was reasoning."),
                .optional("audio_in", .integer, "Audio input tokens."),
                .optional("audio_out", .integer, "Audio output tokens."),
                .optional("units", .integer, "What is not counted in tokens: images, searches, pages."),
            ]
        )
    }
}

/// Who counted the tokens.
public struct UsageSource: OpenEnum {
    /// The provider said so.
    public static let provider = UsageSource(rawValue: "provider")
    /// The router estimated it.
    public static let estimated = UsageSource(rawValue: "estimated")
    /// The values that this build knows.
    public static let known: [UsageSource] = [provider, estimated]

    /// The text on the wire.
    public let rawValue: String

    /// Takes any text: a newer peer may send one that this build does not know.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }
}
