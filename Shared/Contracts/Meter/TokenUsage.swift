public import JSON

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
