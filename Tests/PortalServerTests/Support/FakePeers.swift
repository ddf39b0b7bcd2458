import Contracts
import Logging
import NIOPosix
import PeerRPC
import PortalServer
import Secrets
import Synchronization
import TestSupport

/// The event loops of all tests.
let loops = MultiThreadedEventLoopGroup(numberOfThreads: 2)

let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

/// Stand-ins of the four services, as far as the portal asks them, over real sockets.
final class FakePeers: Sendable {
    struct State {
        var keys: [String: KeyItem] = [:]
        var secrets: [String: String] = [:]
        var plans: [String: PlanItem] = [:]
        var accounts: [String: AccountItem] = [:]
        var chains: [String: ChainItem] = [:]
        var aliases: [String: AliasItem] = [:]
        var usage: [UsageItem] = []
        var lists: [ListRequest] = []
        var listsOfUsage = 0
        var decisions: [DecisionItem] = []
        var listsOfDecisions = 0
        var isMeterAway = false
        /// Every digest that was asked for.
        var digests: [String] = []
        /// Credentials that came in, to be looked for in answers.
        var credentials: [String] = []
    }

    let state = Mutex(State())
    let folder: TemporaryFolder
    private let servers = Mutex<[PeerServer]>([])

    init(_ folder: TemporaryFolder) {
        self.folder = folder
    }

    var endpoints: PeerClients.Endpoints {
        get throws {
            func endpoint(_ name: String) throws -> RPCEndpoint {
                try RPCEndpoint.parse("unix://\(folder.file("\(name).sock"))")
            }
            return PeerClients.Endpoints(
                router: try endpoint("router"),
                guard: try endpoint("guard"),
                saver: try endpoint("saver"),
                meter: try endpoint("meter")
            )
        }
    }

    func start() async throws {
        for (name, registry) in [("meter", meter()), ("router", router()), ("guard", policies()), ("saver", saver())] {
            let server = PeerServer(socket: folder.file("\(name).sock"))
            try await server.start(registry)
            servers.withLock { $0.append(server) }
        }
    }

    func stop() async {
        for server in servers.withLock({ $0 }) { await server.stop() }
    }

    /// A key that may be used, and its secret.
    func makeKey(_ id: String, expiresUS: Int? = nil) -> String {
        let secret = APIKey.generate().secret
        state.withLock { state in
            state.keys[id] = KeyItem(id: id, name: "key \(id)", expiresUS: expiresUS, etag: "1")
            state.secrets[APIKey.digestHex(secret)] = id
        }
        return secret
    }

    private func meter() -> RPCRegistry {
        var registry = RPCRegistry(service: ServiceDescription.meter)
        let admin = AdminMethods.meterV1
        registry.register(MeterMethods.identify) { [self] request, _ throws(ServiceError) in
            try state.withLock { state throws(ServiceError) in
                if state.isMeterAway { throw ServiceError(.unavailable, reason: "away", message: "away") }
                state.digests.append(request.keySHA256)
                guard let id = state.secrets[request.keySHA256], let key = state.keys[id] else {
                    return IdentifyReply(denial: Denial(reason: .unknownKey, message: "unknown"))
                }
                guard key.revokedUS == nil else { return IdentifyReply(denial: Denial(reason: .revoked, message: "")) }
                return IdentifyReply(key: key)
            }
        }
        registry.register(admin.keys.list) { [self] request, _ throws(ServiceError) in
            state.withLock { state in
                state.lists.append(request)
                let items = state.keys.values.sorted { $0.id < $1.id }
                return ListReply(items: Array(items.prefix(request.pageSize)), next: items.count > 1 ? "more" : nil)
            }
        }
        registry.register(admin.keys.get) { [self] request, _ throws(ServiceError) in
            try state.withLock { state throws(ServiceError) in
                if state.isMeterAway { throw ServiceError(.unavailable, reason: "away", message: "away") }
                guard let key = state.keys[request.id] else { throw .noSuch("key", request.id) }
                return key
            }
        }
        registry.register(admin.keys.put) { [self] request, _ throws(ServiceError) in
            try state.withLock { state throws(ServiceError) in
                var item = request.item
                if item.id.isEmpty {
                    item.id = "made"
                    item.secret = "kr_shown_once_0123456789abcdefghijklmn"
                } else {
                    guard let known = state.keys[item.id] else { throw .noSuch("key", item.id) }
                    if known.declared { throw .declaredItem("key", item.id) }
                    if let etag = request.etag, etag != known.etag { throw .etagMismatch("key", item.id) }
                }
                item.etag = "\((Int(state.keys[item.id]?.etag ?? "0") ?? 0) + 1)"
                state.keys[item.id] = item
                return item
            }
        }
        registry.register(admin.keys.delete) { [self] request, _ throws(ServiceError) in
            try state.withLock { state throws(ServiceError) in
                guard state.keys.removeValue(forKey: request.id) != nil else { throw .noSuch("key", request.id) }
                return Empty()
            }
        }
        registry.register(admin.summarize) { [self] request, _ throws(ServiceError) in
            let usage = state.withLock { $0.usage }
            let keys = Dictionary(grouping: usage, by: \.keyID).map { UsageSum(name: $0, requests: $1.count) }
            return SummarizeReply(totals: UsageSum(requests: usage.count), keys: keys)
        }
        register(admin.plans, "plan", \.plans, in: &registry) { plan in
            plan.id = plan.name
            plan.etag = "\((Int(plan.etag) ?? 0) + 1)"
        }
        registry.register(admin.plans.delete) { [self] request, _ throws(ServiceError) in
            try state.withLock { state throws(ServiceError) in
                let isUsed = state.keys.values.contains { $0.plan == request.id && $0.revokedUS == nil }
                if isUsed { throw .inUse("plan \(request.id)", "there are keys on it") }
                guard state.plans.removeValue(forKey: request.id) != nil else { throw .noSuch("plan", request.id) }
                return Empty()
            }
        }
        registry.register(admin.budgets.list) { [self] _, _ throws(ServiceError) in
            state.withLock { state in
                let items = state.keys.values.filter { $0.plan != nil }.map { key in
                    BudgetItem(id: key.id, spentNanoUSD: 9_000_000_000, limitNanoUSD: 10_000_000_000, rpmLimit: 60)
                }
                return ListReply(items: items)
            }
        }
        registry.register(admin.usage.list) { [self] request, _ throws(ServiceError) in
            try state.withLock { state throws(ServiceError) in
                state.listsOfUsage += 1
                if state.isMeterAway { throw ServiceError(.unavailable, reason: "away", message: "away") }
                return ListReply(items: Array(state.usage.reversed().prefix(request.pageSize)))
            }
        }
        registry.register(admin.usage.get) { [self] request, _ throws(ServiceError) in
            guard let item = state.withLock({ $0.usage.first { $0.requestID == request.id } }) else {
                throw .noSuch("request", request.id)
            }
            return item
        }
        return registry
    }

