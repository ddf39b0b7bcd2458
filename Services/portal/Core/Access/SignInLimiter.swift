/// Slows down guessing: after some failures the next attempt has to wait, twice as long each time.
///
/// An attempt counts as failed from its start, so that many at once gain nothing; a success takes it back.
package struct SignInLimiter: Sendable {
    /// The numbers of the limit.
    package struct Rules: Hashable, Sendable {
        /// Failures of one peer that cost nothing.
        package var free = 5
        /// The wait after the next one; it doubles with each.
        package var firstWaitUS = 1_000_000
        /// The longest wait of a peer.
        package var longestWaitUS = 900_000_000
        /// Failures of everybody together that cost nothing.
        package var freeForAll = 50
        /// The longest wait for everybody; short, so that strangers cannot lock the operator out.
        package var longestWaitForAllUS = 30_000_000
        /// After this long without a failure it is forgotten.
        package var memoryUS = 3_600_000_000
        /// Peers that are remembered.
        package var peers = 4096

        package init() {}
    }

    private struct Record: Sendable {
        var failures = 0
        var lastUS = 0
        var openUS = 0
    }

    private let rules: Rules
    private var peers: [String: Record] = [:]
    private var everybody = Record()

    package init(rules: Rules = Rules()) {
        self.rules = rules
    }

    /// Asks for an attempt.
    ///
    /// - Returns: `nil` when it may be made, and it then counts as failed; else microseconds to wait.
    package mutating func attempt(by peer: String, at nowUS: Int) -> Int? {
        var record = fresh(peers[peer] ?? Record(), nowUS)
        everybody = fresh(everybody, nowUS)
        let wait = max(record.openUS, everybody.openUS) - nowUS
        guard wait <= 0 else { return wait }
        record.failures += 1
        record.lastUS = nowUS
        record.openUS = nowUS + self.wait(record.failures - rules.free, rules.longestWaitUS)
        everybody.failures += 1
        everybody.lastUS = nowUS
        everybody.openUS = nowUS + self.wait((everybody.failures - rules.freeForAll) / 10, rules.longestWaitForAllUS)
        peers[peer] = record
        if peers.count > rules.peers { forgetSome(nowUS) }
        return nil
    }

    /// The attempt was right: the peer starts anew.
    package mutating func succeeded(_ peer: String) {
        peers[peer] = nil
        everybody.failures = max(0, everybody.failures - 1)
        everybody.openUS = 0
    }

    /// The attempt was neither right nor wrong: it was not made.
    package mutating func withdraw(_ peer: String) {
        guard var record = peers[peer] else { return }
        record.failures = max(0, record.failures - 1)
        record.openUS = 0
        peers[peer] = record
        everybody.failures = max(0, everybody.failures - 1)
        everybody.openUS = 0
    }

    private func fresh(_ record: Record, _ nowUS: Int) -> Record {
        nowUS - record.lastUS > rules.memoryUS ? Record() : record
    }

    private func wait(_ step: Int, _ longest: Int) -> Int {
        guard step > 0 else { return 0 }
        return step > 30 ? longest : min(longest, rules.firstWaitUS << (step - 1))
    }

    /// Drops what is forgotten anyway; if that is not enough, the peers whose last failure is the oldest.
    private mutating func forgetSome(_ nowUS: Int) {
        peers = peers.filter { nowUS - $0.value.lastUS <= rules.memoryUS }
        guard peers.count > rules.peers else { return }
        let oldest = peers.sorted { $0.value.lastUS < $1.value.lastUS }.prefix(peers.count - rules.peers * 3 / 4)
        for (peer, _) in oldest { peers[peer] = nil }
    }
}
