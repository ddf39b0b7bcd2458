package import Dialects
import Synchronization

/// All that routing reads, as one value: built when something changes, swapped whole, read without a lock.
package final class RouterState: Sendable {
    package let catalogue: Catalogue
    package let chains: [String: Chain]
    package let aliases: [String: String]
    /// By id.
    package let providers: [String: Provider]
    /// Whether a chain goes by how busy or how quick its targets are, so that it is worth noting.
    package let measuresLoads: Bool
    /// What names were found to stand for.
    private let resolutions = Mutex<[String: Resolution]>([:])
    private let providerAliases: [String: String]
    private let accountsByProvider: [String: [Account]]

    /// Builds a state.
    ///
    /// - Parameters:
    ///   - catalogue: The built-in providers and models.
    ///   - providers: Those of the configuration and the dashboard; one with a built-in's id replaces it.
    ///   - accounts: All accounts, disabled ones too.
    ///   - aliases: What each alias stands for.
    ///   - chains: The chains; of two with one name the last counts.
    ///   - includesDemo: Whether `demo/echo` answers.
    package init(
        catalogue: Catalogue = .builtin,
        providers: [Provider] = [],
        accounts: [Account] = [],
        aliases: [String: String] = [:],
        chains: [Chain] = [],
        includesDemo: Bool = true
    ) {
        var byID: [String: Provider] = [:]
        for entry in catalogue.providers { byID[entry.id] = Provider(entry) }
        if includesDemo { byID[Provider.demo.id] = .demo }
        for provider in providers { byID[provider.id] = provider }
        var names: [String: String] = [:]
        for provider in byID.values {
            // Several may claim a name: the first by id has it, whatever order the dictionary came in.
            guard let alias = provider.alias, byID[alias] == nil else { continue }
            names[alias] = names[alias].map { min($0, provider.id) } ?? provider.id
        }
        self.catalogue = catalogue
        self.providers = byID
        self.aliases = aliases
        self.chains = Dictionary(chains.map { ($0.name, $0) }) { _, last in last }
        measuresLoads = chains.contains { $0.strategy == .latency || $0.strategy == .leastBusy || $0.hedges }
        providerAliases = names
        accountsByProvider = Dictionary(grouping: accounts, by: \.provider)
            .mapValues { $0.sorted(by: Account.precedes) }
    }

    // MARK: Names

    /// Names that are remembered, and how long each may be: anybody may ask for one that nobody has asked for before.
    private static let resolutionLimit = 512
    private static let longestName = 256

    func resolution(of name: String) -> Resolution? {
        resolutions.withLock { $0[name] }
    }

    func keep(_ resolution: Resolution, of name: String) {
        guard name.utf8.count <= Self.longestName else { return }
        resolutions.withLock { resolutions in
            if resolutions.count >= Self.resolutionLimit { resolutions.removeAll() }
            resolutions[name] = resolution
        }
    }

    /// The provider with this id or alias, whatever its case.
    package func provider(named name: some StringProtocol) -> Provider? {
        let exact = String(name)
        if let provider = providers[exact] { return provider }
        if let id = providerAliases[exact] { return providers[id] }
        let lower = exact.lowercased()
        return lower == exact ? nil : providers[lower] ?? providerAliases[lower].flatMap { providers[$0] }
    }

    /// The accounts of a provider in the order they are tried, disabled ones too; a provider that needs none has one.
    package func accounts(of provider: Provider) -> [Account] {
        if let accounts = accountsByProvider[provider.id] { return accounts }
        return provider.needsNoAccount ? [.keyless(provider)] : []
    }

    /// Whether requests can go to a provider at all.
    package func isUsable(_ provider: Provider) -> Bool {
        provider.obstacle == nil && accounts(of: provider).contains(where: \.isEnabled)
    }

    /// What `GET /v1/models` lists: chains, aliases, and the chat models of providers with an enabled account.
    ///
    /// - Parameter live: Models that providers have said they have, by provider; they stand beside those of the catalogue.
    /// - Returns: The models.
    package func listedModels(live: [String: [String]] = [:]) -> [ModelEntry] {
        var entries = chains.keys.sorted().map { ModelEntry(id: $0, name: $0, owner: "chain") }
        entries += aliases.keys.sorted().filter { chains[$0] == nil }
            .map { ModelEntry(id: $0, name: $0, owner: "alias") }
        for provider in providers.values.sorted(by: { $0.id < $1.id }) where isUsable(provider) {
            if provider.id == Provider.demo.id {
                entries.append(ModelEntry(id: "demo/echo", name: provider.name, owner: provider.id))
            }
            for model in catalogue.models(of: provider.id) where model.kind == "llm" {
                entries.append(ModelEntry(id: "\(provider.id)/\(model.id)", name: model.name, owner: provider.id))
            }
            for name in live[provider.id] ?? [] where catalogue.model(provider: provider.id, id: name) == nil {
                entries.append(ModelEntry(id: "\(provider.id)/\(name)", name: name, owner: provider.id))
            }
        }
        return entries
    }
}
