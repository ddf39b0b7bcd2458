import Testing

@testable import SaverCore

/// When Headroom is left alone, and what is remembered of it.
@Suite("Headroom's standing")
struct HeadroomStandingTests {
    @Test(
        "three failures in a row end the asking for a while that doubles, and one request alone looks whether it is back"
    )
    func breaker() {
        var breaker = HeadroomBreaker()
        var now = ContinuousClock.now
        for number in 1...2 {
            let isFirst = breaker.failed(now: now)
            #expect(isFirst == (number == 1))
            #expect(breaker.permission(now: now) == .ask)
        }
        breaker.succeeded()
        for _ in 1...3 { breaker.failed(now: now) }
        for rest in [5, 10, 20, 40, 60, 60] {
            #expect(breaker.permission(now: now + .milliseconds(rest * 1000 - 1)) == .rest)
            now += .seconds(rest)
            #expect(breaker.permission(now: now) == .probe)
            #expect(breaker.permission(now: now) == .rest, "the others go on resting")
            breaker.failed(now: now)
        }
        now += .seconds(60)
        #expect(breaker.permission(now: now) == .probe)
        let hadFailed = breaker.succeeded()
        #expect(hadFailed && breaker.permission(now: now) == .ask)
    }

    @Test("the memory stays inside its budget, and what is used stays longer")
    func memory() {
        var memory = HeadroomMemory(limit: 40_000)
        func key(_ number: Int) -> HeadroomMemory.Key {
            HeadroomMemory.Key(text: "\(number) " + String(repeating: "x", count: 900), tool: "sh")
        }
        func saving(_ text: String) -> Saving {
            Saving(text: Array(text.utf8), saver: "headroom", rule: "compress", tokensBefore: 300, tokensAfter: 9)
        }
        for number in 0..<200 {
            memory.put(saving("short \(number)"), for: key(number))
            #expect(memory.saving(key(0))?.string == "short 0", "used each time")
            memory.put(saving("another"), for: key(number))
        }
        #expect(memory.saving(key(199))?.string == "short 199", "the first form stays")
        #expect(memory.saving(key(100)) == nil)
        #expect(memory.saving(HeadroomMemory.Key(text: key(199).text, tool: "other")) == nil)
    }
}
