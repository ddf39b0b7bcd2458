/// Chooses servers and remembers how they do: events in, choices out.
///
/// No clock, no randomness and no I/O of its own, so that every rule is tested by itself. Servers are told apart by
/// tokens that are never used again.
package struct Balancer<Address: Hashable & Sendable>: Sendable {
    /// How a call ended, as far as its server is concerned.
    package enum Outcome: Sendable {
        case answered
        case failed
        /// The caller gave up; nothing is learned.
        case neutral
    }

    private enum Standing: Equatable {
        case available
        /// Outside until an instant, then probed.
        case ejected(until: ContinuousClock.Instant)
        case probing
    }

    private struct Server {
        let token: Int
        let address: Address
        var inFlight = 0
        var failures = 0
        var ejections = 0
        var standing = Standing.available
        /// Whether it left because nobody answered a connect; such a server is found again by trying.
        var isUnreachable = false
        var triedAt: ContinuousClock.Instant?
    }

    private let policy: EjectionPolicy
    private var servers: [Server] = []
    private var lastToken = 0

    package init(policy: EjectionPolicy) {
        self.policy = policy
    }

    // MARK: Membership

    package var tokens: [Int] { servers.map(\.token) }
    package var availableTokens: [Int] { servers.filter { $0.standing == .available }.map(\.token) }

    package func address(of token: Int) -> Address? {
        index(of: token).map { servers[$0].address }
    }

    package func inFlight(of token: Int) -> Int {
        index(of: token).map { servers[$0].inFlight } ?? 0
    }

    /// Takes over a new list; servers in both keep their history.
    ///
    /// - Returns: The tokens of servers that are gone.
    package mutating func update(_ addresses: [Address]) -> [Int] {
        let wanted = Set(addresses)
        let removed = servers.filter { !wanted.contains($0.address) }.map(\.token)
        servers.removeAll { !wanted.contains($0.address) }
        var known = Set(servers.map(\.address))
        for address in addresses where known.insert(address).inserted {
            lastToken += 1
            servers.append(Server(token: lastToken, address: address))
        }
        return removed
    }

    /// Forgets all failures.
    package mutating func reset() {
        for index in servers.indices where servers[index].standing != .probing { restore(index) }
    }

    // MARK: Choosing

    /// The less busy of two servers chosen at random, or the only one.
    ///
    /// - Parameters:
    ///   - excluding: Servers tried before; one of them is chosen again only if there is no other.
    ///   - generator: What makes the choice.
    /// - Returns: A server's token, or `nil` when all are outside.
    package func pick(excluding: [Int], using generator: inout some RandomNumberGenerator) -> Int? {
        if servers.count == 1, servers[0].standing == .available { return servers[0].token }
        var candidates = servers.indices.filter {
            servers[$0].standing == .available && !excluding.contains(servers[$0].token)
        }
        if candidates.isEmpty { candidates = servers.indices.filter { servers[$0].standing == .available } }
        guard candidates.count > 1 else { return candidates.first.map { servers[$0].token } }
        let first = Int.random(in: 0..<candidates.count, using: &generator)
        var second = Int.random(in: 0..<candidates.count - 1, using: &generator)
        if second >= first { second += 1 }
        let (left, right) = (servers[candidates[first]], servers[candidates[second]])
        return right.inFlight < left.inFlight ? right.token : left.token
    }

    // MARK: Calls

    package mutating func began(_ token: Int) {
        if let index = index(of: token) { servers[index].inFlight += 1 }
    }

    /// Books the end of a call.
    ///
    /// - Parameters:
    ///   - token: The server.
    ///   - outcome: What the call tells about it.
    ///   - now: When it ended.
    ///   - jitter: Between 0 and 1; spreads the returns of many clients.
    /// - Returns: Whether the server leaves the pool by it.
    package mutating func ended(
        _ token: Int,
        _ outcome: Outcome,
        now: ContinuousClock.Instant,
        jitter: Double
    ) -> Bool {
        guard let index = index(of: token) else { return false }
        servers[index].inFlight = max(0, servers[index].inFlight - 1)
        switch outcome {
        case .neutral: return false
        case .answered:
            servers[index].failures = 0
            servers[index].ejections = 0
            return false
        case .failed:
            servers[index].failures += 1
            guard servers[index].standing == .available else { return false }
            guard servers[index].failures >= policy.failures else { return false }
            eject(index, now: now, jitter: jitter)
            return true
        }
    }

    /// Nobody answered a connect: the server leaves at once.
    package mutating func unreachable(_ token: Int, now: ContinuousClock.Instant, jitter: Double) {
        guard let index = index(of: token) else { return }
        servers[index].isUnreachable = true
        if servers[index].standing == .available { eject(index, now: now, jitter: jitter) }
    }

    /// A health check failed.
    package mutating func unhealthy(_ token: Int, now: ContinuousClock.Instant, jitter: Double) {
        guard let index = index(of: token), servers[index].standing == .available else { return }
        eject(index, now: now, jitter: jitter)
    }

    // MARK: Probes

    /// When the next server is due for a probe.
    package var nextProbe: ContinuousClock.Instant? {
        servers.compactMap { server in
            if case .ejected(let until) = server.standing { return until }
            return nil
        }.min()
    }

    /// Whether a probe is under way that is worth waiting for: a connect, which fails fast.
    package var isRecovering: Bool {
        servers.contains { $0.standing == .probing && $0.isUnreachable }
    }

    /// The servers whose time outside is over; each must be reported with `probed`.
    package mutating func dueProbes(now: ContinuousClock.Instant) -> [Int] {
        startProbes(now) { server in
            if case .ejected(let until) = server.standing { return until <= now }
            return false
        }
    }

    /// The servers to try although their time is not over, because a call found none.
    ///
    /// The back-off spares a pool that has others; the only server is worth asking again soon.
    package mutating func demandedProbes(now: ContinuousClock.Instant) -> [Int] {
        guard !servers.contains(where: { $0.standing == .available }) else { return [] }
        let pause = policy.retryWhenNoneLeft
        return startProbes(now) { server in
            guard case .ejected = server.standing else { return false }
            return server.triedAt.map { $0 + pause <= now } ?? true
        }
    }

    /// Books the result of a probe.
    package mutating func probed(_ token: Int, isHealthy: Bool, now: ContinuousClock.Instant, jitter: Double) {
        guard let index = index(of: token), servers[index].standing == .probing else { return }
        if isHealthy {
            restore(index)
        } else {
            eject(index, now: now, jitter: jitter)
        }
    }

    private mutating func startProbes(_ now: ContinuousClock.Instant, _ isDue: (Server) -> Bool) -> [Int] {
        var due: [Int] = []
        for index in servers.indices where isDue(servers[index]) {
            servers[index].standing = .probing
            servers[index].triedAt = now
            due.append(servers[index].token)
        }
        return due
    }

    private mutating func restore(_ index: Int) {
        servers[index].standing = .available
        servers[index].failures = 0
        servers[index].isUnreachable = false
    }

    private mutating func eject(_ index: Int, now: ContinuousClock.Instant, jitter: Double) {
        let doublings = min(servers[index].ejections, 16)
        let backoff = min(policy.longestBackoff, policy.firstBackoff * (1 << doublings))
        servers[index].ejections += 1
        servers[index].triedAt = now
        servers[index].standing = .ejected(until: now + backoff * (0.8 + 0.4 * jitter))
    }

    private func index(of token: Int) -> Int? {
        servers.firstIndex { $0.token == token }
    }
}

/// A small fast generator: choosing a server needs spread, not secrecy, and the system's one costs a system call.
struct QuickGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
