import PeerRPC
import Testing

@Suite("Balancer")
struct BalancerTests {
    private var balancer = Balancer<String>(policy: EjectionPolicy())
    private var generator = SeededGenerator(7)
    private let start = ContinuousClock.now

    private func token(_ address: String) -> Int {
        balancer.tokens.first { balancer.address(of: $0) == address } ?? 0
    }

    private mutating func end(_ token: Int, _ outcome: Balancer<String>.Outcome) -> Bool {
        balancer.ended(token, outcome, now: start, jitter: 0)
    }

    private mutating func fail(_ token: Int, _ times: Int, at now: ContinuousClock.Instant) -> [Bool] {
        (0..<times).map { _ in
            balancer.began(token)
            return balancer.ended(token, .failed, now: now, jitter: 0.5)
        }
    }

    @Test("of two servers the less busy one is chosen")
    mutating func lessBusy() {
        _ = balancer.update(["a", "b"])
        balancer.began(token("a"))
        for _ in 0..<50 { #expect(balancer.pick(excluding: [], using: &generator) == token("b")) }
    }

    @Test("equally busy servers share the calls")
    mutating func share() {
        _ = balancer.update(["a", "b", "c", "d"])
        var counts: [Int: Int] = [:]
        for _ in 0..<4_000 {
            guard let token = balancer.pick(excluding: [], using: &generator) else { continue }
            counts[token, default: 0] += 1
            balancer.began(token)
        }
        #expect(counts.count == 4)
        #expect(counts.values.allSatisfy { (980...1_020).contains($0) })
    }

    @Test("a server tried before is chosen again only when there is no other")
    mutating func excluded() {
        _ = balancer.update(["a", "b"])
        let (a, b) = (token("a"), token("b"))
        for _ in 0..<20 { #expect(balancer.pick(excluding: [a], using: &generator) == b) }
        #expect(balancer.pick(excluding: [a, b], using: &generator) != nil)
        _ = balancer.update(["a"])
        #expect(balancer.pick(excluding: [a], using: &generator) == a)
    }

    @Test("five failures in a row, and not before, make a server leave")
    mutating func ejection() {
        _ = balancer.update(["a", "b"])
        let a = token("a")
        #expect(fail(a, 4, at: start) == [false, false, false, false])
        balancer.began(a)
        #expect(end(a, .answered) == false)
        #expect(fail(a, 5, at: start) == [false, false, false, false, true])
        #expect(balancer.availableTokens == [token("b")])
        #expect(balancer.inFlight(of: a) == 0)
    }

    @Test("a caller that gives up tells nothing about the server")
    mutating func neutral() {
        _ = balancer.update(["a"])
        let a = token("a")
        _ = fail(a, 4, at: start)
        balancer.began(a)
        #expect(end(a, .neutral) == false)
        #expect(fail(a, 1, at: start) == [true])
    }

    @Test("the time outside doubles from 1 s to 30 s, spread by a fifth", arguments: [0.0, 0.5, 1.0])
    mutating func backoff(jitter: Double) throws {
        _ = balancer.update(["a"])
        let a = token("a")
        var now = start
        for expected in [1.0, 2, 4, 8, 16, 30, 30] {
            if balancer.availableTokens == [a] {
                balancer.unhealthy(a, now: now, jitter: jitter)
            } else {
                balancer.probed(a, isHealthy: false, now: now, jitter: jitter)
            }
            let next = try #require(balancer.nextProbe)
            let wait = now.duration(to: next) / .seconds(1)
            #expect(abs(wait - expected * (0.8 + 0.4 * jitter)) < 0.001)
            #expect(balancer.dueProbes(now: next - .milliseconds(1)).isEmpty)
            #expect(balancer.dueProbes(now: next) == [a])
            #expect(balancer.dueProbes(now: next).isEmpty)
            now = next
        }
    }

    @Test("a successful probe brings a server back, and a good call forgives its past")
    mutating func comeback() throws {
        _ = balancer.update(["a"])
        let a = token("a")
        balancer.unhealthy(a, now: start, jitter: 0.5)
        #expect(balancer.pick(excluding: [], using: &generator) == nil)
        let due = try #require(balancer.nextProbe)
        #expect(balancer.dueProbes(now: due) == [a])
        balancer.probed(a, isHealthy: true, now: due, jitter: 0)
        #expect(balancer.pick(excluding: [], using: &generator) == a)
        balancer.began(a)
        _ = balancer.ended(a, .answered, now: due, jitter: 0)
        balancer.unhealthy(a, now: due, jitter: 0.5)
        #expect(balancer.nextProbe == due + .seconds(1))
    }

    @Test("an unreachable server leaves at once, and a call may ask for another try every 250 ms")
    mutating func unreachable() {
        _ = balancer.update(["a"])
        let a = token("a")
        balancer.unreachable(a, now: start, jitter: 0)
        #expect(balancer.availableTokens.isEmpty)
        #expect(balancer.demandedProbes(now: start + .milliseconds(249)).isEmpty)
        #expect(balancer.demandedProbes(now: start + .milliseconds(250)) == [a])
        #expect(balancer.isRecovering)
        balancer.probed(a, isHealthy: false, now: start + .milliseconds(251), jitter: 0)
        #expect(!balancer.isRecovering)
        #expect(balancer.demandedProbes(now: start + .milliseconds(400)).isEmpty)
    }

    @Test("no try is demanded while another server is there")
    mutating func noDemand() {
        _ = balancer.update(["a", "b"])
        balancer.unreachable(token("a"), now: start, jitter: 0)
        #expect(balancer.demandedProbes(now: start + .seconds(1)).isEmpty)
        balancer.unhealthy(token("b"), now: start, jitter: 0)
        let both = balancer.tokens
        #expect(balancer.demandedProbes(now: start + .milliseconds(500)) == both)
        #expect(balancer.demandedProbes(now: start + .seconds(2)).isEmpty)
    }

    @Test("a new list keeps the history of servers in both and never reuses a token")
    mutating func lists() {
        #expect(balancer.update(["a", "b", "a"]) == [])
        let (a, b) = (token("a"), token("b"))
        balancer.began(a)
        #expect(balancer.update(["c", "a"]) == [b])
        #expect(balancer.inFlight(of: a) == 1)
        let c = token("c")
        #expect(balancer.update(["b"]) == [a, c])
        #expect(token("b") != b)
        balancer.began(a)
        #expect(end(a, .failed) == false)
        #expect(balancer.pick(excluding: [], using: &generator) == token("b"))
    }
}
