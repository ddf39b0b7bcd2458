import Contracts
import MeterCore
import TestSupport
import Testing

/// Wall clocks that jump: budgets neither vanish nor are given away.
@Suite("Clock jumps", .bothEngines)
struct ClockTests {
    private static let day = 86_400

    private static func spend(_ id: String, _ meter: MeterUnderTest, _ key: KeyItem) async throws {
        let reservation = try await meter.admit(id, key).reservation
        _ = try await meter.settle([meter.record(id, key, reservation)])
    }

    @Test("after a jump ahead and its correction each period has what was spent in it", arguments: [2, 400, 4000])
    func jumpAhead(days: Int) async throws {
        try await withMeter { meter in
            try await meter.putPlan(PlanItem(name: "p", limitNanoUSD: 6_000_000, period: "daily"))
            let key = try await meter.makeKey(plan: "p")
            try await Self.spend("before", meter, key)
            meter.clock.moveWall(bySeconds: days * Self.day)
            try await Self.spend("ahead", meter, key)
            #expect(try await meter.budget(key).spentNanoUSD == 3_000_000)
            meter.clock.moveWall(bySeconds: -days * Self.day)
            #expect(try await meter.budget(key).spentNanoUSD == 3_000_000)
            try await Self.spend("after", meter, key)
            #expect(try await meter.admit("more", key).denial?.reason == .budgetExhausted)
            #expect(try await meter.ledger().count == 3)
        }
    }

    @Test("the next life finds every period too")
    func restart() async throws {
        let folder = try TemporaryFolder()
        let clock = TestClock()
        var key = KeyItem(name: "")
        try await withMeter(in: folder, MeterSetup(clock: clock)) { meter in
            try await meter.putPlan(PlanItem(name: "p", limitNanoUSD: 6_000_000, period: "daily"))
            key = try await meter.makeKey(plan: "p")
            try await Self.spend("before", meter, key)
            clock.moveWall(bySeconds: 30 * Self.day)
        }
        let fixed = key
        try await withMeter(in: folder, MeterSetup(clock: clock)) { meter in
            try await Self.spend("ahead", meter, fixed)
            clock.moveWall(bySeconds: -30 * Self.day)
            #expect(try await meter.budget(fixed).spentNanoUSD == 3_000_000)
            try await Self.spend("after", meter, fixed)
            #expect(try await meter.admit("more", fixed).denial?.reason == .budgetExhausted)
        }
    }

    @Test("a step back over midnight does not give the old day's room again")
    func stepBack() async throws {
        try await withMeter { meter in
            try await meter.putPlan(PlanItem(name: "p", limitNanoUSD: 3_000_000, period: "daily"))
            let key = try await meter.makeKey(plan: "p")
            try await Self.spend("monday", meter, key)
            meter.clock.advance(seconds: 20 * 3600 + 1)
            try await Self.spend("tuesday", meter, key)
            meter.clock.moveWall(bySeconds: -2)
            #expect(try await meter.admit("again", key).denial?.reason == .budgetExhausted)
            meter.clock.moveWall(bySeconds: 2)
            #expect(try await meter.admit("again", key).denial?.reason == .budgetExhausted)
        }
    }

    @Test("a request that runs across a jump of years is still taken")
    func runningAcross() async throws {
        try await withMeter { meter in
            let key = try await meter.makeKey()
            let reservation = try await meter.admit("r", key).reservation
            let record = meter.record("r", key, reservation)
            meter.clock.moveWall(bySeconds: 500 * Self.day)
            #expect(try await meter.settle([record]).applied == ["r"])
            #expect(try await meter.budget(key).concurrency == 0)
        }
    }

    @Test("leases and rates follow the clock that never jumps")
    func steady() async throws {
        try await withMeter { meter in
            try await meter.putPlan(PlanItem(name: "p", rpm: 1, concurrency: 1))
            let key = try await meter.makeKey(plan: "p")
            #expect(try await meter.admit("a", key).admitted)
            meter.clock.moveWall(bySeconds: 3600)
            #expect(try await meter.admit("b", key).denial?.reason == .concurrency)
            meter.clock.moveWall(bySeconds: -7200)
            #expect(try await meter.budget(key).concurrency == 1)
            meter.clock.advance(seconds: 62)
            #expect(try await meter.admit("b", key).admitted)
        }
    }
}
