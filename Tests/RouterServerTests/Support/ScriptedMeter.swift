import Contracts
import PeerRPC
import Synchronization
import TestSupport

/// A meter on a real socket that decides as a test tells it and keeps what it is given.
final class ScriptedMeter: Sendable {
    typealias Decision = @Sendable (AdmitRequest) throws -> AdmitReply

    private struct State {
        var decide: Decision
        var identify: @Sendable (IdentifyRequest) -> IdentifyReply = { _ in .good() }
        var identified = 0
        var changes: [MeterChange] = []
        var rates: [String: TargetRates] = [:]
        var ratesAsked = 0
        var hidesRates = false
        var admitted: [AdmitRequest] = []
        var renewed: [RenewRequest] = []
        var asked: [GrantRequest] = []
        var ended: [EndedGrant] = []
        /// How many requests a grant has; none are given without.
        var grantSize: Int?
        var settled: [UsageRecord] = []
        var settles = true
    }

    private let state: Mutex<State>
    private let server: PeerServer

    init(socket: String) {
        var configuration = RPCServerConfiguration(listen: .unix(socket))
        let name = "keirouter_cost_usd_total"
        configuration.metrics = { Array("# TYPE \(name) counter\n\(name) 0.5\n".utf8) }
        server = PeerServer(configuration)
        state = Mutex(State(decide: { .granted($0) }))
    }

    var admitted: [AdmitRequest] { state.withLock { $0.admitted } }
    var renewed: [RenewRequest] { state.withLock { $0.renewed } }
    /// The grants that were asked for, and of which account was given.
    var asked: [GrantRequest] { state.withLock { $0.asked } }
    var ended: [EndedGrant] { state.withLock { $0.ended } }
    var settled: [UsageRecord] { state.withLock { $0.settled } }

    /// How often it was asked whose key it is.
    var identified: Int { state.withLock { $0.identified } }

    func record(of requestID: String) -> UsageRecord? { settled.first { $0.requestID == requestID } }

    func decide(_ decision: @escaping Decision) {
        state.withLock { $0.decide = decision }
    }

    /// Gives grants of so many requests from now on, named `g-1`, `g-2` and so on.
    func grants(of size: Int?) {
        state.withLock { $0.grantSize = size }
    }

    func identify(_ answer: @escaping @Sendable (IdentifyRequest) -> IdentifyReply) {
        state.withLock { $0.identify = answer }
    }

    /// Refuses to tell prices.
    func hideRates() {
        state.withLock { $0.hidesRates = true }
    }

    /// How often it was asked for prices.
    var ratesAsked: Int { state.withLock { $0.ratesAsked } }

    /// What targets charge, by `provider/model`.
    func charge(_ rates: [String: TargetRates]) {
        state.withLock { $0.rates = rates }
    }

    /// Tells the routers of a change.
    func tell(_ change: MeterChange) {
        state.withLock { $0.changes.append(change) }
    }

    /// Whether settlements are answered; otherwise they fail as a full disk would.
    func settles(_ settles: Bool) {
        state.withLock { $0.settles = settles }
    }

    func start() async throws {
        var registry = RPCRegistry(service: ServiceDescription.meter)
        registry.register(MeterMethods.admit) { [self] request, _ throws(ServiceError) in
            let decide = state.withLock { state in
                state.admitted.append(request)
                return state.decide
            }
            do {
                return try decide(request)
            } catch let error as ServiceError {
                throw error
            } catch {
                throw ServiceError(.internal, reason: "script", message: "\(error)")
            }
        }
        registry.register(MeterMethods.grant) { [self] request, _ throws(ServiceError) in
            state.withLock { state in
                state.ended += request.ended
                guard request.requests > 0 else { return GrantReply() }
                state.asked.append(request)
                guard let size = state.grantSize else { return GrantReply() }
                var terms = AdmitReply.granted(request.unit)
                terms.reservation = nil
                let id = "g-\(state.asked.count)"
                let grant = Grant(id: id, requests: size, useMS: 10_000, nanoUSD: 5000, tokens: 5000)
                return GrantReply(grant: grant, terms: terms)
            }
        }
        registry.register(MeterMethods.identify) { [self] request, _ throws(ServiceError) in
            let answer = state.withLock { state in
                state.identified += 1
                return state.identify
            }
            return answer(request)
        }
        registry.register(MeterMethods.rates) { [self] request, _ throws(ServiceError) in
            let (known, isSilent) = state.withLock { state in
                state.ratesAsked += 1
                return (state.rates, state.hidesRates)
            }
            if isSilent { throw ServiceError(.unavailable, reason: "script", message: "no prices now") }
            return RatesReply(rates: request.targets.map { known["\($0.provider)/\($0.model)"] ?? TargetRates() })
        }
        registry.register(MeterMethods.renew) { [self] request, _ throws(ServiceError) in
            state.withLock { $0.renewed.append(request) }
            return RenewReply()
        }
        registry.register(MeterMethods.settle) { [self] request, _ throws(ServiceError) in
            try state.withLock { state throws(ServiceError) in
                guard state.settles else {
                    throw ServiceError(.unavailable, reason: "store_full", message: "no room")
                }
                state.settled += request.records
            }
            return SettleReply(applied: request.records.map(\.requestID))
        }
        registry.register(MeterMethods.changes) { [self] _, _, items throws(ServiceError) in
            // Open until the router or the server leaves; what was told before is no news.
            var told = state.withLock { $0.changes.count }
            while !Task.isCancelled {
                for change in state.withLock({ Array($0.changes[told...]) }) {
                    told += 1
                    try await items.send(change)
                }
                try? await Task.sleep(for: .milliseconds(5))
            }
            return Empty()
        }
        try await server.start(registry)
    }

    func stop() async {
        await server.stop()
    }
}

extension AdmitReply {
    /// Everything is permitted, and a reservation is made.
    static func granted(_ request: AdmitRequest) -> AdmitReply {
        guard !request.targets.isEmpty else {
            return .denied(.modelNotAllowed, "this API key may not use the requested model")
        }
        return AdmitReply(
            admitted: true,
            identity: Identity(tenant: "default", keyID: "key_test", plan: "team"),
            targets: Array(request.targets.indices),
            reservation: Reservation(id: "r-\(request.requestID)", leaseMS: 60_000, nanoUSD: 5000, tokens: 500),
            remaining: Remaining(nanoUSD: 1_000_000, tokens: nil),
            limits: LimitsState(
                rpm: Rate(limit: 60, remaining: 3, resetMS: 20_000),
                concurrency: Concurrency(limit: 8, inUse: 1)
            )
        )
    }

    static func denied(_ reason: Denial.Reason, _ message: String, retryAfterMS: Int? = nil) -> AdmitReply {
        AdmitReply(
            admitted: false,
            denial: Denial(reason: reason, retryAfterMS: retryAfterMS, message: message),
            identity: reason == .unknownKey ? nil : Identity(tenant: "default", keyID: "key_test")
        )
    }
}

extension IdentifyReply {
    /// A good key with these allow-lists.
    static func good(plan: [String]? = nil, key: [String] = [], expiresUS: Int? = nil) -> IdentifyReply {
        IdentifyReply(
            key: KeyItem(name: "test", plan: plan.map { _ in "team" }, expiresUS: expiresUS, allowedModels: key),
            plan: plan.map { PlanItem(name: "team", allowedModels: $0) }
        )
    }
}
