public import JSON

/// What one provider, model or key used, bucket by bucket.
public struct UsageSeries: WireMessage {
    /// The provider's id, `provider/model` or the key's id.
    public var name: String
    /// Where the first bucket begins; the others follow without a gap.
    public var startUS: Int
    /// The requests of each bucket.
    public var requests: [Int]
    /// The tokens of each bucket, read and written.
    public var tokens: [Int]
    /// What each bucket cost, in nano-dollars.
    public var costNanoUSD: [Int]

    /// Makes one from its members.
    public init(name: String, startUS: Int, requests: [Int] = [], tokens: [Int] = [], costNanoUSD: [Int] = []) {
        self.name = name
        self.startUS = startUS
        self.requests = requests
        self.tokens = tokens
        self.costNanoUSD = costNanoUSD
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        name = try object.string("name")
        startUS = try object.integer("start_us")
        requests = try object.integers("requests", default: [])
        tokens = try object.integers("tokens", default: [])
        costNanoUSD = try object.integers("cost_nano_usd", default: [])
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("name", name)
            fields.integer("start_us", startUS)
            fields.integers("requests", requests)
            fields.integers("tokens", tokens)
            fields.integers("cost_nano_usd", costNanoUSD)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "UsageSeries",
            "What one provider, model or key used, bucket by bucket.",
            [
                .required("name", .string, "The provider's id, `provider/model` or the key's id."),
                .required("start_us", .integer, "Where the first bucket begins; the others follow without a gap."),
                .optional("requests", .array(of: .integer), "The requests of each bucket."),
                .optional("tokens", .array(of: .integer), "The tokens of each bucket, read and written."),
                .optional("cost_nano_usd", .array(of: .integer), "What each bucket cost, in nano-dollars."),
            ]
        )
    }
}
