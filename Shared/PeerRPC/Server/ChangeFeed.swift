import Synchronization

/// Tells every subscriber of each change.
///
/// A subscriber that falls behind by more than its buffer is dropped: its stream ends, and it has to list again.
package final class ChangeFeed<Change: Sendable>: Sendable {
    private struct State {
        var subscribers: [Int: AsyncStream<Change>.Continuation] = [:]
        var last = 0
        var isClosed = false
    }

    private let capacity: Int
    private let state = Mutex(State())

    package init(capacity: Int = 1024) {
        self.capacity = capacity
    }

    /// The changes from now on, until the subscriber or the feed goes away.
    package func subscribe() -> AsyncStream<Change> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Change.self,
            bufferingPolicy: .bufferingOldest(capacity)
        )
        let number = state.withLock { state -> Int? in
            guard !state.isClosed else { return nil }
            state.last += 1
            state.subscribers[state.last] = continuation
            return state.last
        }
        guard let number else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { $0.subscribers[number] = nil }
        }
        return stream
    }

    package func publish(_ change: Change) {
        let subscribers = state.withLock { Array($0.subscribers.values) }
        for subscriber in subscribers {
            if case .dropped = subscriber.yield(change) { subscriber.finish() }
        }
    }

    /// Ends every subscription, now and later.
    package func close() {
        let subscribers = state.withLock { state in
            state.isClosed = true
            defer { state.subscribers = [:] }
            return Array(state.subscribers.values)
        }
        for subscriber in subscribers { subscriber.finish() }
    }

    package var subscriberCount: Int { state.withLock { $0.subscribers.count } }
}
