import Contracts
import RouterCore

/// Lists the catalogue's models, and how accounts do.
struct CatalogueAdmin: Sendable {
    let keeper: BookKeeper
    let health: any AccountHealthSource

    /// The built-in models in the order of their ids.
    private static let builtin = items(of: .builtin)

    func models(_ request: ListRequest) throws(ServiceError) -> ListReply<ModelItem> {
        try AdminPage.check(request.filter, allowed: ["provider", "kind", "q"])
        let state = keeper.shelf.state
        let provider = request.filter["provider"].map { state.provider(named: $0)?.id ?? $0 }
        let kind = request.filter["kind"].map(CatalogueNames.kind)
        let text = request.filter["q"]?.lowercased()
        let known = state.providers[Provider.demo.id] == nil ? Self.builtin : Self.builtinAndDemo
        let rows = Self.merged(known, health.liveModels())
        return AdminPage.make(
            rows,
            request,
            key: \.id,
            where: { item in
                guard provider == nil || provider == item.provider, kind == nil || kind == item.kind else {
                    return false
                }
                return text.map { item.id.lowercased().contains($0) } ?? true
            },
            item: \.self
        )
    }

    /// The models that are known, and those that providers have said they have beside them, in the order of their ids.
    private static func merged(_ known: [ModelItem], _ live: [String: [String]]) -> [ModelItem] {
        guard !live.isEmpty else { return known }
        var items = Dictionary(known.map { ($0.id, $0) }) { first, _ in first }
        for (provider, names) in live {
            for name in names where items["\(provider)/\(name)"] == nil {
                items["\(provider)/\(name)"] = ModelItem(id: "\(provider)/\(name)", provider: provider, model: name)
            }
        }
        return items.values.sorted { $0.id < $1.id }
    }

    /// Asks a provider for its models, with the first of its accounts that is on.
    func refresh(_ request: RefreshModelsRequest) async throws(ServiceError) -> RefreshModelsReply {
        let state = keeper.shelf.state
        guard let provider = state.provider(named: request.provider) else {
            throw .noSuch("provider", request.provider)
        }
        guard provider.obstacle == nil, let account = state.accounts(of: provider).first(where: \.isEnabled) else {
            throw .invalid("provider", "there is no account at \(provider.id) that is on and can be used")
        }
        switch await health.refreshModels(account: account, provider: provider, force: request.force) {
        case .list(let list, let cached):
            return RefreshModelsReply(
                provider: provider.id,
                models: list.names,
                fetchedUS: list.fetchedUS,
                cached: cached
            )
        case .failed(let problem):
            throw ServiceError(.unavailable, reason: "no_models", message: problem, origin: .provider)
        }
    }

    private static let builtinAndDemo = (builtin + [demo]).sorted { $0.id < $1.id }
    private static let demo = ModelItem(id: "demo/echo", provider: Provider.demo.id, model: "echo")

    private static func items(of catalogue: Catalogue) -> [ModelItem] {
        catalogue.models.map { model in
            ModelItem(
                id: "\(model.provider)/\(model.id)",
                provider: model.provider,
                model: model.id,
                kind: CatalogueNames.kind(model.kind),
                contextWindow: model.contextWindow,
                maxOutput: model.maxOutput
            )
        }.sorted { $0.id < $1.id }
    }

    /// One record for each account, and one for each model that an account does not serve now.
    func records(_ request: ListRequest) throws(ServiceError) -> ListReply<HealthItem> {
        try AdminPage.check(request.filter, allowed: ["provider", "account", "state"])
        let shelf = keeper.shelf
        let (provider, account, state) = (
            request.filter["provider"], request.filter["account"], request.filter["state"]
        )
        return AdminPage.make(
            records(shelf),
            request,
            key: \.id,
            where: { item in
                (provider == nil || provider == item.provider) && (account == nil || account == item.account)
                    && (state == nil || state == item.state)
            },
            item: \.self
        )
    }

    private func records(_ shelf: BookShelf) -> [HealthItem] {
        var records: [String: HealthItem] = [:]
        for row in shelf.accounts {
            records[row.id] = HealthItem(
                id: row.id,
                provider: row.provider,
                account: row.id,
                latencyMS: health.latency(account: row.id)
            )
        }
        for pause in health.pauses() {
            let id = pause.model.map { "\(pause.account)/\($0)" } ?? pause.account
            records[id] = HealthItem(
                id: id,
                provider: Self.provider(of: pause.account, shelf),
                account: pause.account,
                model: pause.model,
                state: "open",
                failures: pause.failures,
                reason: pause.reason,
                cooldownUntilUS: pause.untilUS,
                latencyMS: health.latency(account: pause.account)
            )
        }
        for (id, item) in records where shelf.unopened[id] != nil {
            var item = item
            item.state = "open"
            item.reason = "credential_not_opened"
            records[id] = item
        }
        for row in shelf.accounts where shelf.isCutOff(row) {
            records[row.id]?.state = "open"
            records[row.id]?.reason = "proxy_off"
        }
        return records.values.sorted { $0.id < $1.id }
    }

    /// An account that stands for a provider without one is called after it.
    private static func provider(of account: String, _ shelf: BookShelf) -> String {
        if let row = shelf.rows.accounts[account] { return row.provider }
        return account.hasPrefix("none:") ? String(account.dropFirst("none:".count)) : ""
    }
}
