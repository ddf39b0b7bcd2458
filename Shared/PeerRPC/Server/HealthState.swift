import Synchronization

/// Whether a server serves, and who wants to hear of changes.
final class HealthState: Sendable {
    private struct State {
        var isServing = true
        var isClosed = false
        var watchers: [Int: AsyncStream<Bool>.Continuation] = [:]
        var nextWatcher = 0
    }

    private let state = Mutex(State())

    var isServing: Bool { state.withLock { $0.isServing } }

    func set(_ isServing: Bool) {
        let watchers = state.withLock { state -> [AsyncStream<Bool>.Continuation] in
            guard state.isServing != isServing else { return [] }
            state.isServing = isServing
            return Array(state.watchers.values)
        }
        for watcher in watchers { watcher.yield(isServing) }
    }

    /// The state now and each change after it; ends when the server stops.
    ///
    /// A slow watcher sees the newest state alone.
    func changes() -> AsyncStream<Bool> {
        let (stream, continuation) = AsyncStream.makeStream(of: Bool.self, bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state -> Int? in
            continuation.yield(state.isServing)
            guard !state.isClosed else { return nil }
            state.nextWatcher += 1
            state.watchers[state.nextWatcher] = continuation
            return state.nextWatcher
        }
        guard let number else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { state in
                _ = state.watchers.removeValue(forKey: number)
            }
        }
        return stream
    }

    /// Says NOT_SERVING for the last time and ends every watch.
    func close() {
        set(false)
        let watchers = state.withLock { state -> [AsyncStream<Bool>.Continuation] in
            state.isClosed = true
            return Array(state.watchers.values)
        }
        for watcher in watchers { watcher.finish() }
    }
}
