import Contracts
import MeterCore
import TestSupport
import Testing

/// 200 calls at once against limits that let a few through: exactly those pass, whoever comes first.
@Suite("Parallel admissions", .bothEngines)
struct ParallelAdmissionTests {
    /// Asks 200 times at once.
    private static func flood(_ meter: MeterUnderTest, _ key: KeyItem, wave: Int = 0) async throws -> Flood {
        try await withThrowingTaskGroup(of: (Int, AdmitReply).self) { group in
            for number in 0..<200 {
                group.addTask { (number, try await meter.admit("w\(wave)-\(number)", key)) }
            }
            var flood = Flood()
            for try await (number, reply) in group { flood.add("w\(wave)-\(number)", reply) }
            return flood
        }
    }

    struct Flood {
        var admitted: [(id: String, reservation: Reservation)] = []
        var denied: [Denial.Reason: Int] = [:]

        mutating func add(_ id: String, _ reply: AdmitReply) {
            if let reservation = reply.reservation, reply.admitted {
                admitted.append((id, reservation))
            } else if let denial = reply.denial {
                denied[denial.reason, default: 0] += 1
            }
        }
    }

    @Test("a budget with room for 10 requests lets 10 in, and the other 190 leave nothing behind")
    func budget() async throws {
        try await withMeter { meter in
            try await meter.putPlan(PlanItem(name: "p", limitNanoUSD: 30_000_000))
            let key = try await meter.makeKey(plan: "p")
            let flood = try await Self.flood(meter, key)
            #expect(flood.admitted.count == 10)
            #expect(flood.denied == [.budgetExhausted: 190])
            let budget = try await meter.budget(key)
            #expect(budget.reservedNanoUSD == 30_000_000 && budget.concurrency == 10 && budget.spentNanoUSD == 0)
        }
    }

    @Test("a token budget with room for 10 requests lets 10 in")
    func tokens() async throws {
        try await withMeter { meter in
            try await meter.putPlan(PlanItem(name: "p", limitTokens: 20_000))
            let key = try await meter.makeKey(plan: "p")
            let flood = try await Self.flood(meter, key)
            #expect(flood.admitted.count == 10)
            #expect(flood.denied == [.budgetExhausted: 190])
        }
    }

    @Test("5 at once are 5, and as many again when those have ended")
    func concurrency() async throws {
        try await withMeter { meter in
            try await meter.putPlan(PlanItem(name: "p", concurrency: 5))
            let key = try await meter.makeKey(plan: "p")
            for wave in 0..<3 {
                let flood = try await Self.flood(meter, key, wave: wave)
                #expect(flood.admitted.count == 5)
                #expect(flood.denied == [.concurrency: 195])
                let records = flood.admitted.map { meter.record($0.id, key, $0.reservation) }
                #expect(try await meter.settle(records).applied.count == 5)
                #expect(try await meter.budget(key).concurrency == 0)
            }
        }
    }

    @Test("20 requests a minute are 20, and 20 more when the minute is over")
    func requestsPerMinute() async throws {
        try await withMeter { meter in
            try await meter.putPlan(PlanItem(name: "p", rpm: 20))
            let key = try await meter.makeKey(plan: "p")
            for wave in 0..<2 {
                let flood = try await Self.flood(meter, key, wave: wave)
                #expect(flood.admitted.count == 20)
                #expect(flood.denied == [.rpm: 180])
                meter.clock.advance(seconds: 62)
            }
        }
    }

    @Test("all limits together: each wave gets what the tightest leaves, until the budget is spent")
    func together() async throws {
        try await withMeter { meter in
            try await meter.putPlan(PlanItem(name: "p", limitNanoUSD: 30_000_000, rpm: 20, concurrency: 5))
            let key = try await meter.makeKey(plan: "p")
            var last: [Denial.Reason: Int] = [:]
            var counts: [Int] = []
            for wave in 0..<3 {
                let flood = try await Self.flood(meter, key, wave: wave)
                counts.append(flood.admitted.count)
                last = flood.denied
                let records = flood.admitted.map { meter.record($0.id, key, $0.reservation) }
                if !records.isEmpty { _ = try await meter.settle(records) }
            }
            #expect(counts == [5, 5, 0])
            #expect(last == [.budgetExhausted: 200])
            let budget = try await meter.budget(key)
            #expect(budget.spentNanoUSD == 30_000_000 && budget.reservedNanoUSD == 0 && budget.concurrency == 0)
            // The 590 that were denied have used none of the 20 a minute.
            let reply = try await meter.admit("after", key)
            #expect(reply.denial?.reason == .budgetExhausted)
            #expect(reply.limits?.rpm?.remaining == 10)
        }
    }

