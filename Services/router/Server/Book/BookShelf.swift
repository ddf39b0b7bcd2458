import Contracts
import Dialects
import RouterCore
import Secrets

/// One state of the book: its rows, in the orders that lists have, and what routing makes of them.
///
/// It never changes; an edit puts another one in its place.
final class BookShelf: Sendable {
    let rows: BookRows
    let state: RouterState
    /// Built-in ones too, by id.
    let providers: [ProviderItem]
    /// By provider and label.
    let accounts: [AccountRow]
    let aliases: [AliasRow]
    let chains: [ChainRow]
    let proxies: [ProxyRow]
    /// The proxies as routing sees them, by id; one that is switched off or does not open has no addresses.
    let pools: [String: ProxyPool]
    /// The accounts as routing sees them, by id.
    let accountsByID: [String: Account]
    /// Accounts and proxies whose secrets do not open, by id; such an account is not used.
    let unopened: [String: SecretsError]
    /// What is wrong with chains and aliases, one sentence each.
    let problems: [String]

    /// Opens the secrets and builds the state: some milliseconds of work for a full book, so not for an event loop.
    init(_ rows: BookRows, vault: BookVault, catalogue: Catalogue, includesDemo: Bool) {
        let opened = OpenedAccounts(rows, vault, catalogue)
        let state = RouterState(
            catalogue: catalogue,
            providers: rows.providers.values.map { row in
                var provider = row.provider(in: catalogue)
                provider.proxy = row.proxy.flatMap { opened.pools[$0] }
                return provider
            },
            accounts: opened.accounts,
            aliases: rows.aliases.mapValues(\.target),
            chains: rows.chains.values.map(\.chain),
            includesDemo: includesDemo
        )
        self.rows = rows
        self.state = state
        providers = state.providers.values.map { Self.item($0, rows.providers[$0.id]) }.sorted { $0.id < $1.id }
        accounts = rows.accounts.values.sorted { $0.place < $1.place }
        aliases = rows.aliases.values.sorted { $0.name < $1.name }
        chains = rows.chains.values.sorted { $0.name < $1.name }
        proxies = rows.proxies.values.sorted { $0.id < $1.id }
        pools = opened.pools
        accountsByID = Dictionary(opened.accounts.map { ($0.id, $0) }) { first, _ in first }
        unopened = opened.failures
        problems = ModelResolver.problems(in: state)
    }

    /// Whether an account has a proxy that is switched off and strict: then nothing goes there.
    func isCutOff(_ row: AccountRow) -> Bool {
        guard let proxy = rows.proxy(of: row) else { return false }
        return rows.proxies[proxy].map { !$0.isEnabled && $0.isStrict } ?? true
    }

    private static func item(_ provider: Provider, _ row: ProviderRow?) -> ProviderItem {
        let wire = CatalogueNames.wire(of: provider)
        return ProviderItem(
            id: provider.id,
            name: provider.name,
            dialect: wire,
            baseURL: provider.baseURL,
            headers: provider.headers,
            declared: provider.isDeclared,
            builtin: provider.isBuiltin,
            evidence: provider.evidence.rawValue,
            allowPrivate: provider.allowsPrivate,
            connector: provider.connector?.rawValue ?? "",
            settings: provider.settings.map(\.name),
            stream: provider.streams.rawValue,
            thinkTags: provider.writesThinkTags,
            proxy: row?.proxy,
            etag: row?.etag ?? ""
        )
    }
}

/// The accounts and proxies with their secrets in the open.
private struct OpenedAccounts {
    private(set) var accounts: [Account] = []
    private(set) var pools: [String: ProxyPool] = [:]
    private(set) var failures: [String: SecretsError] = [:]

    init(_ rows: BookRows, _ vault: BookVault, _ catalogue: Catalogue) {
        for proxy in rows.proxies.values {
            var pool = ProxyPool(id: proxy.id, name: proxy.name, addresses: [], isStrict: proxy.isStrict)
            do throws(SecretsError) {
                if proxy.isEnabled { pool.addresses = try vault.urls(of: proxy).map(\.text) }
            } catch {
                failures[proxy.id] = error
                // Going direct would show where it was to hide, and nobody has said that this one is off.
                pool.isStrict = true
            }
            pools[proxy.id] = pool
        }
        for row in rows.accounts.values {
            let proxy = rows.proxy(of: row)
            // One that is not there leads nowhere.
            let pool = proxy.map { pools[$0] ?? ProxyPool(id: $0, name: $0, addresses: []) }
            var account = Account(
                id: row.id,
                provider: row.provider,
                label: row.label,
                priority: row.priority,
                weight: row.weight,
                isEnabled: row.isEnabled,
                createdUS: row.life.createdUS,
                proxy: pool.flatMap { $0.addresses.isEmpty ? nil : $0 },
                settings: row.settings
            )
            do throws(SecretsError) {
                account.credential = try vault.key(of: row).map { Credential($0) }
                if let provider = ProviderLookup.provider(row.provider, rows, catalogue) {
                    let key = account.credential?.secret
                    account.settings = AccountSettings.filled(row.settings, key: key, of: provider)
                }
                if let proxy, let failure = failures[proxy] { throw failure }
                if pool?.isCutOff ?? false { account.isEnabled = false }
            } catch {
                account.isEnabled = false
                failures[row.id] = error
            }
            accounts.append(account)
        }
    }
}

/// What the catalogue's words are called in the administration.
enum CatalogueNames {
    /// The wire that a provider speaks, built or not.
    static func wire(of provider: Provider) -> String {
        provider.dialects.first?.rawValue ?? Catalogue.builtin.provider(provider.id)?.wire ?? ""
    }

    /// What a model does.
    static func kind(_ kind: String) -> String {
        kind == "llm" ? "chat" : kind
    }
}
