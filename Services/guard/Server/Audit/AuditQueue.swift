package import Contracts
package import Logging
import Observability
package import Storage
import Synchronization

/// Decisions on their way to the database: taken at once, written in batches, dropped and counted when they come faster.
///
/// A database that is away is waited for while there is room.
package final class AuditQueue: Sendable {
    /// What waits at most.
    package static let capacity = 8192
    /// Findings of one decision that are kept.
    package static let mostFindings = 100
    /// Rows of one transaction.
    private static let batch = 512
    /// How long a row waits for company.
    private static let pause = Duration.milliseconds(200)
    /// Between two attempts while the database is away.
    private static let retry = Duration.seconds(1)

    private struct State {
        var waiting: [DecisionItem] = []
        var isClosed = false
        var dropped = 0
        /// Why the database refused the last one that it did.
        var refusal: StoreError?
        var pace = LogPace()

        /// Gives up the first so many of those that wait.
        mutating func lose(_ count: Int, _ error: StoreError) {
            waiting.removeFirst(count)
            dropped += count
            refusal = error
        }
    }

    private let state = Mutex(State())
    private let signal = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    private let capacity: Int

    package init(capacity: Int = AuditQueue.capacity) {
        self.capacity = capacity
    }

    /// Decisions lost so far because the database was slower than they came, or refused them.
    package var dropped: Int { state.withLock { $0.dropped } }

    package func add(_ item: DecisionItem) {
        let isTaken = state.withLock { state in
            guard state.waiting.count < capacity else {
                state.dropped += 1
                return false
            }
            state.waiting.append(item)
            return true
        }
        if isTaken { signal.continuation.yield() }
    }

    /// Lets ``run(_:_:)`` end when it has written what waits.
    package func close() {
        state.withLock { $0.isClosed = true }
        signal.continuation.finish()
    }

    /// Writes until the queue is closed and empty; what the database does not take then is dropped.
    package func run(_ database: any Database, _ logger: Logger) async {
        for await _ in signal.stream {
            try? await Task.sleep(for: Self.pause)
            var isFirst = true
            while let error = await writeAll(database, logger), !state.withLock({ $0.isClosed }) {
                if isFirst {
                    logger.warning("decisions wait for the database", metadata: ["error": "\(error)"])
                    isFirst = false
                }
                report(logger)
                guard (try? await Task.sleep(for: Self.retry)) != nil else { break }
            }
            report(logger)
        }
        if let error = await writeAll(database, logger) {
            state.withLock { $0.lose($0.waiting.count, error) }
        }
        report(logger, isLast: true)
    }

    /// Tells of what was lost, if it is time to: a broken database must not fill the log too.
    private func report(_ logger: Logger, isLast: Bool = false) {
        let (count, refusal) = state.withLock { state in
            (isLast ? state.pace.rest(state.dropped) : state.pace.due(state.dropped, now: .now), state.refusal)
        }
        guard let count else { return }
        let reason = refusal.map { "\($0)" } ?? "they come faster than they are written"
        logger.error("decisions lost", metadata: ["decisions": "\(count)", "error": "\(reason)"])
    }

    /// Writes what waits.
    ///
    /// - Returns: Why the rest still waits; `nil` when nothing does.
    private func writeAll(_ database: any Database, _ logger: Logger) async -> StoreError? {
        // Rows that go alone, a second time: one of them was refused, and must not take its neighbours with it.
        var alone = 0
        while true {
            let count = alone > 0 ? 1 : Self.batch
            let items = state.withLock { Array($0.waiting.prefix(count)) }
            guard !items.isEmpty else { return nil }
            do throws(StoreError) {
                // What an unanswered commit has written is written once: each has its id.
                try await database.write { connection throws(StoreError) in
                    for item in items { try DecisionStore.insert(item, connection) }
                }
                state.withLock { $0.waiting.removeFirst(items.count) }
            } catch {
                guard !Self.isPassing(error) else { return error }
                guard alone > 0 else {
                    alone = items.count
                    continue
                }
                state.withLock { $0.lose(items.count, error) }
                report(logger)
            }
            alone = max(0, alone - items.count)
        }
    }

    /// Whether the same rows may be written later.
    private static func isPassing(_ error: StoreError) -> Bool {
        switch error.kind {
        case .unavailable, .busy, .full, .cancelled, .readOnly: true
        default: false
        }
    }
}
