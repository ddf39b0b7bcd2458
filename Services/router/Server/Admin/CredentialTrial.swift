import Contracts
import RouterCore
import Secrets

/// Tries a credential before it is saved: at a provider that is known here, or at one that is described in full.
///
/// Nothing is stored, and nothing is spent: the provider is asked for its list of models. Where it may go is what the
/// saved one could: a private address needs the tick.
struct CredentialTrial: Sendable {
    /// No provider of the book can be called this.
    private static let unsaved = "unsaved:"

    let keeper: BookKeeper
    let health: any AccountHealthSource

    func run(_ request: TestCredentialRequest) async throws(ServiceError) -> AccountTest {
        if !request.apiKey.isEmpty {
            try checked("api_key") { () throws(RuleError) in try BookRules.apiKey(request.apiKey) }
        }
        let provider = try provider(request)
        if let obstacle = provider.obstacle {
            let message = "provider \(provider.id) is not supported yet (\(obstacle))"
            return AccountTest(ok: false, status: 0, message: message, latencyMS: 0)
        }
        try checked("api_key") { () throws(RuleError) in
            try BookRules.apiKey(request.apiKey, of: provider)
        }
        let settings = try checked("settings") { () throws(RuleError) -> [String: String] in
            let kept = try BookRules.settings(request.settings, key: request.apiKey, of: provider)
            return AccountSettings.filled(kept, key: request.apiKey, of: provider)
        }
        let account = Account(
            id: Self.unsaved,
            provider: provider.id,
            credential: request.apiKey.isEmpty ? nil : Credential(request.apiKey),
            proxy: try proxy(request.proxy, of: provider),
            settings: settings
        )
        return await health.test(account: account, provider: provider)
    }

    private func provider(_ request: TestCredentialRequest) throws(ServiceError) -> Provider {
        if let name = request.provider, !name.isEmpty {
            guard let known = keeper.shelf.state.provider(named: name) else { throw .noSuch("provider", name) }
            return known
        }
        let row = try ProviderAdmin.row(
            ProviderItem(
                id: "unsaved",
                name: "unsaved",
                dialect: request.dialect,
                baseURL: request.baseURL,
                headers: request.headers,
                allowPrivate: request.allowPrivate,
                connector: request.connector
            )
        )
        var provider = row.provider(in: keeper.catalogue)
        provider.id = Self.unsaved
        return provider
    }

    /// The proxy that is named, or the provider's own; one that cannot be used refuses the trial, since going direct would
    /// show where the proxy was to hide.
    private func proxy(_ name: String?, of provider: Provider) throws(ServiceError) -> ProxyPool? {
        let shelf = keeper.shelf
        guard let id = try ProviderLookup.proxyID(name, shelf.rows) else {
            guard provider.proxy?.isCutOff ?? false else {
                return provider.proxy.flatMap { $0.addresses.isEmpty ? nil : $0 }
            }
            throw .invalid("proxy", "the provider's proxy is switched off or does not open")
        }
        guard let pool = shelf.pools[id], !pool.addresses.isEmpty else {
            throw .invalid("proxy", "this proxy is switched off, or its stored address does not open")
        }
        return pool
    }
}
