import Bootstrap
import Dialects
import RouterCore
import Secrets

/// Brings the stored rows in line with the configuration file; applying it twice changes nothing more.
///
/// What a declaration made goes when it is no longer declared. What was made in the dashboard and declared later only
/// loses its mark; so does a provider or a proxy that accounts of the dashboard still need.
struct DeclarationSync: Sendable {
    let declaration: RouterDeclaration
    let vault: BookVault
    private let catalogue: Catalogue
    private let nowUS: Int

    init(_ declaration: RouterDeclaration, vault: BookVault, catalogue: Catalogue, nowUS: Int) {
        self.declaration = declaration
        self.vault = vault
        self.catalogue = catalogue
        self.nowUS = nowUS
    }

    /// - Returns: What the operator should know.
    /// - Throws: ``ConfigurationError`` for what cannot be applied.
    func apply(to rows: inout BookRows) throws(ConfigurationError) -> [String] {
        let before = rows
        let keptProxies = try applyProxies(&rows)
        for provider in declaration.providers { rows.providers[provider.id] = try row(provider, &rows, keptProxies) }
        let keptAccounts = try applyAccounts(&rows, keptProxies)
        try checkKeys(from: before, to: rows)
        for alias in declaration.aliases {
            let life = declared(rows.aliases[alias.name]?.life)
            rows.aliases[alias.name] = AliasRow(name: alias.name, target: alias.target, life: life)
        }
        for chain in declaration.chains {
            let life = declared(rows.chains[chain.name]?.life)
            rows.chains[chain.name] = ChainRow(
                name: chain.name,
                strategy: chain.strategy,
                steps: chain.steps,
                weights: chain.weights,
                hedges: chain.hedges,
                life: life
            )
        }
        var notes: [String] = []
        release(&rows.accounts, but: keptAccounts)
        release(&rows.aliases, but: Set(declaration.aliases.map(\.name)))
        release(&rows.chains, but: Set(declaration.chains.map(\.name)))
        releaseProviders(&rows, &notes)
        releaseProxies(&rows, but: keptProxies)
        try checkCaps(rows)
        for name in rows.aliases.keys.sorted() where rows.chains[name] != nil {
            notes.append("the alias \(name) is hidden by the chain of that name")
        }
        return notes
    }

    /// Refuses to send the keys of accounts that are not declared to another address than they were entered for.
    private func checkKeys(from before: BookRows, to rows: BookRows) throws(ConfigurationError) {
        var entered = before
        for account in rows.accounts.values where account.life.isDeclared { entered.accounts[account.id] = nil }
        guard let account = KeyPlaces.moved(from: entered, to: rows, catalogue) else { return }
        let place = declaration.providers.first { $0.id == account.provider }?.place ?? declaration.proxies.first?.place
        let problem =
            "the key of the account \"\(account.place)\" was entered elsewhere for another address and goes to no other one unasked; "
            + "delete the account first, or declare another name"
        throw place?.error(problem) ?? ConfigurationError(key: "declare.providers", problem: problem)
    }

    /// Refuses declared names that come back to themselves or grow past what a request may have.
    func check(_ shelf: BookShelf) throws(ConfigurationError) {
        for alias in declaration.aliases { try check(alias.name, alias.place, shelf.state) }
        for chain in declaration.chains { try check("chain:\(chain.name)", chain.place, shelf.state) }
    }

    private func check(_ name: String, _ place: DeclaredPlace, _ state: RouterState) throws(ConfigurationError) {
        do throws(ResolutionError) {
            _ = try ModelResolver.resolve(name, in: state)
        } catch {
            // A step that is not there yet is for the log: the other steps go on working.
            guard error.reason == .cycle || error.reason == .tooLong else { return }
            throw place.error(error.message)
        }
    }

    // MARK: Rows

    /// The life of a row that is declared now; one that was there before keeps its maker.
    func declared(_ old: RowLife?) -> RowLife {
        guard var life = old else { return RowLife(isDeclared: true, isFromFile: true, createdUS: nowUS) }
        life.isDeclared = true
        return life
    }

    private func row(
        _ provider: DeclaredProvider,
        _ rows: inout BookRows,
        _ proxies: Set<String>
    ) throws(ConfigurationError) -> ProviderRow {
        ProviderRow(
            id: provider.id,
            name: provider.name,
            dialect: provider.dialect,
            baseURL: provider.baseURL,
            headers: provider.headers,
            allowsPrivate: provider.allowsPrivate,
            connector: provider.connector,
            streams: provider.streams,
            writesThinkTags: provider.writesThinkTags,
            proxy: try proxyID(provider.proxy, provider.place, &rows, proxies),
            life: declared(rows.providers[provider.id]?.life)
        )
    }

