import Contracts
import Logging
import PeerRPC
import Synchronization

/// Carries what the spool holds to the meter, and what routers that died have left.
///
/// A batch is sent as soon as something is there and the one before was answered, so under load batches grow by
/// themselves. Nothing is forgotten before the meter has said that it stands in the ledger.
package final class SpoolSettler: Sendable {
    private static let batch = 500
    private static let deadline = Duration.seconds(15)
    /// Between two batches: enough to gather, too short to notice.
    private static let gathering = Duration.milliseconds(5)
    private static let longestPause = Duration.seconds(5)
    /// How often folders of routers that died are looked for.
    private static let adoption = Duration.seconds(15)

    private struct State {
        var unsettled: [String: Int] = [:]
        var owner: [String: String] = [:]
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter = 0
    }

    private let spool: Spool
    private let root: String
    private let instance: String
    private let client: RPCClient
    private let reservations: OpenReservations
    private let logger: Logger
    private let state = Mutex(State())
    private let signal = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    init(
        spool: Spool,
        root: String,
        instance: String,
        client: RPCClient,
        reservations: OpenReservations,
        logger: Logger
    ) {
        self.spool = spool
        self.root = root
        self.instance = instance
        self.client = client
        self.reservations = reservations
        self.logger = logger
    }

    /// A request has ended and its record is in the spool.
    func closed(_ requestID: String, key: String) {
        state.withLock { state in
            state.unsettled[key, default: 0] += 1
            state.owner[requestID] = key
        }
        wake()
    }

    /// Something may be to be done: a record, or a meter that has come back.
    func wake() {
        signal.continuation.yield()
    }

    /// Waits until what is closed by now is settled, when the key has anything that is.
    ///
    /// - Returns: Whether there was anything to wait for.
    func settle(key: String, atMost limit: Duration) async -> Bool {
        guard state.withLock({ $0.unsettled[key] != nil }) else { return false }
        wake()
        let timeout = Task { [self] in
            try? await Task.sleep(for: limit)
            releaseWaiters(of: nil)
        }
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                guard state.unsettled[key] != nil else { return true }
                state.waiters[state.nextWaiter] = continuation
                state.nextWaiter += 1
                return false
            }
            if isDone { continuation.resume() }
        }
        timeout.cancel()
        return true
    }

    // MARK: Running

    /// Settles until cancelled; then once more what is left, for a moment.
    package func run() async {
        await withTaskGroup { group in
            group.addTask { await self.settleOwn() }
            group.addTask { await self.adoptOthers() }
            await group.waitForAll()
        }
    }

    /// Sends what is left after the last request, for at most this long; what remains is adopted by the next router.
    package func finish(within limit: Duration) async {
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end {
            let records = spool.batch(limit: Self.batch)
            guard !records.isEmpty else { return spool.removeIfEmpty() }
            if await send(records, until: end) == nil { try? await Task.sleep(for: .milliseconds(50)) }
        }
    }

    private func settleOwn() async {
        var pause = Duration.milliseconds(100)
        for await _ in signal.stream {
            while !Task.isCancelled {
                let records = spool.batch(limit: Self.batch)
                if records.isEmpty { break }
                if await send(records, until: .now + Self.deadline) != nil {
                    pause = .milliseconds(100)
                    try? await Task.sleep(for: Self.gathering)
                } else {
                    try? await Task.sleep(for: pause)
                    pause = min(pause * 2, Self.longestPause)
                }
            }
        }
    }

    /// Sends one batch.
    ///
    /// - Returns: The ids that the meter will not ask for again; `nil` when it did not answer.
    private func send(_ records: [UsageRecord], until deadline: ContinuousClock.Instant) async -> [String]? {
        guard let done = await deliver(records, until: deadline) else {
            releaseWaiters(of: nil)
            return nil
        }
        spool.settled(done)
        reservations.remove(done)
        releaseWaiters(of: done)
        return done
    }

    private func deliver(_ records: [UsageRecord], until deadline: ContinuousClock.Instant) async -> [String]? {
        do throws(ServiceError) {
            let reply = try await client.call(
                MeterMethods.settle,
                SettleRequest(records: records),
                deadline: deadline
            )
            for rejection in reply.rejected {
                logger.error(
                    "the meter refuses a record",
                    metadata: [
                        "keirouter.request.id": "\(rejection.requestID)", "error.type": "\(rejection.reason)",
                    ]
                )
            }
            return reply.applied + reply.rejected.map(\.requestID)
        } catch {
            guard !Task.isCancelled else { return nil }
            logger.notice(
                "records wait for the meter",
                metadata: ["error.type": "\(error.reason)", "keirouter.spool.records": "\(spool.count)"]
            )
            return nil
        }
    }

    private func releaseWaiters(of done: [String]?) {
        let waiters = state.withLock { state in
            for id in done ?? [] {
                guard let key = state.owner.removeValue(forKey: id) else { continue }
                let left = (state.unsettled[key] ?? 0) - 1
                state.unsettled[key] = left > 0 ? left : nil
            }
            defer { state.waiters = [:] }
            return state.waiters
        }
        for waiter in waiters.values { waiter.resume() }
    }

    // MARK: Routers that died

    private func adoptOthers() async {
        while !Task.isCancelled {
            for folder in SpoolFolder.adopt(root: root, except: instance) {
                await settle(folder)
            }
            try? await Task.sleep(for: Self.adoption)
        }
    }

    private func settle(_ folder: SpoolFolder.Adopted) async {
        var rest = folder.records[...]
        if !rest.isEmpty {
            logger.notice("settling what another router left", metadata: ["keirouter.spool.records": "\(rest.count)"])
        }
        while !rest.isEmpty {
            guard !Task.isCancelled else { return }
            let part = Array(rest.prefix(Self.batch))
            guard let done = await deliver(part, until: .now + Self.deadline) else {
                try? await Task.sleep(for: .seconds(1))
                continue
            }
            let finished = Set(done)
            let open = part.filter { !finished.contains($0.requestID) }
            rest = open + rest.dropFirst(part.count)
        }
        folder.remove()
    }
}