    private func router() -> RPCRegistry {
        var registry = RPCRegistry(service: ServiceDescription.router)
        let admin = AdminMethods.routerV1
        registry.register(admin.accounts.put) { [self] request, _ throws(ServiceError) in
            state.withLock { state in
                if let key = request.item.apiKey { state.credentials.append(key) }
                var item = request.item
                item.id = item.id.isEmpty ? "a1" : item.id
                item.display = "sk-…"
                item.etag = "1"
                // A careless router: the API must not hand the credential on.
                state.accounts[item.id] = item
                return item
            }
        }
        registry.register(admin.accounts.list) { [self] _, _ throws(ServiceError) in
            state.withLock { ListReply(items: Array($0.accounts.values)) }
        }
        register(admin.chains, "chain", \.chains, in: &registry) { $0.etag = "\((Int($0.etag) ?? 0) + 1)" }
        register(admin.aliases, "alias", \.aliases, in: &registry) { $0.etag = "1" }
        for (name, delete) in [("chain", admin.chains.delete), ("alias", admin.aliases.delete)] {
            registry.register(delete) { [self] request, _ throws(ServiceError) in
                try state.withLock { state throws(ServiceError) in
                    let isGone =
                        name == "chain"
                        ? state.chains.removeValue(forKey: request.id) != nil
                        : state.aliases.removeValue(forKey: request.id) != nil
                    guard isGone else { throw .noSuch(name, request.id) }
                    return Empty()
                }
            }
        }
        registry.register(admin.testCredential) { [self] request, _ throws(ServiceError) in
            state.withLock { $0.credentials.append(request.apiKey) }
            return AccountTest(ok: false, status: 401, message: "no such key", latencyMS: 3)
        }
        return registry
    }

    /// Lists, gets and puts the items of a dictionary; `put` gives them their etag.
    private func register<Item: AdminItem>(
        _ resource: AdminResource<Item>,
        _ noun: String,
        _ items: any WritableKeyPath<State, [String: Item]> & Sendable,
        in registry: inout RPCRegistry,
        put change: @escaping @Sendable (inout Item) -> Void
    ) {
        registry.register(resource.list) { [self] _, _ throws(ServiceError) in
            state.withLock { state in
                ListReply(items: state[keyPath: items].values.sorted { $0.id < $1.id })
            }
        }
        registry.register(resource.get) { [self] request, _ throws(ServiceError) in
            try state.withLock { state throws(ServiceError) in
                guard let item = state[keyPath: items][request.id] else { throw .noSuch(noun, request.id) }
                return item
            }
        }
        registry.register(resource.put) { [self] request, _ throws(ServiceError) in
            state.withLock { state in
                var item = request.item
                change(&item)
                state[keyPath: items][item.id] = item
                return item
            }
        }
    }

    private func policies() -> RPCRegistry {
        var registry = RPCRegistry(service: ServiceDescription.guardService)
        registry.register(AdminMethods.guardV1.policies.list) { _, _ throws(ServiceError) in ListReply(items: []) }
        registry.register(AdminMethods.guardV1.decisions.list) { [self] request, _ throws(ServiceError) in
            state.withLock { state in
                state.listsOfDecisions += 1
                return ListReply(items: Array(state.decisions.reversed().prefix(request.pageSize)))
            }
        }
        return registry
    }

    private func saver() -> RPCRegistry {
        var registry = RPCRegistry(service: ServiceDescription.saver)
        registry.register(AdminMethods.saverV1.settings.list) { _, _ throws(ServiceError) in ListReply(items: []) }
        return registry
    }
}
