import Contracts
import MeterCore
import TestSupport
import Testing

/// Plans, the periods of their budgets, and the alerts on the way.
@Suite("Plans", .bothEngines)
struct PlanTests {
    private static let admin = AdminMethods.meterV1
    private static let day = 86_400

    /// Spends a request's 3 000 000 nano-USD.
    private static func spend(_ id: String, _ meter: MeterUnderTest, _ key: KeyItem) async throws {
        let reservation = try await meter.admit(id, key).reservation
        _ = try await meter.settle([meter.record(id, key, reservation)])
    }

    @Test("a change of a plan holds at once for the keys on it, and what was spent stays spent")
    func change() async throws {
        try await withMeter { meter in
            try await meter.putPlan(PlanItem(name: "p", limitNanoUSD: 3_000_000))
            let key = try await meter.makeKey(plan: "p")
            try await Self.spend("a", meter, key)
            #expect(try await meter.admit("b", key).denial?.reason == .budgetExhausted)
            let plan = try await meter.putPlan(PlanItem(name: "p", limitNanoUSD: 6_000_000, concurrency: 1))
            #expect(plan.etag == "2")
            #expect(try await meter.admit("b", key).admitted)
            #expect(try await meter.admit("c", key).denial?.reason == .budgetExhausted)
            try await meter.putPlan(PlanItem(name: "p", concurrency: 1))
            #expect(try await meter.admit("c", key).denial?.reason == .concurrency)
        }
    }

    @Test("a plan with keys on it stays; without, it goes")
    func deletion() async throws {
        try await withMeter { meter in
            try await meter.putPlan(PlanItem(name: "p"))
            let key = try await meter.makeKey(plan: "p")
            let delete = DeleteRequest(id: "p")
            #expect(try await meter.refusal(Self.admin.plans.delete, delete) == .failedPrecondition)
            _ = try await meter.call(Self.admin.keys.delete, DeleteRequest(id: key.id))
            _ = try await meter.call(Self.admin.plans.delete, delete)
            #expect(try await meter.refusal(Self.admin.plans.get, GetRequest(id: "p")) == .notFound)
        }
    }

    @Test(
        "a budget begins anew with its period, in the plan's zone",
        arguments: [
            // From Tuesday, 24 November 2026, 04:00 UTC.
            ("daily", "UTC", 20 * 3600), ("daily", "-05:00", 3600), ("daily", "+07:00", 13 * 3600),
            ("weekly", "UTC", 5 * day + 20 * 3600), ("monthly", "UTC", 6 * day + 20 * 3600),
        ]
    )
    func periods(period: String, zone: String, seconds: Int) async throws {
        let folder = try TemporaryFolder()
        let clock = TestClock()
        var made = KeyItem(name: "")
        try await withMeter(in: folder, MeterSetup(clock: clock)) { meter in
            try await meter.putPlan(PlanItem(name: "p", limitNanoUSD: 3_000_000, period: period, timezone: zone))
            made = try await meter.makeKey(plan: "p")
            try await Self.spend("a", meter, made)
            #expect(try await meter.budget(made).periodEndUS == clock.now.epochUS + seconds * 1_000_000)
            clock.advance(seconds: Double(seconds) - 1)
            let denial = try await meter.admit("b", made).denial
            #expect(denial?.reason == .budgetExhausted && denial?.retryAfterMS == 1000)
        }
        let key = made
        // The next life finds the spent period, and the new one when it begins.
        try await withMeter(in: folder, MeterSetup(clock: clock)) { meter in
            #expect(try await meter.admit("c", key).denial?.reason == .budgetExhausted)
            clock.advance(seconds: 1)
            #expect(try await meter.admit("d", key).admitted)
            let item = try await meter.call(Self.admin.keys.get, GetRequest(id: key.id))
            #expect(item.spentNanoUSD == 3_000_000)
        }
    }

    @Test("a total budget never begins anew")
    func total() async throws {
        try await withMeter { meter in
            try await meter.putPlan(PlanItem(name: "p", limitNanoUSD: 3_000_000, period: "total"))
            let key = try await meter.makeKey(plan: "p")
            try await Self.spend("a", meter, key)
            meter.clock.advance(seconds: 3e8)
            let denial = try await meter.admit("b", key).denial
            #expect(denial?.reason == .budgetExhausted && denial?.retryAfterMS == nil)
            #expect(try await meter.budget(key).periodEndUS == 0)
        }
    }

