import RouterCore
import Testing

@Suite("Turns of proxies")
struct ProxyTurnsTests {
    private static let start = ContinuousClock.now
    private static let destination = "llm.example:443"

    private static func pool(_ count: Int, strict: Bool = true) -> ProxyPool {
        ProxyPool(id: "p", name: "office", addresses: (0..<count).map { "http://p\($0):1" }, isStrict: strict)
    }

    private static func at(_ seconds: Int) -> ContinuousClock.Instant { start + .seconds(seconds) }

    @Test("each is the first in its turn, and the others follow it", arguments: [1, 2, 3, 16])
    func turns(count: Int) {
        var turns = ProxyTurns()
        let pool = Self.pool(count)
        let orders = (0..<count * 100).map { _ in turns.order(pool, to: Self.destination, now: Self.start) }
        for place in 0..<count { #expect(orders.count { $0.first == place } == 100) }
        #expect(orders.allSatisfy { $0.sorted() == Array(0..<count) })
    }

    @Test("one that takes no connections rests for all, one that makes no tunnel for that destination")
    func rests() {
        var turns = ProxyTurns()
        let pool = Self.pool(3)
        turns.failed("http://p0:1", to: Self.destination, .connection, now: Self.start)
        turns.failed("http://p1:1", to: Self.destination, .tunnel, now: Self.start)
        for _ in 0..<4 {
            #expect(turns.order(pool, to: Self.destination, now: Self.at(1)) == [2])
            #expect(turns.order(pool, to: "other:443", now: Self.at(1)).sorted() == [1, 2])
        }
        #expect(turns.down(pool, now: Self.at(1)) == [0] && turns.down(pool, now: Self.at(5)).isEmpty)
        #expect(turns.order(pool, to: Self.destination, now: Self.at(5)).sorted() == [0, 1, 2])
    }

    @Test("rests double from 5 s to 60 s, a success ends them, and what fails meanwhile adds nothing")
    func lengths() {
        var turns = ProxyTurns()
        let pool = Self.pool(2)
        var now = Self.start
        for length in [5, 10, 20, 40, 60, 60] {
            for _ in 0..<50 { turns.failed("http://p0:1", to: Self.destination, .connection, now: now) }
            let end = now + .seconds(length)
            #expect(turns.order(pool, to: Self.destination, now: end - .milliseconds(1)) == [1], "\(length)")
            #expect(turns.order(pool, to: Self.destination, now: end).count == 2)
            now = end
        }
        turns.succeeded("http://p0:1", to: Self.destination)
        #expect(turns.count == 0)
        turns.failed("http://p0:1", to: Self.destination, .connection, now: now)
        #expect(turns.order(pool, to: Self.destination, now: now + .seconds(5)).count == 2)
        // Long after, a failure is a first one again.
        let late = now + .seconds(5) + Cooldowns.memory
        turns.failed("http://p0:1", to: Self.destination, .connection, now: late)
        #expect(turns.order(pool, to: Self.destination, now: late + .seconds(5)).count == 2)
    }

    @Test("where all rest, a strict pool tries all, the soonest ready first, another one none")
    func allRest() {
        var turns = ProxyTurns()
        turns.failed("http://p1:1", to: Self.destination, .connection, now: Self.start)
        turns.failed("http://p0:1", to: Self.destination, .tunnel, now: Self.at(2))
        #expect(turns.order(Self.pool(2), to: Self.destination, now: Self.at(3)) == [1, 0])
        #expect(turns.order(Self.pool(2, strict: false), to: Self.destination, now: Self.at(3)).isEmpty)
        #expect(turns.order(Self.pool(0), to: Self.destination, now: Self.at(3)).isEmpty)
    }

    @Test("only so many rests and turns are remembered")
    func bounds() {
        var turns = ProxyTurns()
        for number in 0..<(3 * ProxyTurns.limit) {
            turns.failed("http://p\(number):1", to: Self.destination, .connection, now: Self.at(number % 4))
        }
        #expect(turns.count <= ProxyTurns.limit)
        for number in 0..<(2 * ProxyTurns.poolLimit) {
            let pool = ProxyPool(id: "p\(number)", name: "n", addresses: ["a", "b"])
            #expect(turns.order(pool, to: Self.destination, now: Self.start).count == 2)
        }
    }
}
