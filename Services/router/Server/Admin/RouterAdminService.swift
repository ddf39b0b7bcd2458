import Contracts
import PeerRPC

/// Answers `router.v1.Admin`.
struct RouterAdminService: Sendable {
    private let keeper: BookKeeper
    private let providers: ProviderAdmin
    private let accounts: AccountAdmin
    private let aliases: AliasAdmin
    private let chains: ChainAdmin
    private let proxies: ProxyAdmin
    private let catalogue: CatalogueAdmin
    private let trial: CredentialTrial
    private let admin = AdminMethods.routerV1

    init(keeper: BookKeeper, health: any AccountHealthSource) {
        self.keeper = keeper
        providers = ProviderAdmin(keeper: keeper, health: health)
        accounts = AccountAdmin(keeper: keeper, health: health)
        aliases = AliasAdmin(keeper: keeper)
        chains = ChainAdmin(keeper: keeper)
        proxies = ProxyAdmin(keeper: keeper, health: health)
        trial = CredentialTrial(keeper: keeper, health: health)
        catalogue = CatalogueAdmin(keeper: keeper, health: health)
    }

    func register(on registry: inout RPCRegistry) {
        registerPlaces(&registry)
        registerNames(&registry)
        registerProxies(&registry)
        registry.register(admin.models.list) { [catalogue] request, _ throws(ServiceError) in
            try catalogue.models(request)
        }
        registry.register(admin.health.list) { [catalogue] request, _ throws(ServiceError) in
            try catalogue.records(request)
        }
        registry.register(admin.watch) { [self] request, _, items throws(ServiceError) in
            try await watch(request, items)
        }
    }

    private func registerPlaces(_ registry: inout RPCRegistry) {
        registry.register(admin.providers.list) { [providers] request, _ throws(ServiceError) in
            try providers.list(request)
        }
        registry.register(admin.providers.get) { [providers] request, _ throws(ServiceError) in
            try providers.get(request)
        }
        registry.register(admin.providers.put) { [providers] request, _ throws(ServiceError) in
            try await providers.put(request)
        }
        registry.register(admin.providers.delete) { [providers] request, _ throws(ServiceError) in
            try await providers.delete(request)
        }
        registry.register(admin.accounts.list) { [accounts] request, _ throws(ServiceError) in
            try accounts.list(request)
        }
        registry.register(admin.accounts.get) { [accounts] request, _ throws(ServiceError) in
            try accounts.get(request)
        }
        registry.register(admin.accounts.put) { [accounts] request, _ throws(ServiceError) in
            try await accounts.put(request)
        }
        registry.register(admin.accounts.delete) { [accounts] request, _ throws(ServiceError) in
            try await accounts.delete(request)
        }
        registry.register(admin.testAccount) { [accounts] request, _ throws(ServiceError) in
            try await accounts.test(request)
        }
        registry.register(admin.refreshModels) { [catalogue] request, _ throws(ServiceError) in
            try await catalogue.refresh(request)
        }
        registry.register(admin.putAccounts) { [accounts] request, _ throws(ServiceError) in
            try await accounts.putAll(request)
        }
        registry.register(admin.testCredential) { [trial] request, _ throws(ServiceError) in
            try await trial.run(request)
        }
    }

    private func registerNames(_ registry: inout RPCRegistry) {
        registry.register(admin.aliases.list) { [aliases] request, _ throws(ServiceError) in
            try aliases.list(request)
        }
        registry.register(admin.aliases.get) { [aliases] request, _ throws(ServiceError) in try aliases.get(request) }
        registry.register(admin.aliases.put) { [aliases] request, _ throws(ServiceError) in
            try await aliases.put(request)
        }
        registry.register(admin.aliases.delete) { [aliases] request, _ throws(ServiceError) in
            try await aliases.delete(request)
        }
        registry.register(admin.chains.list) { [chains] request, _ throws(ServiceError) in try chains.list(request) }
        registry.register(admin.chains.get) { [chains] request, _ throws(ServiceError) in try chains.get(request) }
        registry.register(admin.chains.put) { [chains] request, _ throws(ServiceError) in
            try await chains.put(request)
        }
        registry.register(admin.chains.delete) { [chains] request, _ throws(ServiceError) in
            try await chains.delete(request)
        }
    }

    private func registerProxies(_ registry: inout RPCRegistry) {
        registry.register(admin.proxies.list) { [proxies] request, _ throws(ServiceError) in
            try proxies.list(request)
        }
        registry.register(admin.proxies.get) { [proxies] request, _ throws(ServiceError) in try proxies.get(request) }
        registry.register(admin.proxies.put) { [proxies] request, _ throws(ServiceError) in
            try await proxies.put(request)
        }
        registry.register(admin.proxies.delete) { [proxies] request, _ throws(ServiceError) in
            try await proxies.delete(request)
        }
    }

    private func watch(_ request: WatchRequest, _ items: RPCItems<AdminChange>) async throws(ServiceError) -> Empty {
        let known = [
            admin.providers.name, admin.accounts.name, admin.aliases.name, admin.chains.name, admin.proxies.name,
        ]
        let wanted = Set(request.resources)
        if let unknown = wanted.subtracting(known).min() {
            throw .invalid("resources", "\"\(unknown)\" is not watched; there are: \(known.joined(separator: ", "))")
        }
        for await change in keeper.edits.subscribe() where wanted.isEmpty || wanted.contains(change.resource) {
            try await items.send(change)
        }
        return Empty()
    }
}
