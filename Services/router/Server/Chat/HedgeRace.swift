import Synchronization

/// Which of two attempts of a request answers: the first one that has something for the client.
final class HedgeRace: Sendable {
    /// The reason of an attempt that was given up because another one answered.
    static let lost = "hedge_lost"

    private struct Runner {
        let start: ContinuousClock.Instant
        /// Whether its request is on its way: what it costs is spent.
        var hasLeft = false
    }

    private struct State {
        var runners: [String: Runner] = [:]
        var winner: String?
        var waiting: [String: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    /// An attempt at a target begins.
    func starts(_ target: String) {
        state.withLock { $0.runners[target] = Runner(start: .now) }
    }

    /// An attempt has ended without an answer.
    func ends(_ target: String) {
        state.withLock { state in
            if state.winner != target { state.runners[target] = nil }
        }
    }

    /// The request to a target is on its way.
    func left(_ target: String) {
        state.withLock { $0.runners[target]?.hasLeft = true }
    }

    func hasLeft(_ target: String) -> Bool {
        state.withLock { $0.runners[target]?.hasLeft ?? false }
    }

    /// Whether nobody has answered yet.
    var isOpen: Bool { state.withLock { $0.winner == nil } }

    /// Whether another attempt answers.
    func hasLost(_ target: String) -> Bool {
        state.withLock { state in state.winner.map { $0 != target } ?? false }
    }

    /// Lets a target answer.
    ///
    /// - Returns: The attempts that are given up for it, with the time they had; `nil` when another one answers already.
    func claim(_ target: String) -> [(name: String, milliseconds: Int)]? {
        let (others, waiting) = state.withLock { state -> ([(String, Int)]?, [CheckedContinuation<Void, Never>]) in
            guard state.winner == nil else { return (state.winner == target ? [] : nil, []) }
            state.winner = target
            let others = state.runners.filter { $0.key != target }
                .map { ($0.key, (ContinuousClock.now - $0.value.start).wholeMilliseconds) }
            let losers = state.waiting.filter { $0.key != target }
            for name in losers.keys { state.waiting[name] = nil }
            return (others, Array(losers.values))
        }
        for continuation in waiting { continuation.resume() }
        return others.map { $0.map { (name: $0.0, milliseconds: $0.1) } }
    }

    /// Waits until another attempt answers, or until it is cancelled.
    func untilLost(_ target: String) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    guard state.winner == nil || state.winner == target else { return true }
                    state.waiting[target] = continuation
                    return false
                }
                if isOver { continuation.resume() }
                // A cancellation that came first has found nobody to tell.
                if Task.isCancelled { leave(target) }
            }
        } onCancel: {
            leave(target)
        }
    }

    private func leave(_ target: String) {
        state.withLock { $0.waiting.removeValue(forKey: target) }?.resume()
    }
}
