import Bootstrap
import Dialects
import HTTP
import RouterCore

/// The proxies, providers, accounts, aliases and chains that the configuration file declares.
package struct RouterDeclaration: Sendable {
    /// The parts of `declare:` that are the router's.
    package static let parts = ["proxies", "providers", "accounts", "aliases", "chains"]

    var proxies: [DeclaredProxy] = []
    var providers: [DeclaredProvider] = []
    var accounts: [DeclaredAccount] = []
    var aliases: [DeclaredAlias] = []
    var chains: [DeclaredChain] = []

    package init() {}

    /// Host and port of everything that the file names itself.
    var destinations: [HTTP.HostPort] {
        var destinations = providers.compactMap { BookRules.destination(ofBaseURL: $0.baseURL) }
        destinations += proxies.flatMap(\.urls).map(\.destination)
        for case .url(let url)? in accounts.map(\.proxy) + providers.map(\.proxy) {
            destinations.append(url.destination)
        }
        // Those that are addresses; other settings are no destination.
        for value in accounts.flatMap(\.settings.values) where value.contains("://") {
            if let destination = BookRules.destination(ofBaseURL: value) { destinations.append(destination) }
        }
        var seen: Set<HTTP.HostPort> = []
        return destinations.filter { seen.insert($0).inserted }
    }
}

/// Where something is declared, for errors that come up later.
struct DeclaredPlace: Sendable {
    private let template: ConfigurationError

    init(_ node: ConfigurationNode) {
        template = node.error("")
    }

    func error(_ problem: String) -> ConfigurationError {
        var error = template
        error.problem = problem
        return error
    }
}

struct DeclaredProxy: Sendable {
    var place: DeclaredPlace
    var name: String
    var urls: [ProxyURL]
    var isStrict: Bool
    var isEnabled: Bool
}

/// The proxy that an account or a provider names.
enum DeclaredWay: Sendable {
    /// One of the file's own, by its address.
    case url(ProxyURL)
    /// One that is declared or was made in the dashboard.
    case named(String)
}

struct DeclaredProvider: Sendable {
    var place: DeclaredPlace
    var id: String
    var name: String
    var dialect: Dialect
    var baseURL: String
    var headers: [String: String]
    var allowsPrivate: Bool
    var connector: Connector?
    var streams: StreamSupport
    var writesThinkTags: Bool?
    var proxy: DeclaredWay?
}

struct DeclaredAccount: Sendable {
    var place: DeclaredPlace
    var provider: String
    var label: String
    var secret: Credential?
    var priority: Int
    var weight: Int
    var isEnabled: Bool
    var proxy: DeclaredWay?
    var settings: [String: String]
}

struct DeclaredAlias: Sendable {
    var place: DeclaredPlace
    var name: String
    var target: String
}

struct DeclaredChain: Sendable {
    var place: DeclaredPlace
    var name: String
    var strategy: Chain.Strategy
    var steps: [String]
    var weights: [Int]
    var hedges: Bool
}
