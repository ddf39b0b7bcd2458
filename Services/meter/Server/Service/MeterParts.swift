import Contracts
import Logging
import MeterCore
import PeerRPC
import Storage
import Synchronization

/// The parts of a meter that has loaded.
struct MeterParts: Sendable {
    let context: AdminContext
    let routers: RouterSightings
    let settlements: Settlements

    var memory: MeterMemory { context.memory }
}

/// What the meter answers.
typealias MeterFront = ServiceFront<MeterParts>

extension MeterFront {
    func registry() -> RPCRegistry {
        var registry = RPCRegistry(service: ServiceDescription.meter)
        registerMeter(&registry)
        registerTerms(&registry)
        registerUse(&registry)
        return registry
    }

    private func registerMeter(_ registry: inout RPCRegistry) {
        registry.registerDirect(MeterMethods.admit) { [self] request throws(ServiceError) in
            try current().memory.admit(request)
        }
        registry.registerDirect(MeterMethods.grant) { [self] request throws(ServiceError) in
            try current().memory.grant(request)
        }
        registry.register(MeterMethods.renew) { [self] request, _ throws(ServiceError) in
            let parts = try current()
            let reply = parts.memory.renew(request)
            parts.routers.saw(request.instance)
            return reply
        }
        registry.register(MeterMethods.settle) { [self] request, _ throws(ServiceError) in
            let parts = try current()
            return try await parts.settlements.settle(request)
        }
        registry.register(MeterMethods.identify) { [self] request, _ throws(ServiceError) in
            try await Identification(context: current().context).identify(request)
        }
        registry.register(MeterMethods.rates) { [self] request, _ throws(ServiceError) in
            guard request.targets.count <= RatesRequest.limit else {
                throw .invalid("targets", "at most \(RatesRequest.limit)")
            }
            return try current().memory.rates(request)
        }
        registry.register(MeterMethods.changes) { [self] _, _, items throws(ServiceError) in
            for await change in try current().context.changes.subscribe() { try await items.send(change) }
            return Empty()
        }
    }

    private func registerTerms(_ registry: inout RPCRegistry) {
        let admin = AdminMethods.meterV1
        registry.register(admin.keys) { [self] () throws(ServiceError) in KeyAdmin(context: try current().context) }
        registry.register(admin.plans) { [self] () throws(ServiceError) in PlanAdmin(context: try current().context) }
        registry.register(admin.prices) { [self] () throws(ServiceError) in PriceAdmin(context: try current().context) }
    }

    private func registerUse(_ registry: inout RPCRegistry) {
        let admin = AdminMethods.meterV1
        registry.register(admin.tenants) { [self] () throws(ServiceError) in
            TenantAdmin(context: try current().context)
        }
        registry.register(admin.projects) { [self] () throws(ServiceError) in
            ProjectAdmin(context: try current().context)
        }
        registry.register(admin.budgets.list) { [self] request, _ throws(ServiceError) in
            try UsageAdmin(context: current().context).budgets(request)
        }
        registry.register(admin.budgets.get) { [self] request, _ throws(ServiceError) in
            try UsageAdmin(context: current().context).budget(request)
        }
        registry.register(admin.usage.list) { [self] request, _ throws(ServiceError) in
            try await UsageAdmin(context: current().context).usage(request)
        }
        registry.register(admin.usage.get) { [self] request, _ throws(ServiceError) in
            try await UsageAdmin(context: current().context).row(request)
        }
        registry.register(admin.summarize) { [self] request, _ throws(ServiceError) in
            try await SummaryAdmin(context: current().context).summarize(request)
        }
        registry.register(admin.rollups.list) { [self] request, _ throws(ServiceError) in
            try await UsageAdmin(context: current().context).rollups(request)
        }
        registry.register(admin.alerts.list) { [self] request, _ throws(ServiceError) in
            try await UsageAdmin(context: current().context).alerts(request)
        }
        registry.register(admin.savings.list) { [self] request, _ throws(ServiceError) in
            try await SavingAdmin(context: current().context).savings(request)
        }
        registry.register(admin.trials.list) { [self] request, _ throws(ServiceError) in
            try await SavingAdmin(context: current().context).trials(request)
        }
        registry.register(admin.watch) { [self] () throws(ServiceError) in try current().context.edits }
    }
}

/// Takes usage in: refuses what cannot be read record by record and hands the rest to the queue.
struct Settlements: Sendable {
    private static let maximumRecords = 500

    let queue: WriteQueue
    let logger: Logger

    func settle(_ request: SettleRequest) async throws(ServiceError) -> SettleReply {
        guard request.records.count + request.unreadable.count <= Self.maximumRecords else {
            throw ServiceError(
                .invalidArgument,
                reason: "too_many_records",
                message: "records: at most \(Self.maximumRecords)",
                origin: .client
            )
        }
        var reply = request.records.isEmpty ? SettleReply() : try await queue.settle(request.records)
        reply.rejected += request.unreadable.map { Rejection(requestID: $0.requestID, reason: "malformed") }
        if let first = request.unreadable.first {
            // One line, however many there are: a sender that cannot tell which is meant may send them again.
            logger.error(
                "records malformed",
                metadata: [
                    "keirouter.request.id": "\(first.requestID.prefix(128))", "error": "\(first.problem)",
                    "records": "\(request.unreadable.count)",
                ]
            )
        }
        return reply
    }
}

/// Remembers which routers renew, so that a restarted meter knows whom to wait for.
final class RouterSightings: Sendable {
    /// How often a router's name is written again.
    private static let intervalUS = 15_000_000
    private static let maximumNameLength = 128

    private let database: any Database
    private let queue: WriteQueue
    private let clock: MeterClock
    private let logger: Logger
    private let written = Mutex<[String: Int]>([:])

    init(database: any Database, queue: WriteQueue, clock: MeterClock, logger: Logger) {
        self.database = database
        self.queue = queue
        self.clock = clock
        self.logger = logger
    }

    func saw(_ name: String) {
        guard (1...Self.maximumNameLength).contains(name.utf8.count), !name.utf8.contains(0) else { return }
        let now = clock.now
        let isDue = written.withLock { written in
            if let last = written[name], now.uptimeUS - last < Self.intervalUS { return false }
            if written.count >= MeterCaps.routers { written.removeAll() }
            written[name] = now.uptimeUS
            return true
        }
        guard isDue else { return }
        queue.submit { [database, logger] in
            do throws(StoreError) {
                try await database.write { connection throws(StoreError) in
                    try LifeStore.saw(router: name, at: now.epochUS, connection)
                }
            } catch {
                logger.warning("router not remembered", metadata: ["error": "\(error)"])
            }
        }
    }
}
