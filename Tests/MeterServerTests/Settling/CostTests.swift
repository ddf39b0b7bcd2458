import Contracts
import MeterCore
import MeterServer
import TestSupport
import Testing

/// What usage costs, from the price to the ledger, in nano-USD.
@Suite("Costs", .bothEngines)
struct CostTests {
    private static let admin = AdminMethods.meterV1

    /// A price whose every class is its own digit: each token of a class costs that many nano-USD.
    private static let digits = PriceItem(
        provider: "acme",
        model: "digits",
        inputNano: 1_000_000,
        outputNano: 10_000_000,
        cacheReadNano: 100_000_000,
        cacheWriteNano: 1_000_000_000,
        cacheWrite1hNano: 10_000_000_000,
        reasoningNano: 100_000_000_000
    )

    @Test("each token class is charged at its own rate, reasoning as the part of the output it is")
    func classes() async throws {
        try await withMeter { meter in
            _ = try await meter.call(Self.admin.prices.put, PutRequest(item: Self.digits))
            let key = try await meter.makeKey()
            let target = Target(provider: "acme", model: "digits")
            let usage = TokenUsage(
                input: 1,
                cacheRead: 2,
                cacheWrite5m: 3,
                cacheWrite1h: 4,
                output: 11,
                reasoning: 6
            )
            _ = try await meter.settle([meter.record("r", key, target: target, usage: usage)])
            let row = try #require(try await meter.ledger().first)
            #expect(row.costNanoUSD == 1 + 200 + 3000 + 40_000 + 50 + 600_000)
            #expect(row.priced && row.usage == usage)
            let budget = try await meter.budget(key)
            #expect(budget.tokens == 1 + 2 + 3 + 4 + 11)
        }
    }

    @Test("what settled requests cost is counted by provider, model and project, each request once")
    func counted() async throws {
        let setup = MeterSetup()
        try await withMeter(setup) { meter in
            let project = try await meter.call(Self.admin.projects.put, PutRequest(item: ProjectItem(name: "web")))
            let item = KeyItem(name: "web", project: project.id)
            let key = try await meter.call(Self.admin.keys.put, PutRequest(item: item))
            let other = try await meter.makeKey()
            let records = [
                meter.record("a", key), meter.record("b", key), meter.record("c", other, target: .large),
                meter.record("d", other, target: .mystery),
            ]
            for _ in 0..<2 { #expect(try await meter.settle(records).applied.count == 4) }
            let lines = String(decoding: setup.metrics.render(), as: UTF8.self).split(separator: "\n")
                .filter { $0.hasPrefix("keirouter_cost_usd_total") }
            #expect(
                lines == [
                    "keirouter_cost_usd_total{model=\"large\",provider=\"acme\",team=\"none\"} 0.03",
                    "keirouter_cost_usd_total{model=\"small\",provider=\"acme\",team=\"\(project.id)\"} 0.006",
                ]
            )
        }
    }

    @Test("what has no price costs null, never 0, and is counted as such")
    func unpriced() async throws {
        try await withMeter { meter in
            let key = try await meter.makeKey()
            _ = try await meter.settle([
                meter.record("mystery", key, target: .mystery),
                meter.record("free", key, target: Target(provider: "demo", model: "echo")),
            ])
            let rows = try await meter.ledger()
            let mystery = try #require(rows.first { $0.requestID == "mystery" })
            #expect(mystery.costNanoUSD == nil && !mystery.priced)
            let free = try #require(rows.first { $0.requestID == "free" })
            #expect(free.costNanoUSD == 0 && free.priced)
            let rollups = try await meter.all(Self.admin.rollups.list)
            #expect(rollups.reduce(0) { $0 + $1.unpriced } == 1)
            let item = try await meter.call(Self.admin.keys.get, GetRequest(id: key.id))
            #expect(item.unpricedRequests == 1 && item.requests == 2)
        }
    }

    @Test("a key whose plan has a limit in USD may not use what has no price")
    func unpricedRefused() async throws {
        try await withMeter { meter in
            try await meter.putPlan(PlanItem(name: "p", limitNanoUSD: 1_000_000_000))
            let key = try await meter.makeKey(plan: "p")
            let denied = try await meter.admit("a", key, targets: [.mystery])
            #expect(denied.denial?.reason == .unpriced)
            let part = try await meter.admit("b", key, targets: [.mystery, .small])
            #expect(part.admitted && part.targets == [1])
            let free = try await meter.makeKey("free")
            #expect(try await meter.admit("c", free, targets: [.mystery]).admitted)
        }
    }

    @Test("the dearest permitted target is reserved")
    func dearest() async throws {
        try await withMeter { meter in
            let key = try await meter.makeKey()
            let reply = try await meter.admit("a", key, targets: [.small, .large])
            #expect(reply.reservation?.nanoUSD == 30_000_000)
            let wide = try await meter.admit("b", key, output: nil)
            #expect(wide.reservation?.tokens == 1000 + 4096)
        }
    }

    @Test("a declared price wins over an edited one, that over the catalogue's, and taking it away uncovers the next")
    func layers() async throws {
        let folder = try TemporaryFolder()
        var declared = MeterSetup()
        declared.declaration.prices = [.init(id: "openai/gpt-4o", price: Price(input: 7, output: 7, source: .declared))]
        let edited = PriceItem(provider: "OpenAI", model: "gpt-4o", inputNano: 5, outputNano: 5)
        let get = GetRequest(id: "openai/gpt-4o")
        try await withMeter(in: folder) { meter in
            let listed = try await meter.call(Self.admin.prices.get, get)
            #expect(listed.source == "catalogue" && listed.inputNano == 2_500_000_000)
            _ = try await meter.call(Self.admin.prices.put, PutRequest(item: edited))
        }
        try await withMeter(in: folder, declared) { meter in
            let price = try await meter.call(Self.admin.prices.get, get)
            #expect(price.inputNano == 7 && price.declared)
            let error = await #expect(throws: ServiceError.self) {
                try await meter.call(Self.admin.prices.put, PutRequest(item: edited))
            }
            #expect(error?.code == .failedPrecondition)
            await #expect(throws: ServiceError.self) {
                try await meter.call(Self.admin.prices.delete, DeleteRequest(id: "openai/gpt-4o"))
            }
        }
        try await withMeter(in: folder) { meter in
            let price = try await meter.call(Self.admin.prices.get, get)
            #expect(price.inputNano == 5 && price.source == "edited")
            let stale = DeleteRequest(id: "openai/gpt-4o", etag: "edited:1:1::::")
            let error = await #expect(throws: ServiceError.self) {
                try await meter.call(Self.admin.prices.delete, stale)
            }
            #expect(error?.code == .aborted)
            _ = try await meter.call(
                Self.admin.prices.delete,
                DeleteRequest(id: "openai/gpt-4o", etag: price.etag)
            )
            #expect(try await meter.call(Self.admin.prices.get, get).inputNano == 2_500_000_000)
        }
    }

    @Test("a price that changes holds for what is settled from then on")
    func change() async throws {
        try await withMeter { meter in
            let key = try await meter.makeKey()
            let target = Target(provider: "acme", model: "digits")
            var price = Self.digits
            for (number, input) in [1_000_000, 2_000_000].enumerated() {
                price.inputNano = input
                _ = try await meter.call(Self.admin.prices.put, PutRequest(item: price))
                let usage = TokenUsage(input: 10)
                _ = try await meter.settle([meter.record("r\(number)", key, target: target, usage: usage)])
            }
            #expect(Set(try await meter.ledger().map(\.costNanoUSD)) == [10, 20])
        }
    }
}
