import Contracts
import Synchronization

/// Lets one edit in at a time, in the order in which they came.
///
/// What is committed, what is in memory and what watchers hear then change in the same order.
final class BookTurns: Sendable {
    /// Edits that wait at most.
    static let maximumWaiting = 256

    private struct State {
        var isTaken = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// Waits for the turn; whoever got it hands it on with ``leave()``.
    func enter() async throws(ServiceError) {
        let isFull = state.withLock { $0.waiting.count >= Self.maximumWaiting }
        guard !isFull else { throw .tooManyEdits }
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if !state.isTaken {
                    state.isTaken = true
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard !state.waiting.isEmpty else {
                state.isTaken = false
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}

extension ServiceError {
    static let tooManyEdits = ServiceError(
        .resourceExhausted,
        reason: "queue_full",
        message: "too many changes are waiting to be written",
        retry: .same(afterMilliseconds: 500)
    )
}
