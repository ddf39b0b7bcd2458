/// Whose turn it is among the proxies of a pool, and which of them rest because no connection came about through them.
///
/// A value without a clock: the caller brings the instant. A proxy that takes no connections rests for every destination; one
/// that takes them and makes no tunnel rests for that destination alone, for the fault may lie there.
package struct ProxyTurns: Sendable {
    /// Rests kept at most; the ones that end first are forgotten first.
    package static let limit = 4096
    /// Pools whose turn is kept.
    package static let poolLimit = 1024
    /// The first rest; each further one in a row is twice as long, up to the longest.
    package static let firstRest = Duration.seconds(5)
    package static let longestRest = Duration.seconds(60)

    /// What did not come about.
    package enum Fault: Hashable, Sendable {
        /// A connection to the proxy.
        case connection
        /// A tunnel through it.
        case tunnel
    }

    private struct Key: Hashable {
        let address: String
        /// `nil` for all of them.
        let destination: String?
    }

    private struct Rest {
        var until: ContinuousClock.Instant
        /// How often it failed in a row.
        var failures: Int
    }

    private var rests: [Key: Rest] = [:]
    private var turns: [String: Int] = [:]

    package init() {}

    /// How many rests are remembered.
    package var count: Int { rests.count }

    /// The proxies to try, in order, by their places in the pool.
    ///
    /// Those that rest are left out. Where all rest and nothing may go around them, they are tried after all, the soonest ready first:
    /// refusing on a guess helps nobody.
    ///
    /// - Parameters:
    ///   - pool: The pool, whose turn moves on.
    ///   - destination: Host and port of the provider.
    ///   - now: The instant to compare with.
    /// - Returns: The places; empty only for a pool that is not strict, or has no addresses.
    package mutating func order(
        _ pool: ProxyPool,
        to destination: String,
        now: ContinuousClock.Instant
    ) -> [Int] {
        let places = pool.addresses.indices
        guard !rests.isEmpty else { return rotated(Array(places), pool.id) }
        let ready = places.map { readiness(of: pool.addresses[$0], destination) }
        let free = places.filter { ready[$0].map { $0 <= now } ?? true }
        guard free.isEmpty, pool.isStrict else { return rotated(free, pool.id) }
        return places.sorted { (ready[$0] ?? now) < (ready[$1] ?? now) }
    }

    /// Takes note that a proxy led nowhere; what fails while it rests already is one failure with what sent it there.
    package mutating func failed(
        _ address: String,
        to destination: String,
        _ fault: Fault,
        now: ContinuousClock.Instant
    ) {
        let key = Key(address: address, destination: fault == .connection ? nil : destination)
        let earlier = rests[key].flatMap { $0.until + Cooldowns.memory > now ? $0 : nil }
        if let earlier, earlier.until > now { return }
        let failures = (earlier?.failures ?? 0) + 1
        // Past this many doublings the first rest is over the longest.
        let length = min(Self.longestRest, Self.firstRest * (1 << min(failures - 1, 8)))
        rests[key] = Rest(until: now + length, failures: failures)
        if rests.count > Self.limit { forget(now: now) }
    }

    /// Takes note that a proxy led to a destination.
    package mutating func succeeded(_ address: String, to destination: String) {
        guard !rests.isEmpty else { return }
        rests[Key(address: address, destination: nil)] = nil
        rests[Key(address: address, destination: destination)] = nil
    }

    /// The places in a pool of those that take no connections now.
    package func down(_ pool: ProxyPool, now: ContinuousClock.Instant) -> [Int] {
        pool.addresses.indices.filter { place in
            rests[Key(address: pool.addresses[place], destination: nil)].map { $0.until > now } ?? false
        }
    }

    private func readiness(of address: String, _ destination: String) -> ContinuousClock.Instant? {
        let whole = rests[Key(address: address, destination: nil)]?.until
        let single = rests[Key(address: address, destination: destination)]?.until
        guard let whole, let single else { return whole ?? single }
        return max(whole, single)
    }

    private mutating func rotated(_ places: [Int], _ pool: String) -> [Int] {
        guard places.count > 1 else { return places }
        // A pool that is gone leaves a number behind; to begin anew costs an order that nobody counts on.
        if turns.count >= Self.poolLimit, turns[pool] == nil { turns.removeAll() }
        let turn = turns[pool, default: 0]
        turns[pool] = turn &+ 1
        let first = turn % places.count
        return Array(places[first...] + places[..<first])
    }

    private mutating func forget(now: ContinuousClock.Instant) {
        rests = rests.filter { $0.value.until > now }
        guard rests.count > Self.limit else { return }
        // Down to three quarters, so that the sort is paid once in many failures.
        let ordered = rests.sorted { $0.value.until > $1.value.until }
        rests = Dictionary(uniqueKeysWithValues: ordered.prefix(Self.limit * 3 / 4).map { ($0.key, $0.value) })
    }
}
