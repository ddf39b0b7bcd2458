import Contracts
import MeterCore
import Storage
import TestSupport
import Testing

@testable import MeterServer

/// What the ledger knows of savers.
@Suite("Savings and trials", .bothEngines)
struct SavingTests {
    private static let admin = AdminMethods.meterV1
    private static let usage = TokenUsage(input: 1000, output: 1000)

    private static func rtk(_ before: Int, _ after: Int, rule: String = "git-diff") -> Saving {
        Saving(saver: "rtk", rule: rule, tokensBefore: before, tokensAfter: after, priceClass: "input")
    }

    private static func list(_ meter: MeterUnderTest, _ filter: [String: String] = [:]) async throws -> [SavingItem] {
        try await meter.call(admin.savings.list, ListRequest(pageSize: 500, filter: filter)).items
    }

    @Test("sums by saver, rule and price, in tokens and dollars, net of what instructions add")
    func sums() async throws {
        try await withMeter { meter async throws in
            let (one, two) = (try await meter.makeKey("one"), try await meter.makeKey("two"))
            var first = meter.record("r1", one)
            first.savings = [
                Self.rtk(900, 300),
                Saving(saver: "terse", rule: "on", tokensBefore: 0, tokensAfter: 50, priceClass: "input"),
            ]
            var second = meter.record("r2", two, target: .large)
            second.savings = [Self.rtk(500, 400), Self.rtk(80, 10, rule: "grep")]
            var failed = meter.record("r3", two, outcome: .providerError, usage: TokenUsage())
            failed.savings = [Self.rtk(900, 100)]
            _ = try await meter.settle([first, second, failed])
            _ = try await meter.settle([first])

            let all = try await Self.list(meter)
            #expect(all.map(\.id) == ["rtk/git-diff/input", "rtk/grep/input", "terse/on/input"])
            // 600 tokens at 1 USD a million, and 100 at 10.
            #expect(all[0].savedNanoUSD == 600_000 + 1_000_000 && all[0].requests == 2)
            #expect(all[0].tokensBefore == 1400 && all[0].tokensAfter == 700)
            #expect(all[2].savedNanoUSD == -50_000 && all[2].tokensAfter == 50)
            let own = try await Self.list(meter, ["key": two.id])
            #expect(own.map(\.tokensBefore) == [500, 80])
            let byKey = try await Self.list(meter, ["by": "key", "saver": "rtk"])
            #expect(Set(byKey.map(\.keyID)) == [one.id, two.id] && byKey.count == 3)
            #expect(try await Self.list(meter, ["since_us": "\(meter.clock.now.epochUS + 4_000_000_000)"]).isEmpty)
            let rows = try await meter.ledger()
            #expect(rows.first { $0.requestID == "r1" }?.savedTokens == 550)
            let wrong = ListRequest(filter: ["by": "model"])
            #expect(try await meter.refusal(Self.admin.savings.list, wrong) == .invalidArgument)
        }
    }

    @Test("conversations without the instructions tell what those with them save, with a range")
    func trials() async throws {
        try await withMeter { meter async throws in
            let key = try await meter.makeKey("one")
            var records: [UsageRecord] = []
            for number in 0..<120 {
                let isHeldOut = number % 4 == 0
                let output = (isHeldOut ? 400 : 300) + number % 7 * 10
                for turn in 0..<3 {
                    var record = meter.record("r\(number)-\(turn)", key, usage: TokenUsage(input: 10, output: output))
                    record.conversation = "conversation\(number)"
                    let tokens = isHeldOut ? 0 : 40
                    record.savings = [("caveman", "full"), ("ponytail", "lite")].map { saver, rule in
                        Saving(
                            saver: saver,
                            rule: rule,
                            tokensBefore: 0,
                            tokensAfter: tokens,
                            priceClass: isHeldOut ? "held_out" : "input"
                        )
                    }
                    records.append(record)
                }
            }
            var failed = meter.record("failed", key, outcome: .providerError)
            failed.conversation = "failed"
            failed.savings = records[4].savings
            #expect(try await meter.settle(records + [failed]).applied.count == 361)
            let trials = try await meter.call(Self.admin.trials.list, ListRequest()).items
            let trial = try #require(trials.first)
            #expect(trials.count == 1 && trial.id == "caveman full+ponytail lite")
            #expect(trial.treated == 90 && trial.heldOut == 30)
            let share = try #require(trial.savedShare)
            let (low, high) = (try #require(trial.savedLow), try #require(trial.savedHigh))
            #expect(share > 0.2 && share < 0.26 && low < share && high > share && high - low < 0.05)
            #expect(trial.overheadTokens == 90 * 3 * 80 && trial.overheadNanoUSD == 90 * 3 * 80 * 1000)
            let (saved, least) = (try #require(trial.savedNanoUSD), try #require(trial.savedNanoLow))
            #expect(saved > least && least > 0)
            // The held-out rows are no saving.
            #expect(
                try await Self.list(meter).filter { $0.priceClass == "held_out" }.allSatisfy { $0.savedNanoUSD == 0 }
            )
        }
    }

    @Test("too few conversations, and the trial says how many but not what")
    func tooFew() async throws {
        try await withMeter { meter async throws in
            let key = try await meter.makeKey("one")
            var record = meter.record("r1", key)
            record.conversation = "c"
            record.savings = [Saving(saver: "terse", rule: "on", tokensBefore: 0, tokensAfter: 9, priceClass: "input")]
            _ = try await meter.settle([record])
            let trial = try #require(try await meter.call(Self.admin.trials.list, ListRequest()).items.first)
            #expect(trial.treated == 1 && trial.heldOut == 0 && trial.savedShare == nil && trial.savedNanoUSD == nil)
        }
    }
}