    // MARK: Accounts

    /// - Returns: The ids of the declared accounts.
    private func applyAccounts(
        _ rows: inout BookRows,
        _ proxies: Set<String>
    ) throws(ConfigurationError) -> Set<String> {
        var kept: Set<String> = []
        for account in declaration.accounts {
            let provider = try providerID(of: account, rows)
            let old = rows.accounts.values.first { $0.provider == provider && $0.label == account.label }
            var row =
                old
                ?? AccountRow(
                    id: BookNames.makeAccount(),
                    provider: provider,
                    label: account.label,
                    priority: account.priority,
                    weight: account.weight,
                    isEnabled: account.isEnabled,
                    proxy: nil,
                    life: declared(nil)
                )
            guard kept.insert(row.id).inserted else {
                throw account.place.error("\(provider) has another account labelled \"\(account.label)\"")
            }
            row.life = declared(old?.life ?? row.life)
            row.priority = account.priority
            row.weight = account.weight
            row.isEnabled = account.isEnabled
            row.proxy = try proxyID(account.proxy, account.place, &rows, proxies)
            try seal(account, into: &row, rows)
            try set(account, into: &row, rows)
            rows.accounts[row.id] = row
        }
        return kept
    }

    private func providerID(of account: DeclaredAccount, _ rows: BookRows) throws(ConfigurationError) -> String {
        switch ProviderLookup.find(account.provider, rows, catalogue) {
        case .found(let id): return id
        case .demo: throw account.place.error("the demo provider needs no account")
        case .missing(let hint):
            throw account.place.error("there is no provider \"\(account.provider)\"\(hint)")
        }
    }

    private func seal(
        _ account: DeclaredAccount,
        into row: inout AccountRow,
        _ rows: BookRows
    ) throws(ConfigurationError) {
        guard let secret = account.secret?.secret else {
            guard !ProviderLookup.needsKey(row.provider, rows, catalogue) else {
                throw account.place.error("provider \(row.provider) asks for a key: \"api_key\" is missing")
            }
            row.apiKey = nil
            row.display = ""
            return
        }
        do throws(RuleError) {
            try BookRules.apiKey(secret, of: ProviderLookup.provider(row.provider, rows, catalogue))
        } catch {
            throw account.place.error("api_key: \(error.problem)")
        }
        row.display = CredentialDisplay.text(of: secret)
        if (try? vault.key(of: row)) == secret { return }
        do throws(SecretsError) {
            row.apiKey = try vault.seal(key: secret, account: row.id)
        } catch {
            throw account.place.error("the key could not be sealed: \(error)")
        }
    }

    private func set(
        _ account: DeclaredAccount,
        into row: inout AccountRow,
        _ rows: BookRows
    ) throws(ConfigurationError) {
        guard let provider = ProviderLookup.provider(row.provider, rows, catalogue) else { return }
        do throws(RuleError) {
            row.settings = try BookRules.settings(account.settings, key: account.secret?.secret, of: provider)
        } catch {
            throw account.place.error("settings: \(error.problem)")
        }
    }

    // MARK: What is no longer declared

    func release<Row: BookRow>(_ rows: inout [String: Row], but declared: Set<String>) {
        for (key, row) in rows where row.life.isDeclared && !declared.contains(key) {
            if row.life.isFromFile { rows[key] = nil } else { rows[key]?.life.isDeclared = false }
        }
    }

    private func releaseProviders(_ rows: inout BookRows, _ notes: inout [String]) {
        let used = Set(rows.accounts.values.map(\.provider))
        let declared = Set(declaration.providers.map(\.id))
        for (id, row) in rows.providers where row.life.isDeclared && !declared.contains(id) && used.contains(id) {
            guard row.life.isFromFile else { continue }
            rows.providers[id]?.life.isDeclared = false
            rows.providers[id]?.life.isFromFile = false
            notes.append("provider \(id) is no longer declared and stays, for there are accounts at it")
        }
        release(&rows.providers, but: declared)
    }

    private func checkCaps(_ rows: BookRows) throws(ConfigurationError) {
        let counts = [
            ("providers", rows.providers.count, RouterCaps.providers),
            ("accounts", rows.accounts.count, RouterCaps.accounts),
            ("aliases", rows.aliases.count, RouterCaps.aliases),
            ("chains", rows.chains.count, RouterCaps.chains),
            ("proxies", rows.proxies.count, RouterCaps.proxies),
        ]
        for (part, count, cap) in counts where count > cap {
            throw ConfigurationError(
                key: "declare.\(part)",
                problem: "with what the dashboard holds there would be \(count); there may be \(cap)"
            )
        }
    }
}
