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
        registry.register(admin.providers, providers)
        registry.register(admin.accounts, accounts)
        registry.register(admin.aliases, aliases)
        registry.register(admin.chains, chains)
        registry.register(admin.proxies, proxies)
        registerTrials(&registry)
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

    private func registerTrials(_ registry: inout RPCRegistry) {
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
