package import Dialects

/// How a provider wants to see its key.
package enum CredentialScheme: String, Hashable, Sendable {
    /// `Authorization: Bearer …`.
    case bearer
    /// `x-api-key: …`.
    case apiKeyHeader = "x-api-key"
    /// `x-goog-api-key: …`.
    case googleKeyHeader = "x-goog-api-key"
    /// `api-key: …`.
    case azureKeyHeader = "api-key"
    /// No key; one that is there is sent as a bearer.
    case none
    /// A scheme that is not built yet.
    case other
}

/// How well the wire of a provider is known.
package enum Evidence: String, Hashable, Sendable, CaseIterable {
    /// From exchanges with the provider itself, kept with the tests.
    case recorded
    /// From what the provider has published.
    case documented
    /// From the claim that it is compatible.
    case assumed
}

/// A provider as the built-in catalogue knows it.
package struct CatalogueProvider: Hashable, Sendable {
    package let id: String
    package let alias: String
    package let name: String
    /// The wire's name in the catalogue.
    package let wire: String
    package let baseURL: String
    package let credential: CredentialScheme
    /// Headers each request carries, names in lower case.
    package let headers: [String: String]
    package let kinds: [String]
    /// Why it cannot be used yet; `nil` when it can.
    package let obstacle: String?
    package let evidence: Evidence
    package let connector: Connector?
    /// The path from the host's root that lists its models; `nil`: the dialect's behind the base URL.
    package let modelsPath: String?
    /// In which form it answers.
    package let streams: StreamSupport

    package var dialect: Dialect? { Dialect(rawValue: wire) }
    /// What it speaks at its base URL, its first dialect first.
    package var dialects: [Dialect] {
        guard let dialect else { return [] }
        if connector == .vertex { return Connector.vertexDialects(first: dialect) }
        return Self.speakResponses.contains(id) ? [dialect, .openAIResponses] : [dialect]
    }

    /// Makers of models who answer to OpenAI's Responses beside Chat Completions.
    private static let speakResponses: Set<String> = ["openai", "xai"]

    package var isSupported: Bool { obstacle == nil }
}

/// A model as the built-in catalogue knows it.
package struct CatalogueModel: Hashable, Sendable {
    package let provider: String
    package let id: String
    package let name: String
    /// What it does: `llm`, `embedding`, `image` and so on.
    package let kind: String
    package let contextWindow: Int?
    package let maxOutput: Int?
    /// What it takes beside text; `nil`: not known.
    package let abilities: ModelAbilities?
}

/// The providers and models that come with the product.
package struct Catalogue: Sendable {
    /// In the order of their ids.
    package let providers: [CatalogueProvider]
    private let providerIndex: [String: Int]
    private let modelsByProvider: [String: [CatalogueModel]]

    package init(providers: [CatalogueProvider], models: [CatalogueModel]) {
        self.providers = providers
        var index: [String: Int] = [:]
        for (position, provider) in providers.enumerated() {
            index[provider.id] = position
        }
        // An id always wins over another provider's alias.
        for (position, provider) in providers.enumerated() where index[provider.alias] == nil {
            index[provider.alias] = position
        }
        providerIndex = index
        modelsByProvider = Dictionary(grouping: models, by: \.provider)
    }

    /// The provider with this id or alias.
    package func provider(_ idOrAlias: String) -> CatalogueProvider? {
        providerIndex[idOrAlias].map { providers[$0] }
    }

    /// The models of a provider, by its id.
    package func models(of provider: String) -> [CatalogueModel] {
        modelsByProvider[provider] ?? []
    }

    package func model(provider: String, id: String) -> CatalogueModel? {
        modelsByProvider[provider]?.first { $0.id == id }
    }

    /// All models, provider by provider.
    package var models: [CatalogueModel] { providers.flatMap { models(of: $0.id) } }

    /// The catalogue of this build.
    package static let builtin = Catalogue(
        providers: rows(CatalogueData.providers).compactMap(CatalogueProvider.init(fields:)),
        models: rows(CatalogueData.models).compactMap(CatalogueModel.init(fields:))
    )

    private static func rows(_ text: StaticString) -> [[Substring]] {
        "\(text)".split(separator: "\n").map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
    }
}

extension CatalogueProvider {
    fileprivate init?(fields: [Substring]) {
        guard fields.count == 13 else { return nil }
        var headers: [String: String] = [:]
        for header in fields[8].split(separator: ";") {
            guard let colon = header.firstIndex(of: ":") else { continue }
            headers[String(header[..<colon])] = String(header[colon...].dropFirst(2))
        }
        self.init(
            id: String(fields[0]),
            alias: String(fields[1]),
            name: String(fields[7]),
            wire: String(fields[2]),
            baseURL: String(fields[3]),
            credential: CredentialScheme(rawValue: String(fields[4])) ?? .other,
            headers: headers,
            kinds: fields[5].split(separator: ",").map(String.init),
            obstacle: fields[6].isEmpty ? nil : String(fields[6]),
            evidence: Evidence(rawValue: String(fields[9])) ?? .assumed,
            connector: Connector(rawValue: String(fields[10])),
            modelsPath: fields[11].isEmpty ? nil : String(fields[11]),
            streams: fields[12].isEmpty ? .both : StreamSupport(rawValue: String(fields[12])) ?? .both
        )
    }
}

extension CatalogueModel {
    private static func ability(_ letter: Character) -> ModelAbilities {
        switch letter {
        case "t": .tools
        case "v": .vision
        case "a": .audio
        case "p": .prefill
        default: []
        }
    }

    fileprivate init?(fields: [Substring]) {
        guard fields.count == 7 else { return nil }
        var abilities: ModelAbilities?
        if fields[6] != "-" {
            abilities = fields[6].reduce(into: ModelAbilities()) { abilities, letter in
                abilities.formUnion(Self.ability(letter))
            }
        }
        self.init(
            provider: String(fields[0]),
            id: String(fields[1]),
            name: String(fields[5]),
            kind: String(fields[2]),
            contextWindow: Int(fields[3]),
            maxOutput: Int(fields[4]),
            abilities: abilities
        )
    }
}