    @Test("slots of requests that never end come back when their leases run out")
    func expiry() async throws {
        try await withMeter { meter in
            try await meter.putPlan(PlanItem(name: "p", limitNanoUSD: 30_000_000, concurrency: 5))
            let key = try await meter.makeKey(plan: "p")
            let first = try await Self.flood(meter, key)
            #expect(first.admitted.count == 5)
            meter.clock.advance(seconds: 59.9)
            #expect(try await meter.budget(key).concurrency == 5)
            meter.clock.advance(seconds: 0.1)
            let budget = try await meter.budget(key)
            #expect(budget.concurrency == 0 && budget.reservedNanoUSD == 0 && budget.reservedTokens == 0)
            // A settlement that comes after its lease counts all the same, once, and frees nothing twice.
            let late = first.admitted.map { meter.record($0.id, key, $0.reservation) }
            #expect(try await meter.settle(late).applied.count == 5)
            let after = try await meter.budget(key)
            #expect(after.spentNanoUSD == 15_000_000 && after.concurrency == 0 && after.reservedNanoUSD == 0)
        }
    }

    @Test(
        "after any mix of outcomes no slot is left and the counters are the ledger's",
        arguments: [1, 2, 3] as [UInt64]
    )
    func mixture(seed: UInt64) async throws {
        try await withMeter { meter in
            try await meter.putPlan(PlanItem(name: "p", limitNanoUSD: 1_000_000_000, concurrency: 7))
            let key = try await meter.makeKey(plan: "p")
            var random = SeededGenerator(seed: seed)
            for wave in 0..<6 {
                let flood = try await Self.flood(meter, key, wave: wave)
                #expect(flood.admitted.count == 7)
                let records = flood.admitted.compactMap { admission -> UsageRecord? in
                    // One in four is killed: nobody ever settles it.
                    guard !random.oneIn(4) else { return nil }
                    let usage = TokenUsage(input: random.number(0...2000), output: random.number(0...2000))
                    let outcome = random.pick(Outcome.known)
                    return meter.record(admission.id, key, admission.reservation, outcome: outcome, usage: usage)
                }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for record in records { group.addTask { _ = try await meter.settle([record]) } }
                    try await group.waitForAll()
                }
                #expect(try await meter.budget(key).concurrency == 7 - records.count)
                meter.clock.advance(seconds: 61)
            }
            let budget = try await meter.budget(key)
            #expect(budget.concurrency == 0 && budget.reservedNanoUSD == 0 && budget.reservedTokens == 0)
            let rows = try await meter.ledger()
            #expect(budget.spentNanoUSD == rows.reduce(0) { $0 + ($1.costNanoUSD ?? 0) })
            #expect(budget.tokens == rows.reduce(0) { $0 + $1.usage.input + $1.usage.output })
        }
    }

    @Test("the same request asked twice at once holds one reservation")
    func idempotent() async throws {
        try await withMeter { meter in
            let key = try await meter.makeKey()
            let ids = try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<50 { group.addTask { try await meter.admit("same", key).reservation?.id } }
                var ids: Set<String?> = []
                for try await id in group { ids.insert(id) }
                return ids
            }
            #expect(ids.count == 1 && ids.first != .some(nil))
            #expect(try await meter.budget(key).concurrency == 1)
            let other = try await meter.makeKey("other")
            let error = await #expect(throws: ServiceError.self) { try await meter.admit("same", other) }
            #expect(error?.code == .alreadyExists)
        }
    }
}
