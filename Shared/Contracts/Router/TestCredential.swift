public import JSON

/// A credential to try without spending, before it is saved.
public struct TestCredentialRequest: WireMessage {
    /// A provider that is known here; null: the one that the members below describe.
    public var provider: String?
    /// What it speaks.
    public var dialect: String
    /// Where it is, up to the version segment.
    public var baseURL: String
    /// Headers to send as well.
    public var headers: [String: String]
    /// The credential; empty where none is needed.
    public var apiKey: String
    /// The proxy to go through, by its id.
    public var proxy: String?
    /// The explicit tick that a private or loopback address is meant.
    public var allowPrivate: Bool
    /// How the described provider is addressed, as in ``ProviderItem/connector``.
    public var connector: String
    /// The settings of the account, as in ``AccountItem/settings``.
    public var settings: [String: String]

    /// Makes one from its members.
    public init(
        provider: String? = nil,
        dialect: String = "openai",
        baseURL: String = "",
        headers: [String: String] = [:],
        apiKey: String = "",
        proxy: String? = nil,
        allowPrivate: Bool = false,
        connector: String = "",
        settings: [String: String] = [:]
    ) {
        self.provider = provider
        self.dialect = dialect
        self.baseURL = baseURL
        self.headers = headers
        self.apiKey = apiKey
        self.proxy = proxy
        self.allowPrivate = allowPrivate
        self.connector = connector
        self.settings = settings
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        try object.requireObject()
        provider = try object.optionalString("provider")
        dialect = try object.string("dialect", default: "openai")
        baseURL = try object.string("base_url", default: "")
        headers = try object.map("headers")
        apiKey = try object.string("api_key", default: "")
        proxy = try object.optionalString("proxy")
        allowPrivate = try object.boolean("allow_private", default: false)
        connector = try object.string("connector", default: "")
        settings = try object.map("settings")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("provider", provider)
            fields.string("dialect", dialect)
            fields.string("base_url", baseURL)
            fields.map("headers", headers)
            fields.string("api_key", apiKey)
            fields.string("proxy", proxy)
            fields.boolean("allow_private", allowPrivate)
            fields.string("connector", connector)
            fields.map("settings", settings)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "TestCredentialRequest",
            "A credential to try without spending, before it is saved.",
            [
                .nullable(
                    "provider",
                    .string,
                    "A provider that is known here; null: the one that the members below describe."
                ),
                .optional("dialect", .string(like: "openai", "anthropic", "gemini"), "What it speaks."),
                .optional("base_url", .string, "Where it is, up to the version segment."),
                .optional("headers", .map(of: .string), "Headers to send as well."),
                .optional("api_key", .string, "The credential; empty where none is needed."),
                .nullable("proxy", .string, "The proxy to go through, by its id."),
                .optional("allow_private", .boolean, "The explicit tick that a private or loopback address is meant."),
                .optional("connector", .string(like: "azure", "vertex", ""), "How the provider is addressed."),
                .optional("settings", .map(of: .string), "The settings of the account, by their names."),
            ]
        )
    }
}
