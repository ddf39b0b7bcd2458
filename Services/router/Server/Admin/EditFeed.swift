import Contracts
import Synchronization

/// Tells every watcher of each change.
///
/// A watcher that falls behind by more than its buffer is dropped: its stream ends, and it has to list again.
final class EditFeed: Sendable {
    private struct State {
        var watchers: [Int: AsyncStream<AdminChange>.Continuation] = [:]
        var last = 0
        var isClosed = false
    }

    private let capacity: Int
    private let state = Mutex(State())

    init(capacity: Int = 1024) {
        self.capacity = capacity
    }

    var watcherCount: Int { state.withLock { $0.watchers.count } }

    /// The changes from now on, until the watcher or the feed goes away.
    func subscribe() -> AsyncStream<AdminChange> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: AdminChange.self,
            bufferingPolicy: .bufferingOldest(capacity)
        )
        let number = state.withLock { state -> Int? in
            guard !state.isClosed else { return nil }
            state.last += 1
            state.watchers[state.last] = continuation
            return state.last
        }
        guard let number else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { $0.watchers[number] = nil }
        }
        return stream
    }

    func publish(_ change: AdminChange) {
        let watchers = state.withLock { Array($0.watchers.values) }
        for watcher in watchers {
            if case .dropped = watcher.yield(change) { watcher.finish() }
        }
    }

    /// Ends every subscription, now and later.
    func close() {
        let watchers = state.withLock { state in
            state.isClosed = true
            defer { state.watchers = [:] }
            return Array(state.watchers.values)
        }
        for watcher in watchers { watcher.finish() }
    }
}