    @Test("another calendar counts its period anew from the ledger")
    func calendar() async throws {
        try await withMeter { meter in
            try await meter.putPlan(PlanItem(name: "p", limitNanoUSD: 9_000_000, period: "daily"))
            let key = try await meter.makeKey(plan: "p")
            try await Self.spend("yesterday", meter, key)
            meter.clock.advance(seconds: Double(Self.day))
            try await Self.spend("today", meter, key)
            #expect(try await meter.budget(key).spentNanoUSD == 3_000_000)
            try await meter.putPlan(PlanItem(name: "p", limitNanoUSD: 9_000_000, period: "monthly"))
            #expect(try await meter.budget(key).spentNanoUSD == 6_000_000)
            try await meter.putPlan(PlanItem(name: "q", limitNanoUSD: 9_000_000, period: "daily"))
            var moved = key
            moved.plan = "q"
            moved.secret = nil
            _ = try await meter.call(Self.admin.keys.put, PutRequest(item: moved))
            #expect(try await meter.budget(key).spentNanoUSD == 3_000_000)
        }
    }

    @Test("each alert comes once in a period, and again in the next")
    func alerts() async throws {
        try await withMeter { meter in
            try await meter.putPlan(
                PlanItem(
                    name: "p",
                    limitNanoUSD: 10_000_000,
                    period: "daily",
                    alertAt: [100, 50, 80],
                    hardCutoff: false
                )
            )
            let key = try await meter.makeKey(plan: "p")
            for number in 0..<6 { try await Self.spend("a\(number)", meter, key) }
            var alerts = try await meter.all(Self.admin.alerts.list)
            #expect(alerts.map(\.threshold).sorted() == [50, 80, 100])
            #expect(alerts.allSatisfy { $0.keyID == key.id && $0.message.contains("0.0100 USD") })
            meter.clock.advance(seconds: Double(Self.day))
            for number in 0..<2 { try await Self.spend("b\(number)", meter, key) }
            alerts = try await meter.all(Self.admin.alerts.list, filter: ["key": key.id], pageSize: 1)
            #expect(alerts.map(\.threshold).sorted() == [50, 50, 80, 100])
        }
    }

    @Test("a budget that is not hard only alerts")
    func softCutoff() async throws {
        try await withMeter { meter in
            try await meter.putPlan(PlanItem(name: "p", limitNanoUSD: 1, hardCutoff: false))
            let key = try await meter.makeKey(plan: "p")
            for number in 0..<3 { try await Self.spend("a\(number)", meter, key) }
            #expect(try await meter.budget(key).spentNanoUSD == 9_000_000)
        }
    }

    @Test("an edit names the version it was made from")
    func etags() async throws {
        try await withMeter { meter in
            let plan = try await meter.putPlan(PlanItem(name: "p"))
            _ = try await meter.call(Self.admin.plans.put, PutRequest(item: plan, etag: plan.etag))
            let put = PutRequest(item: plan, etag: plan.etag)
            #expect(try await meter.refusal(Self.admin.plans.put, put) == .aborted)
            let new = PutRequest(item: PlanItem(name: "new"), etag: "1")
            #expect(try await meter.refusal(Self.admin.plans.put, new) == .aborted)
            let renamed = PutRequest(item: PlanItem(id: "p", name: "other"))
            #expect(try await meter.refusal(Self.admin.plans.put, renamed) == .invalidArgument)
        }
    }

    @Test("default limits hold for a plan that sets none, and 0 means none")
    func defaults() async throws {
        let setup = MeterSetup(policy: LimitPolicy(isEnabled: true, rpm: 2, tpm: 0, concurrency: 0))
        try await withMeter(setup) { meter in
            try await meter.putPlan(PlanItem(name: "default"))
            try await meter.putPlan(PlanItem(name: "none", rpm: 0))
            for (plan, admitted) in [(nil, 2), ("default", 2), ("none", 4)] {
                let key = try await meter.makeKey(plan ?? "bare", plan: plan)
                var count = 0
                for number in 0..<4 where try await meter.admit("\(plan ?? "")\(number)", key).admitted { count += 1 }
                #expect(count == admitted)
            }
        }
    }
}
