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
        var loads: [String: SharedLoad] = [:]
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

    /// The load of a target, which stays the same when targets are found anew.
    package func load(of target: RoutedTarget) -> SharedLoad {
        target.load.withLock { load in
            if let load { return load }
            let known = known(target.name)
            load = known
            return known
        }
    }

    private func known(_ name: String) -> SharedLoad {
        state.withLock { state in
            if let known = state.loads[name] { return known }
            if state.loads.count >= Self.limit { state.loads = state.loads.filter { $0.value.inFlight > 0 } }
            let load = SharedLoad()
            if state.loads.count < Self.limit { state.loads[name] = load }
            return load
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
