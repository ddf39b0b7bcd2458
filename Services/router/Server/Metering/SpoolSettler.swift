import Contracts
import JSON
package import Logging
package import PeerRPC
import Synchronization

/// Carries what the spool holds to the meter, and what routers that died have left.
///
/// A batch is sent as soon as something is there and the one before was answered, so under load batches grow by
/// themselves. Nothing is forgotten before the meter has said that it stands in the ledger.
package final class SpoolSettler: Sendable {
    private static let batch = 500
    private static let deadline = Duration.seconds(15)
    /// Between two batches of a busy router: enough to gather, too short to notice, and cut short when somebody waits for a receipt.
    package static let gathering = Duration.milliseconds(25)
    /// The same for one that is not: what the meter does with a batch is in the way of requests as long as it takes, so it is
    /// better done in small parts; on a busy router what each batch takes by itself counts more.
    private static let briefGathering = Duration.milliseconds(8)
    /// Records a second from which on a router is busy.
    private static let busy = 8_000.0
    private static let longestPause = Duration.seconds(5)
    /// How often folders of routers that died are looked for.
    private static let adoption = Duration.seconds(15)

    private struct Waiters {
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let spool: Spool
    private let root: String
    private let instance: String
    private let client: RPCClient
    private let gathering: Duration
    private let logger: Logger
    private let waiters = Mutex(Waiters())
    private let nap = Nap()
    private let signal = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    package init(
        spool: Spool,
        root: String,
        instance: String,
        client: RPCClient,
        gathering: Duration = SpoolSettler.gathering,
        logger: Logger
    ) {
        self.spool = spool
        self.root = root
        self.instance = instance
        self.client = client
        self.gathering = gathering
        self.logger = logger
    }

    /// Something may be to be done: a record, or a meter that has come back.
    package func wake() {
        signal.continuation.yield()
    }

    /// Waits until what is closed by now is settled, when the key has anything that is.
    ///
    /// - Returns: Whether there was anything to wait for.
    func settle(key: String, atMost limit: Duration) async -> Bool {
        guard spool.isWaiting(key: key) else { return false }
        wake()
        let timeout = Task { [self] in
            try? await Task.sleep(for: limit)
            releaseWaiters()
        }
        await withCheckedContinuation { continuation in
            waiters.withLock { $0.waiting.append(continuation) }
            nap.end()
            if !spool.isWaiting(key: key) { releaseWaiters() }
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
            if await !send(records, until: end) { try? await Task.sleep(for: .milliseconds(50)) }
        }
    }

    private func settleOwn() async {
        var pause = Duration.milliseconds(100)
        var last = ContinuousClock.now
        for await _ in signal.stream {
            while !Task.isCancelled {
                let records = spool.batch(limit: Self.batch)
                if records.isEmpty { break }
                if await send(records, until: .now + Self.deadline) {
                    pause = .milliseconds(100)
                    let now = ContinuousClock.now
                    let isBusy = Double(records.count) / ((now - last) / .seconds(1)) > Self.busy
                    last = now
                    // A full batch has left others waiting: who paused now would fall behind, and what waits takes memory.
                    guard records.count < Self.batch else { continue }
                    await gather(isBusy ? gathering : min(gathering, Self.briefGathering))
                } else {
                    try? await Task.sleep(for: pause)
                    pause = min(pause * 2, Self.longestPause)
                }
            }
        }
    }

    private func gather(_ time: Duration) async {
        await nap.take(time) { waiters.withLock { !$0.waiting.isEmpty } }
    }

    /// Sends one batch.
    ///
    /// - Returns: Whether the meter answered.
    private func send(_ batch: [Spool.Closed], until deadline: ContinuousClock.Instant) async -> Bool {
        defer { releaseWaiters() }
        guard let done = await deliver(batch, until: deadline) else { return false }
        spool.settled(done)
        return true
    }

    /// - Returns: The ids that the meter will not ask for again; `nil` when it did not answer.
    private func deliver(_ batch: [Spool.Closed], until deadline: ContinuousClock.Instant) async -> [String]? {
        do throws(ServiceError) {
            let reply = try await client.call(SettleBatch.method, SettleBatch(batch), deadline: deadline)
            for rejection in reply.rejected {
                logger.error(
                    "the meter refuses a record",
                    metadata: [
                        "keirouter.request.id": "\(rejection.requestID)", "error.type": "\(rejection.reason)",
                    ]
                )
            }
            // A record whose id the meter could not read is refused without a name: all are answered then.
            guard reply.applied.count + reply.rejected.count < batch.count else { return batch.map(\.requestID) }
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

    private func releaseWaiters() {
        let released = waiters.withLock { waiters in
            defer { waiters.waiting = [] }
            return waiters.waiting
        }
        for waiter in released { waiter.resume() }
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
        var rest = folder.closed[...]
        if !rest.isEmpty {
            logger.notice("settling what another router left", metadata: ["keirouter.spool.records": "\(rest.count)"])
        }
        var pause = Duration.milliseconds(50)
        while !rest.isEmpty {
            guard !Task.isCancelled else { return }
            let part = Array(rest.prefix(Self.batch))
            guard let done = await deliver(part, until: .now + Self.deadline) else {
                try? await Task.sleep(for: pause)
                pause = min(pause * 2, Self.longestPause)
                continue
            }
            let finished = Set(done)
            let open = part.filter { !finished.contains($0.requestID) }
            rest = open + rest.dropFirst(part.count)
        }
        folder.remove()
    }
}

/// The records of a settlement as they stand in the spool: what was written once is not read and written again.
struct SettleBatch: WireCodable {
    /// ``MeterMethods/settle`` with the records left as they are.
    static let method = RPCMethod<SettleBatch, SettleReply>(MeterMethods.settle.name, isIdempotent: true)

    let records: [[UInt8]]

    init(_ batch: [Spool.Closed]) {
        records = batch.map(\.json)
    }

    init(from object: JSONCursor) throws(WireError) {
        records = try object.array("records") { record throws(WireError) in Array(record.raw) }
    }

    func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.array("records") { items in
                for record in records { items.raw(record) }
            }
        }
    }
}
