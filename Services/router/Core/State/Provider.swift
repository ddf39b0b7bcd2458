package import Dialects

/// A provider as requests are sent to it.
package struct Provider: Hashable, Sendable {
    package var id: String
    package var alias: String?
    package var name: String
    /// The dialects it speaks at its base URL, the one it is asked in by clients of others first.
    package var dialects: [Dialect]
    /// Ends with the version segment; may have places that its accounts fill, see ``AccountSetting``.
    package var baseURL: String
    package var credential: CredentialScheme
    /// How it is addressed; `nil`: as its dialect is.
    package var connector: Connector?
    /// The path from the host's root that lists its models, where it is not the dialect's.
    package var modelsPath: String?
    /// How well its wire is known.
    package var evidence: Evidence
    /// Headers each request carries, names in lower case.
    package var headers: [String: String]
    /// Why it cannot be used yet; `nil` when it can.
    package var obstacle: String?
    package var isDeclared: Bool
    package var isBuiltin: Bool
    /// Whether its address may be a private one.
    package var allowsPrivate: Bool
    /// Whether requests may go out without an account.
    package var needsNoAccount: Bool
    /// Whether it knows `stream_options`.
    package var reportsStreamUsageOnRequest: Bool
    /// Whether it answers in streams, whole, or both.
    package var streams: StreamSupport
    /// Whether its answers may begin with reasoning between `<think>` tags; `nil`: the model's name tells.
    package var writesThinkTags: Bool?
    /// The proxies that its accounts go through which have none of their own.
    package var proxy: ProxyPool?

    package init(
        id: String,
        alias: String? = nil,
        name: String? = nil,
        dialects: [Dialect],
        baseURL: String,
        credential: CredentialScheme? = nil,
        connector: Connector? = nil,
        modelsPath: String? = nil,
        evidence: Evidence = .assumed,
        headers: [String: String] = [:],
        obstacle: String? = nil,
        isDeclared: Bool = false,
        isBuiltin: Bool = false,
        allowsPrivate: Bool = false,
        needsNoAccount: Bool = false,
        reportsStreamUsageOnRequest: Bool = true,
        streams: StreamSupport = .both,
        writesThinkTags: Bool? = nil
    ) {
        self.id = id
        self.alias = alias
        self.name = name ?? id
        self.dialects = dialects
        self.baseURL = baseURL
        self.credential = credential ?? Self.usualScheme(of: dialects.first, connector)
        self.connector = connector
        self.modelsPath = modelsPath
        self.evidence = evidence
        self.headers = headers
        self.obstacle = obstacle
        self.isDeclared = isDeclared
        self.isBuiltin = isBuiltin
        self.allowsPrivate = allowsPrivate
        self.needsNoAccount = needsNoAccount
        self.reportsStreamUsageOnRequest = reportsStreamUsageOnRequest
        self.streams = streams
        self.writesThinkTags = writesThinkTags
    }

    private static func usualScheme(of dialect: Dialect?, _ connector: Connector?) -> CredentialScheme {
        switch connector {
        case .azure: return .azureKeyHeader
        case .vertex: return .bearer
        case nil: break
        }
        return switch dialect {
        case .anthropicMessages: .apiKeyHeader
        case .gemini: .googleKeyHeader
        default: .bearer
        }
    }

    /// A provider of the catalogue.
    package init(_ entry: CatalogueProvider) {
        self.init(
            id: entry.id,
            alias: entry.alias,
            name: entry.name,
            dialects: entry.dialects,
            baseURL: entry.baseURL,
            credential: entry.credential,
            connector: entry.connector,
            modelsPath: entry.modelsPath,
            evidence: entry.evidence,
            headers: entry.headers,
            obstacle: entry.obstacle,
            isBuiltin: true,
            needsNoAccount: entry.credential == .none,
            streams: entry.streams
        )
    }

    /// The built-in provider that echoes, for trying the gateway without an account anywhere.
    ///
    /// The server answers for it on a socket of its own; it speaks to every client in the client's dialect.
    package static let demo = Provider(
        id: "demo",
        name: "KeiRouter demo (echo)",
        dialects: Dialect.clients,
        baseURL: "http://demo.invalid/v1",
        credential: CredentialScheme.none,
        isBuiltin: true,
        needsNoAccount: true
    )

    /// The dialect in which it is asked for a client: the client's own where it speaks it, else its first.
    package func dialect(for client: Dialect) -> Dialect? {
        dialects.contains(client) ? client : dialects.first
    }

    /// The header that carries an account's key; `nil` when there is no key to carry.
    package func credentialHeader(_ credential: Credential?) -> (name: String, value: String)? {
        guard let secret = credential?.secret else { return nil }
        return switch self.credential {
        case .bearer, .none, .other: ("authorization", "Bearer \(secret)")
        case .apiKeyHeader: ("x-api-key", secret)
        case .googleKeyHeader: ("x-goog-api-key", secret)
        case .azureKeyHeader: ("api-key", secret)
        }
    }
}

/// In which form a provider answers; the other one is made of it for clients that want it.
package enum StreamSupport: String, Hashable, Sendable, CaseIterable {
    /// As it is asked.
    case both
    /// In streams alone.
    case only
    /// Whole alone.
    case never

    /// Whether a provider is asked for a stream.
    ///
    /// - Parameter wanted: Whether the client wants one.
    /// - Returns: Whether it is.
    package func asks(wanted: Bool) -> Bool {
        switch self {
        case .both: wanted
        case .only: true
        case .never: false
        }
    }
}
