import Contracts
import MeterCore
import PeerRPC
import TestSupport
import Testing

@testable import MeterServer

/// What the page of one request shows.
@Suite("One request in detail", .bothEngines)
struct DetailTests {
    private static let admin = AdminMethods.meterV1

    private static func attempt(_ n: Int, _ model: String, status: Int, _ reason: String?) -> Attempt {
        Attempt(
            n: n,
            provider: "acme",
            model: model,
            account: "acc_\(n)",
            status: status,
            reason: reason,
            durationMS: 100 * n,
            usage: status == 200 ? TokenUsage(input: 10, output: 20) : TokenUsage(),
            usageSource: status == 200 ? .provider : .estimated
        )
    }

    @Test("attempts, savings and decisions come back as they were settled")
    func everything() async throws {
        try await withMeter { meter in
            let key = try await meter.makeKey()
            var record = meter.record("r1", key)
            record.requestedModel = "coding"
            record.chain = "coding"
            record.conversation = "c0ffee"
            record.cache = "exact"
            record.firstTokenMS = 70
            record.attempts = [
                Self.attempt(1, "large", status: 503, "overloaded"), Self.attempt(2, "small", status: 200, nil),
            ]
            record.savings = [
                Saving(saver: "rtk", rule: "git_diff", tokensBefore: 900, tokensAfter: 300, priceClass: "input")
            ]
            record.guardVerdict = GuardSummary(action: .mask, decisionIDs: ["dec_1", "dec_2"])
            #expect(try await meter.settle([record]).applied == ["r1"])
            let row = try await meter.call(Self.admin.usage.get, GetRequest(id: "r1"))
            #expect(row.savedTokens == 600)
            #expect(
                row.detail
                    == UsageDetail(
                        requestedModel: "coding",
                        dialect: "openai",
                        chain: "coding",
                        conversation: "c0ffee",
                        cache: "exact",
                        attempts: record.attempts,
                        savings: record.savings,
                        guardVerdict: record.guardVerdict
                    )
            )
            #expect(try await meter.ledger().first?.detail == nil)
        }
    }

    @Test("a request of one attempt, which keeps the least, comes back whole too")
    func single() async throws {
        try await withMeter { meter in
            let key = try await meter.makeKey()
            var record = meter.record("r1", key)
            record.attempts[0].durationMS = 7
            record.attempts[0].reason = "length"
            _ = try await meter.settle([record])
            let row = try await meter.call(Self.admin.usage.get, GetRequest(id: "r1"))
            #expect(row.detail?.attempts == record.attempts)
            #expect(row.detail?.guardVerdict == nil)
        }
    }

    @Test("a blocked request has a decision and no attempt; an unknown one is not found")
    func blocked() async throws {
        try await withMeter { meter in
            let key = try await meter.makeKey()
            var record = meter.record("r1", key, outcome: .blocked)
            record.attempts = []
            record.guardVerdict = GuardSummary(action: .block, decisionIDs: ["dec_1"])
            _ = try await meter.settle([record])
            let detail = try await meter.call(Self.admin.usage.get, GetRequest(id: "r1")).detail
            #expect(detail?.attempts == [])
            #expect(detail?.guardVerdict == record.guardVerdict)
            #expect(try await meter.refusal(Self.admin.usage.get, GetRequest(id: "r2")) == .notFound)
        }
    }

    @Test("lists filter by provider and model")
    func filters() async throws {
        try await withMeter { meter in
            let key = try await meter.makeKey()
            _ = try await meter.settle([
                meter.record("r1", key), meter.record("r2", key, target: .large),
                meter.record("r3", key, target: Target(provider: "demo", model: "echo")),
            ])
            #expect(try await meter.ledger(filter: ["provider": "acme"]).map(\.requestID).sorted() == ["r1", "r2"])
            #expect(try await meter.ledger(filter: ["provider": "acme", "model": "large"]).map(\.requestID) == ["r2"])
            #expect(try await meter.ledger(filter: ["model": "nobody"]) == [])
        }
    }

    @Test(
        "watchers hear of settled rows, many at once in few words",
        .sqliteOnly("it is about how fast news go out, not where rows are"),
        .timeLimit(.minutes(1))
    )
    func watching() async throws {
        try await withMeter { meter in
            let key = try await meter.makeKey()
            let heard = AsyncStream.makeStream(of: AdminChange.self)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    _ = try? await meter.client.stream(
                        Self.admin.watch,
                        WatchRequest(resources: ["Usage"]),
                        deadline: .now + .seconds(30)
                    ) { change in
                        heard.continuation.yield(change)
                        if change.id == "last" { heard.continuation.finish() }
                    }
                    heard.continuation.finish()
                }
                // The stream says nothing when it begins: rows are settled until one is heard of.
                for number in 0..<100 {
                    _ = try await meter.settle([meter.record("r\(number)", key)])
                }
                var changes: [AdminChange] = []
                _ = try await meter.settle([meter.record("last", key)])
                for await change in heard.stream { changes.append(change) }
                #expect(changes.allSatisfy { $0.resource == "Usage" })
                #expect(changes.last?.id == "last")
                #expect(changes.count < 50)
                group.cancelAll()
            }
        }
    }
}
