public import JSON

/// Where a request comes from and where it goes: what policies and settings are chosen by.
public struct RequestScope: WireMessage {
    /// The tenant's id.
    public var tenant: String
    /// The key's id.
    public var key: String?
    /// The chain's name.
    public var chain: String?
    /// The provider's id.
    public var provider: String?
    /// The provider's own name of the model.
    public var model: String?

    /// Makes one from its members.
    public init(
        tenant: String,
        key: String? = nil,
        chain: String? = nil,
        provider: String? = nil,
        model: String? = nil
    ) {
        self.tenant = tenant
        self.key = key
        self.chain = chain
        self.provider = provider
        self.model = model
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        tenant = try object.string("tenant")
        key = try object.optionalString("key")
        chain = try object.optionalString("chain")
        provider = try object.optionalString("provider")
        model = try object.optionalString("model")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("tenant", tenant)
            fields.string("key", key)
            fields.string("chain", chain)
            fields.string("provider", provider)
            fields.string("model", model)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "RequestScope",
            "Where a request comes from and where it goes: what policies and settings are chosen by.",
            [
                .required("tenant", .string, "The tenant's id."),
                .nullable("key", .string, "The key's id."),
                .nullable("chain", .string, "The chain's name."),
                .nullable("provider", .string, "The provider's id."),
                .nullable("model", .string, "The provider's own name of the model."),
            ]
        )
    }
}
