public import JSON

/// The price of a model, in nano-dollars for a million tokens; null means not known.
public struct PriceItem: AdminItem {
    /// Its id: `provider/model`.
    public var id: String
    /// The provider's id.
    public var provider: String
    /// The provider's own name of the model.
    public var model: String
    /// Input outside any cache.
    public var inputNano: Int?
    /// Output.
    public var outputNano: Int?
    /// Input from the cache.
    public var cacheReadNano: Int?
    /// Input written to a cache of five minutes.
    public var cacheWriteNano: Int?
    /// Input written to a cache of an hour.
    public var cacheWrite1hNano: Int?
    /// Reasoning, where it has a price of its own.
    public var reasoningNano: Int?
    /// Where the price comes from.
    public var source: String
    /// Whether the configuration file declares it, so that it is read-only.
    public var declared: Bool
    /// Its version; an edit that carries another one is refused.
    public var etag: String

    /// Makes one from its members.
    public init(
        id: String = "",
        provider: String,
        model: String,
        inputNano: Int? = nil,
        outputNano: Int? = nil,
        cacheReadNano: Int? = nil,
        cacheWriteNano: Int? = nil,
        cacheWrite1hNano: Int? = nil,
        reasoningNano: Int? = nil,
        source: String = "",
        declared: Bool = false,
        etag: String = ""
    ) {
        self.id = id
        self.provider = provider
        self.model = model
        self.inputNano = inputNano
        self.outputNano = outputNano
        self.cacheReadNano = cacheReadNano
        self.cacheWriteNano = cacheWriteNano
        self.cacheWrite1hNano = cacheWrite1hNano
        self.reasoningNano = reasoningNano
        self.source = source
        self.declared = declared
        self.etag = etag
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        id = try object.string("id", default: "")
        provider = try object.string("provider")
        model = try object.string("model")
        inputNano = try object.optionalInteger("input_nano")
        outputNano = try object.optionalInteger("output_nano")
        cacheReadNano = try object.optionalInteger("cache_read_nano")
        cacheWriteNano = try object.optionalInteger("cache_write_nano")
        cacheWrite1hNano = try object.optionalInteger("cache_write_1h_nano")
        reasoningNano = try object.optionalInteger("reasoning_nano")
        source = try object.string("source", default: "")
        declared = try object.boolean("declared", default: false)
        etag = try object.string("etag", default: "")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("id", id)
            fields.string("provider", provider)
            fields.string("model", model)
            fields.integer("input_nano", inputNano)
            fields.integer("output_nano", outputNano)
            fields.integer("cache_read_nano", cacheReadNano)
            fields.integer("cache_write_nano", cacheWriteNano)
            fields.integer("cache_write_1h_nano", cacheWrite1hNano)
            fields.integer("reasoning_nano", reasoningNano)
            fields.string("source", source)
            fields.boolean("declared", declared)
            fields.string("etag", etag)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "PriceItem",
            "The price of a model, in nano-dollars for a million tokens; null means not known.",
            [
                .optional("id", .string, "Its id: `provider/model`."),
                .required("provider", .string, "The provider's id."),
                .required("model", .string, "The provider's own name of the model."),
                .nullable("input_nano", .integer, "Input outside any cache."),
                .nullable("output_nano", .integer, "Output."),
                .nullable("cache_read_nano", .integer, "Input from the cache."),
                .nullable("cache_write_nano", .integer, "Input written to a cache of five minutes."),
                .nullable("cache_write_1h_nano", .integer, "Input written to a cache of an hour."),
                .nullable("reasoning_nano", .integer, "Reasoning, where it has a price of its own."),
                .optional("source", .string, "Where the price comes from."),
                .optional("declared", .boolean, "Whether the configuration file declares it, so that it is read-only."),
                .optional("etag", .string, "Its version; an edit that carries another one is refused."),
            ]
        )
    }
}
