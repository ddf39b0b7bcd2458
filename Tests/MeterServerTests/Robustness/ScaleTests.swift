import Contracts
import MeterCore
import Secrets
import Storage
import TestSupport
import Testing

@testable import MeterServer

/// Sizes that an installation reaches: nothing is asserted of speed, everything of counts.
@Suite("Scale", .serialized)
struct ScaleTests {
    private static let admin = AdminMethods.meterV1

    @Test("100 000 rows settle, add up, and are listed page by page without a gap")
    func ledger() async throws {
        try await withMeter { meter in
            try await meter.putPlan(PlanItem(name: "p", limitNanoUSD: 1_000_000_000_000))
            let key = try await meter.makeKey(plan: "p")
            let requests = 200
            let applied = try await withThrowingTaskGroup(of: Int.self) { group in
                for sender in 0..<4 {
                    group.addTask {
                        var applied = 0
                        for wave in stride(from: sender, to: requests, by: 4) {
                            // Several rows of the same instant, so that pages end within one.
                            let records = (0..<500).map { number in
                                var record = meter.record("w\(wave)-\(number)", key, outcome: Outcome.known[wave % 6])
                                record.startedUS -= wave / 10 * 1_000_000
                                return record
                            }
                            applied += try await meter.settle(records).applied.count
                        }
                        return applied
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(applied == 100_000)
            #expect(try await meter.budget(key).spentNanoUSD == 100_000 * 3_000_000)
            let rollups = try await meter.all(Self.admin.rollups.list)
            #expect(rollups.reduce(0) { $0 + $1.requests } == 100_000)
            let blocked = try await meter.ledger(filter: ["outcome": "blocked", "key": key.id])
            #expect(blocked.count == 33 * 500)
            #expect(Set(blocked.map(\.requestID)).count == blocked.count)
            #expect(zip(blocked, blocked.dropFirst()).allSatisfy { $0.startedUS >= $1.startedUS })
            let latest = try await meter.ledger(filter: ["since_us": "\(TestClock.start.epochUS)"])
            #expect(latest.count == 10 * 500)
        }
    }

    @Test("10 000 keys are there after a start, each with its budget")
    func keys() async throws {
        let folder = try TemporaryFolder()
        let count = 10_000
        try await writing(folder) { connection throws(StoreError) in
            for number in 1...count {
                let secret = "kr_scale_\(number)_0123456789_0123456789"
                try Rows.key("key_\(number)", ordinal: number, digest: APIKey.digestHex(secret), connection)
                try connection.execute(
                    """
                    INSERT INTO budget_state (key_ref, span, period_start_us, spent_nano_usd, tokens, requests, unpriced)
                    VALUES ($1, 'total/UTC', 0, $2, 5, 1, 0)
                    """,
                    [number, number]
                )
                try connection.execute(
                    """
                    INSERT INTO key_total (key_ref, spent_nano_usd, tokens, requests, unpriced, last_used_us)
                    VALUES ($1, $2, 5, 1, 0, 7)
                    """,
                    [number, number]
                )
            }
        }
        try await withMeter(in: folder) { meter in
            let budgets = try await meter.all(Self.admin.budgets.list)
            #expect(budgets.count == count)
            #expect(budgets.reduce(0) { $0 + $1.spentNanoUSD } == count * (count + 1) / 2)
            for number in [1, 4711, count] {
                let key = KeyItem(name: "", secret: "kr_scale_\(number)_0123456789_0123456789")
                #expect(try await meter.admit("r\(number)", key).identity?.keyID == "key_\(number)")
            }
        }
    }

    @Test("admissions go on while a large settlement is written")
    func admissionsBesideSettlements() async throws {
        try await withMeter { meter in
            try await meter.putPlan(PlanItem(name: "p", limitNanoUSD: 3_000_000 * 2500))
            let key = try await meter.makeKey(plan: "p")
            let admitted = try await withThrowingTaskGroup(of: Int.self) { group in
                for sender in 0..<4 {
                    group.addTask {
                        let records = (0..<500).map { meter.record("s\(sender)-\($0)", key) }
                        _ = try await meter.settle(records)
                        return 0
                    }
                    group.addTask {
                        var count = 0
                        for number in 0..<200 {
                            count += try await meter.admit("a\(sender)-\(number)", key).admitted ? 1 : 0
                        }
                        return count
                    }
                }
                return try await group.reduce(0, +)
            }
            let budget = try await meter.budget(key)
            // Whatever the order: what was spent and what is held never exceed the budget, and nothing is missing.
            #expect(budget.spentNanoUSD == 2000 * 3_000_000)
            #expect(budget.reservedNanoUSD == admitted * 3_000_000)
            #expect(admitted >= 500)
        }
    }

    @Test(
        "lists of the ledger walk an index, whatever they filter by",
        arguments: [
            UsageStore.LedgerFilter(), .init(key: 1), .init(outcome: 1), .init(key: 1, outcome: 1),
            .init(key: 1, sinceUS: 1, untilUS: 9, after: .init(startedUS: 5, requestID: "r")),
        ]
    )
    func plans(filter: UsageStore.LedgerFilter) async throws {
        let folder = try TemporaryFolder()
        try await writing(folder) { connection throws(StoreError) in
            for number in 0..<100 { try Rows.ledger("r\(number)", startedUS: number, key: number % 5, connection) }
        }
        let query = UsageStore.query(filter, limit: 10)
        let plan = try await reading(folder) { connection throws(StoreError) in
            try connection.query("EXPLAIN QUERY PLAN " + query.sql, query.arguments) { row throws(StoreError) in
                try row.get(3, as: String.self)
            }
        }
        #expect(plan.contains { $0.contains("SEARCH ledger USING INDEX ledger_") }, "\(plan)")
        #expect(!plan.contains { $0.hasPrefix("SCAN") }, "\(plan)")
    }
}
