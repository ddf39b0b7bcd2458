import Contracts
import MeterCore
import Storage
import TestSupport
import Testing

/// What the next life of a meter finds after the last one ended without notice.
@Suite("After a crash", .bothEngines)
struct CrashTests {
    private static let plan = PlanItem(name: "p", limitNanoUSD: 30_000_000, rpm: 100, concurrency: 8, alertAt: [50])

    /// A life with four settled requests, two that run, and a router that is known.
    private static func firstLife(
        _ clock: TestClock,
        _ body: (MeterUnderTest, KeyItem, [Reservation]) async throws -> Void
    ) async throws {
        try await withMeter(MeterSetup(clock: clock)) { meter in
            try await meter.putPlan(plan)
            let key = try await meter.makeKey(plan: "p")
            for number in 0..<4 {
                let reservation = try await meter.admit("done\(number)", key).reservation
                _ = try await meter.settle([meter.record("done\(number)", key, reservation)])
            }
            var running: [Reservation] = []
            for number in 0..<2 {
                running.append(try #require(try await meter.admit("running\(number)", key).reservation))
            }
            _ = try await meter.call(
                MeterMethods.renew,
                RenewRequest(instance: "router-1", reservations: running.map(\.id))
            )
            // The router's name is written in the queue's turn, so another turn has seen it.
            try await meter.putPlan(plan)
            try await body(meter, key, running)
        }
    }

    private static func announce(_ meter: MeterUnderTest, _ reservations: [Reservation]) async throws -> RenewReply {
        try await meter.call(
            MeterMethods.renew,
            RenewRequest(instance: "router-1", reservations: reservations.map(\.id))
        )
    }

    @Test("counters are the sum of the ledger, and budgets stay spent")
    func counters() async throws {
        let clock = TestClock()
        try await Self.firstLife(clock) { first, key, running in
            let image = try await first.crashImage()
            clock.advance(seconds: 5)
            try await withMeter(in: image, MeterSetup(clock: clock)) { second in
                let budget = try await second.budget(key)
                let rows = try await second.ledger()
                #expect(rows.count == 4)
                #expect(budget.spentNanoUSD == rows.reduce(0) { $0 + ($1.costNanoUSD ?? 0) })
                #expect(budget.spentNanoUSD == 12_000_000 && budget.tokens == 8000)
                let item = try await second.call(AdminMethods.meterV1.keys.get, GetRequest(id: key.id))
                #expect(item.spentNanoUSD == 12_000_000 && item.requests == 4 && item.tokens == 8000)
                _ = try await Self.announce(second, running)
                // 12 spent, 6 held by what runs: four more fit, a fifth does not.
                for number in 0..<4 { #expect(try await second.admit("new\(number)", key).admitted) }
                #expect(try await second.admit("new4", key).denial?.reason == .budgetExhausted)
            }
        }
    }

    @Test("a key with limits waits for the routers that are known, and no longer")
    func announced() async throws {
        let clock = TestClock()
        try await Self.firstLife(clock) { first, key, running in
            let image = try await first.crashImage()
            clock.advance(seconds: 1)
            try await withMeter(in: image, MeterSetup(clock: clock)) { second async throws in
                let error = await #expect(throws: ServiceError.self) { try await second.admit("new", key) }
                #expect(error?.reason == "awaiting_routers" && error?.code == .unavailable)
                #expect(error?.retry == .same(afterMilliseconds: 2000))
                #expect(try await Self.announce(second, running).unknown.isEmpty)
                #expect(try await second.budget(key).concurrency == 2)
                #expect(try await second.admit("new", key).admitted)
                let record = second.record("running0", key, running[0])
                #expect(try await second.settle([record]).applied == ["running0"])
                #expect(try await second.budget(key).concurrency == 2)
                #expect(try await second.budget(key).spentNanoUSD == 15_000_000)
            }
        }
    }

    @Test("when no router comes the wait is two seconds")
    func waitIsOver() async throws {
        let clock = TestClock()
        try await Self.firstLife(clock) { first, key, _ in
            let image = try await first.crashImage()
            try await withMeter(in: image, MeterSetup(clock: clock)) { second async throws in
                clock.advance(seconds: 1.999)
                await #expect(throws: ServiceError.self) { try await second.admit("new", key) }
                clock.advance(seconds: 0.001)
                #expect(try await second.admit("new", key).admitted)
            }
        }
    }

    @Test("a forged or foreign reservation is unknown")
    func forged() async throws {
        let clock = TestClock()
        try await Self.firstLife(clock) { first, _, running in
            let image = try await first.crashImage()
            clock.advance(seconds: 1)
            try await withMeter(in: image, MeterSetup(clock: clock)) { second in
                var id = running[0].id
                id.removeLast()
                let forged = [id + (running[0].id.hasSuffix("A") ? "B" : "A"), "rsv_", "", "x"]
                let reply = try await second.call(
                    MeterMethods.renew,
                    RenewRequest(instance: "router-1", reservations: forged)
                )
                #expect(reply.unknown == forged)
            }
        }
    }

    @Test("a record delivered in both lives counts once, and an alert comes once")
    func deliveredTwice() async throws {
        let clock = TestClock()
        try await Self.firstLife(clock) { first, key, running in
            let record = first.record("running0", key, running[0])
            _ = try await first.settle([record])
            #expect(try await first.all(AdminMethods.meterV1.alerts.list).map(\.threshold) == [50])
            let image = try await first.crashImage()
            clock.advance(seconds: 5)
            try await withMeter(in: image, MeterSetup(clock: clock)) { second in
                _ = try await Self.announce(second, Array(running.dropFirst()))
                #expect(try await second.settle([record, record]).applied.count == 2)
                #expect(try await second.budget(key).spentNanoUSD == 15_000_000)
                _ = try await second.settle([second.record("running1", key, running[1])])
                #expect(try await second.all(AdminMethods.meterV1.alerts.list).map(\.threshold) == [50])
                #expect(try await second.budget(key).concurrency == 0)
            }
        }
    }

    @Test("an orderly end with nothing running needs no wait")
    func orderly() async throws {
        let folder = try TemporaryFolder()
        let clock = TestClock()
        try await withMeter(in: folder, MeterSetup(clock: clock)) { meter in
            try await meter.putPlan(Self.plan)
        }
        try await withMeter(in: folder, MeterSetup(clock: clock)) { meter in
            let key = try await meter.makeKey(plan: "p")
            #expect(try await meter.admit("r", key).admitted)
        }
        try await withMeter(in: folder, MeterSetup(clock: clock)) { meter in
            let item = try #require(try await meter.all(AdminMethods.meterV1.keys.list).first)
            let key = try await meter.makeKey("second", plan: "p")
            #expect(item.name == "test")
            // The last life ended with a request running.
            await #expect(throws: ServiceError.self) { try await meter.admit("s", key) }
        }
    }

    @Test("a request rate is not given away by a restart")
    func rate() async throws {
        let clock = TestClock()
        try await withMeter(MeterSetup(clock: clock)) { first in
            try await first.putPlan(PlanItem(name: "p", rpm: 5))
            let key = try await first.makeKey(plan: "p")
            for number in 0..<5 {
                let reservation = try await first.admit("r\(number)", key).reservation
                _ = try await first.settle([first.record("r\(number)", key, reservation)])
            }
            let image = try await first.crashImage()
            clock.advance(seconds: 10)
            try await withMeter(in: image, MeterSetup(clock: clock)) { second async throws in
                clock.advance(seconds: 2)
                #expect(try await second.admit("s", key).denial?.reason == .rpm)
                clock.advance(seconds: 61)
                #expect(try await second.admit("s", key).admitted)
            }
        }
    }
}
