import Dialects
import JSON
import RouterCore

/// Values that several suites start from.
enum Samples {
    static let start = ContinuousClock.now

    static let acme = Provider(
        id: "acme",
        dialects: [.openAIChat],
        baseURL: "https://acme.example/v1",
        isDeclared: true
    )
    static let beta = Provider(
        id: "beta",
        dialects: [.openAIChat],
        baseURL: "https://beta.example/v1",
        isDeclared: true
    )
    static let gamma = Provider(
        id: "gamma",
        dialects: [.anthropicMessages],
        baseURL: "https://gamma.example/v1",
        isDeclared: true
    )

    static let emptyCatalogue = Catalogue(providers: [], models: [])

    static func account(
        _ id: String,
        _ provider: String,
        priority: Int = 100,
        weight: Int = 1,
        isEnabled: Bool = true,
        created: Int = 0
    ) -> Account {
        Account(
            id: id,
            provider: provider,
            priority: priority,
            weight: weight,
            isEnabled: isEnabled,
            createdUS: created,
            credential: Credential("secret-\(id)")
        )
    }

    static func state(
        accounts: [Account],
        aliases: [String: String] = [:],
        chains: [Chain] = []
    ) -> RouterState {
        RouterState(
            catalogue: emptyCatalogue,
            providers: [acme, beta, gamma],
            accounts: accounts,
            aliases: aliases,
            chains: chains,
            includesDemo: false
        )
    }

    static func target(_ provider: Provider, _ model: String) -> RoutedTarget {
        RoutedTarget(provider: provider, model: model)
    }

    static func failure(_ kind: FailureKind, retryAfter: Duration? = nil) -> FailureClass {
        FailureClass(UpstreamFault(kind: kind), retryAfter: retryAfter)
    }

    static func facts(_ body: String, _ dialect: Dialect = .openAIChat) throws -> RequestFacts {
        try RequestFacts.read(JSONDocument(Array(body.utf8)), dialect: dialect)
    }
}
