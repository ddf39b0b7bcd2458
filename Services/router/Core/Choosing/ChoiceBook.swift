import Synchronization

/// What the strategies of chains remember between requests: whose turn it is, how busy and how slow targets are, and
/// which target a conversation stays with.
package final class ChoiceBook: Sendable {
    /// Chains with a turn, and targets with a load, at most.
    package static let limit = 4096
    /// Bytes for the targets that conversations stay with: about twenty thousand of them.
    package static let pinLimit = 4 << 20

    private struct State {
        var turns: [String: SmoothRotation] = [:]
        var loads: [String: TargetLoad] = [:]
        var pins = BoundedMemory<Pin>(limit: ChoiceBook.pinLimit) { $0.chain.utf8.count + $0.target.utf8.count }
    }

    /// A conversation's place in a chain; the chain is kept beside it, for a conversation may move to another.
    private struct Pin {
        var chain: String
        var target: String
    }

    private let state = Mutex(State())

    package init() {}

    // MARK: Turns

    /// Who has the next turn in a chain; see ``SmoothRotation/next(_:)``.
    func turn(in chain: String, among branches: [(name: String, weight: Int)]) -> [Int] {
        state.withLock { state in
            if state.turns.count >= Self.limit, state.turns[chain] == nil { state.turns.removeAll() }
            return state.turns[chain, default: SmoothRotation()].next(branches)
        }
    }

    // MARK: Loads

    /// What the loads of targets come to, one value for each.
    func values(of targets: [RoutedTarget], _ value: @Sendable (TargetLoad) -> Double) -> [Double] {
        state.withLock { state in
            targets.map { target in
                state.loads.index(forKey: target.name).map { value(state.loads.values[$0]) } ?? value(TargetLoad())
            }
        }
    }

    /// How long a target takes to its first content when it is slow; `nil`: not known yet.
    package func slow(_ target: String) -> Duration? {
        state.withLock { state in state.loads.index(forKey: target).flatMap { state.loads.values[$0].slow } }
    }

    /// An attempt goes to a target.
    package func began(_ target: String) {
        state.withLock { state in
            if state.loads.count >= Self.limit, state.loads[target] == nil {
                state.loads = state.loads.filter { $0.value.inFlight > 0 }
                guard state.loads.count < Self.limit else { return }
            }
            // In place by one look-up, as in what follows: this happens for every request.
            guard let index = state.loads.index(forKey: target) else {
                var load = TargetLoad()
                load.began()
                state.loads[target] = load
                return
            }
            state.loads.values[index].began()
        }
    }

    /// An attempt has ended.
    ///
    /// - Parameters:
    ///   - target: Where it went.
    ///   - firstTokenMS: Its time to the first content; `nil` when there was none.
    ///   - now: When.
    package func ended(_ target: String, firstTokenMS: Int?, now: ContinuousClock.Instant) {
        state.withLock { state in
            guard let index = state.loads.index(forKey: target) else { return }
            state.loads.values[index].ended()
            if let firstTokenMS { state.loads.values[index].measured(firstTokenMS, now: now) }
        }
    }

    // MARK: Conversations

    /// The target that a conversation was answered by in a chain.
    func pin(of conversation: ConversationID, in chain: String) -> String? {
        state.withLock { state in
            let pin = state.pins.value(of: MemoryKey(high: conversation.high, low: conversation.low))
            return pin?.chain == chain ? pin?.target : nil
        }
    }

    /// A target has answered a conversation, which stays with it: the provider's prompt cache knows its beginning.
    package func keep(_ conversation: ConversationID, in chain: String, at target: String) {
        state.withLock { state in
            let key = MemoryKey(high: conversation.high, low: conversation.low)
            state.pins.insert(Pin(chain: chain, target: target), for: key)
        }
    }
}
