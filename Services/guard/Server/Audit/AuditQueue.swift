package import Contracts
package import Logging
package import Storage
import Synchronization

/// Decisions on their way to the database: taken at once, written in batches, dropped and counted when they come faster.
package final class AuditQueue: Sendable {
    /// What waits at most.
    package static let capacity = 8192
    /// Findings of one decision that are kept.
    package static let mostFindings = 100
    /// Rows of one transaction.
    private static let batch = 512
    /// How long a row waits for company.
    private static let pause = Duration.milliseconds(200)
    private static let attempts = 3

    private struct State {
        var waiting: [DecisionItem] = []
        var dropped = 0
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
        signal.continuation.finish()
    }

    /// Writes until the queue is closed and empty.
    package func run(_ database: any Database, _ logger: Logger) async {
        var reported = 0
        for await _ in signal.stream {
            try? await Task.sleep(for: Self.pause)
            await writeAll(database, logger)
            let dropped = dropped
            guard dropped > reported else { continue }
            logger.warning("decisions dropped", metadata: ["decisions": "\(dropped - reported)"])
            reported = dropped
        }
        await writeAll(database, logger)
    }

    private func writeAll(_ database: any Database, _ logger: Logger) async {
        while true {
            let items = state.withLock { state in
                let items = Array(state.waiting.prefix(Self.batch))
                state.waiting.removeFirst(items.count)
                return items
            }
            guard !items.isEmpty else { return }
            await write(items, database, logger)
        }
    }

    private func write(_ items: [DecisionItem], _ database: any Database, _ logger: Logger) async {
        for attempt in 1...Self.attempts {
            do throws(StoreError) {
                try await database.write { connection throws(StoreError) in
                    for item in items { try DecisionStore.insert(item, connection) }
                }
                return
            } catch {
                guard attempt == Self.attempts || error.kind != .busy else { continue }
                logger.error("decisions not written", metadata: ["decisions": "\(items.count)", "error": "\(error)"])
                state.withLock { $0.dropped += items.count }
                return
            }
        }
    }
}
