import Dialects
package import HTTP
package import RouterCore
import Synchronization

/// Where a provider's requests go, read from its base URL once and not for every request; a reference, which every request
/// hands on.
package final class UpstreamEndpoint: Hashable, Sendable {
    package let origin: UpstreamOrigin
    /// The base URL's path without a slash at its end; a request's own path follows it.
    package let basePath: String
    /// The proxies to go through; `nil`: as ``origin`` says.
    package let way: ProxyWay?
    /// The heads of requests sent here; a changed provider or account gets an endpoint of its own, and with it new ones.
    let heads: RequestHeads

    private init(origin: UpstreamOrigin, basePath: String, way: ProxyWay? = nil, heads: RequestHeads = RequestHeads()) {
        self.origin = origin
        self.basePath = basePath
        self.way = way
        self.heads = heads
    }

    /// The same place through the proxies of a pool.
    func through(_ way: ProxyWay) -> UpstreamEndpoint {
        UpstreamEndpoint(origin: origin, basePath: basePath, way: way, heads: heads)
    }

    /// Another place, by the same way.
    func at(_ origin: UpstreamOrigin) -> UpstreamEndpoint {
        UpstreamEndpoint(origin: origin, basePath: basePath, way: way)
    }

    /// Reads a provider's base URL; `nil` when it is not one, or when the account lacks a setting that it has a place for.
    ///
    /// - Parameters:
    ///   - provider: The provider; one that is stored with the tick "private address" may have such an address.
    ///   - account: Whose settings fill the places of the base URL.
    ///   - declared: The destinations that the configuration file names, which may be private too.
    ///   - proxy: The way out where neither the account nor its provider has one.
    package convenience init?(
        _ provider: Provider,
        for account: Account,
        declared: Set<HostPort>,
        proxy: ProxyAddress?
    ) {
        guard let url = provider.baseURL(for: account), var origin = UpstreamOrigin(url: url, proxy: proxy),
            let parts = try? URLParts(url)
        else { return nil }
        origin.allowsPrivate =
            provider.allowsPrivate || declared.contains(HostPort(host: origin.host, port: origin.port))
        var path = parts.path[...]
        while path.last == "/" { path.removeLast() }
        self.init(origin: origin, basePath: String(path))
    }

    package static func == (left: UpstreamEndpoint, right: UpstreamEndpoint) -> Bool {
        left.origin == right.origin && left.basePath == right.basePath && left.way == right.way
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(origin)
        hasher.combine(basePath)
        hasher.combine(way)
    }

    /// The built-in demo, on a socket of this process.
    package convenience init(demoSocket: String) {
        self.init(
            origin: UpstreamOrigin(scheme: .http, host: "demo.invalid", port: 80, unixPath: demoSocket),
            basePath: "/v1"
        )
    }
}

/// All that routing reads, with each provider's endpoint; one object, so that a request holds it with one reference.
package final class RoutingTable: Sendable {
    package let state: RouterState
    /// By provider.
    private let endpoints: [String: UpstreamEndpoint]
    /// By account, of providers whose base URL has places that accounts fill.
    private let ownEndpoints: [String: UpstreamEndpoint]
    /// By pool.
    private let proxies: [String: ProxyWay]

    package init(_ state: RouterState, ways: EgressWays) {
        self.state = state
        var endpoints: [String: UpstreamEndpoint] = [:]
        var ownEndpoints: [String: UpstreamEndpoint] = [:]
        var proxies: [String: ProxyWay] = [:]
        func endpoint(_ provider: Provider, _ account: Account) -> UpstreamEndpoint? {
            UpstreamEndpoint(provider, for: account, declared: ways.declared, proxy: ways.proxy)
        }
        for provider in state.providers.values where provider.obstacle == nil {
            let accounts = state.accounts(of: provider)
            for pool in accounts.compactMap(\.proxy) where proxies[pool.id] == nil { proxies[pool.id] = ProxyWay(pool) }
            if provider.isTemplate {
                for account in accounts { ownEndpoints[account.id] = endpoint(provider, account) }
            } else {
                endpoints[provider.id] =
                    provider.id == Provider.demo.id
                    ? UpstreamEndpoint(demoSocket: ways.demoSocket) : endpoint(provider, .keyless(provider))
            }
        }
        self.endpoints = endpoints
        self.ownEndpoints = ownEndpoints
        self.proxies = proxies
    }

    /// Where a candidate's requests go; `nil` when its addresses cannot be read.
    package func endpoint(of candidate: Candidate) -> UpstreamEndpoint? {
        let mayHaveOwn = !ownEndpoints.isEmpty && candidate.target.provider.isTemplate
        let own = mayHaveOwn ? ownEndpoints[candidate.account.id] : nil
        guard let endpoint = own ?? endpoints[candidate.target.provider.id] else { return nil }
        guard let pool = candidate.account.proxy else { return endpoint }
        // One that is tried before it is saved names a pool that nobody else may use yet.
        return (proxies[pool.id] ?? ProxyWay(pool)).map { endpoint.through($0) }
    }
}

/// The ways out of this machine, as the configuration file says.
package struct EgressWays: Sendable {
    /// What the file names itself.
    package var declared: Set<HostPort>
    /// `egress.proxy`.
    package var proxy: ProxyAddress?
    /// Where the built-in demo answers.
    package var demoSocket: String

    package init(declared: Set<HostPort>, proxy: ProxyAddress?, demoSocket: String) {
        self.declared = declared
        self.proxy = proxy
        self.demoSocket = demoSocket
    }
}

/// The beginnings of requests to one provider, by what they depend on.
package final class RequestHeads: Sendable {
    /// Accounts beyond this many write their heads anew.
    private static let limit = 256

    struct Use: Hashable {
        var account: String
        var dialect: Dialect
        var isStream: Bool
        var purpose: UpstreamCaller.Purpose
        /// Empty where the body names it.
        var model: String
    }

    private let heads = Mutex<[Use: PreparedHead]>([:])

    func head(for use: Use) -> PreparedHead? {
        heads.withLock { $0[use] }
    }

    func keep(_ head: PreparedHead, for use: Use) {
        heads.withLock { heads in
            guard heads.count < Self.limit else { return }
            heads[use] = head
        }
    }
}
