import Contracts
import PortalCore
import Synchronization

/// What providers are called, for lists that know their ids: asked for at most every ten seconds.
final class ProviderNames: Sendable {
    private struct State {
        var names: [String: String] = [:]
        var untilUS = 0
    }

    private static let lengthUS = 10_000_000
    private static let most = 2000

    private let peers: PeerClients
    private let clock: PortalClock
    private let state = Mutex(State())

    init(peers: PeerClients, clock: PortalClock) {
        self.peers = peers
        self.clock = clock
    }

    /// Names by id; those of before, or none, while the router does not answer.
    func current() async -> [String: String] {
        let now = clock.nowUS
        if let names = state.withLock({ $0.untilUS > now ? $0.names : nil }) { return names }
        guard let items = try? await peers.all(AdminMethods.routerV1.providers, limit: Self.most) else {
            return state.withLock(\.names)
        }
        let names = Dictionary(items.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
        state.withLock { $0 = State(names: names, untilUS: now + Self.lengthUS) }
        return names
    }
}
