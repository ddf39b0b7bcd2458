import Contracts
import MeterCore
import Testing

@Suite("Admission")
struct AdmissionTests {
    @Test("an unknown, revoked or expired key, or one whose plan is gone, is denied")
    func standing() throws {
        var fixture = Fixture()
        let unknown = try fixture.admit("a", digest: String(repeating: "0", count: 64))
        #expect(unknown.denial?.reason == .unknownKey && !unknown.admitted && unknown.identity == nil)
        var terms = KeyTerms(id: Fixture.keyID, ordinal: 1, digest: Fixture.digest, revokedUS: 5)
        fixture.state.setKey(terms, now: .start)
        #expect(try fixture.admit("b").denial?.reason == .revoked)
        terms.revokedUS = nil
        terms.expiresUS = Moment.start.epochUS + 1
        fixture.state.setKey(terms, now: .start)
        #expect(try fixture.admit("c").admitted)
        #expect(try fixture.admit("d", at: .start.plus(seconds: 0.001)).denial?.reason == .expired)
        terms.expiresUS = nil
        terms.plan = "gone"
        fixture.state.setKey(terms, now: .start)
        #expect(try fixture.admit("e").denial?.reason == .revoked)
    }

    @Test("the dearest permitted target is reserved, at its dearest input class")
    func dearest() throws {
        var fixture = Fixture()
        let reply = try fixture.admit("a", targets: [Fixture.small, Fixture.large])
        #expect(reply.targets == [0, 1])
        #expect(reply.reservation?.nanoUSD == 1000 * 10_000 + 1000 * 20_000)
        #expect(reply.reservation?.tokens == 2000)
        let cached = Price(input: 1_000_000_000, output: 0, cacheWrite1h: 4_000_000_000, source: .declared)
        fixture.state.prices.set(cached, id: "acme/cached")
        let dear = try fixture.admit("b", targets: [Target(provider: "acme", model: "cached")], output: 0)
        #expect(dear.reservation?.nanoUSD == 1000 * 4000)
    }

    @Test(
        "the output reserve is the smaller of what is wanted and what is configured",
        arguments: [(nil, 4096), (100, 100), (100_000, 4096), (-5, 0)] as [(Int?, Int)]
    )
    func outputReserve(wanted: Int?, expected: Int) throws {
        var fixture = Fixture()
        #expect(try fixture.admit("a", input: 0, output: wanted).reservation?.tokens == expected)
    }

    @Test("what generates no text reserves no output")
    func embeddings() throws {
        var fixture = Fixture()
        let reply = try fixture.admit("a", input: 500, output: nil, operation: .embeddings)
        #expect(reply.reservation?.tokens == 500)
    }

    @Test("a plan with a limit in USD refuses what has no price; one without lets it pass")
    func unpriced() throws {
        var limited = Fixture(plan: PlanTerms(name: "p", limitNanoUSD: 1_000_000_000_000))
        #expect(try limited.admit("a", targets: [Fixture.mystery]).denial?.reason == .unpriced)
        #expect(try limited.admit("b", targets: [Fixture.mystery, Fixture.small]).targets == [1])
        var open = Fixture(plan: PlanTerms(name: "p", limitTokens: 1_000_000))
        let reply = try open.admit("a", targets: [Fixture.mystery])
        #expect(reply.admitted && reply.reservation?.nanoUSD == 0)
        let priced = try open.settle("a", reservation: reply.reservation?.id, target: Fixture.mystery)
        #expect(priced.costNanoUSD == nil && priced.totals.unpriced == 1 && priced.totals.tokens == 2000)
    }

    @Test("models outside the plan's and the key's own list are denied")
    func models() throws {
        var fixture = Fixture(plan: PlanTerms(name: "p", allowedModels: ["acme/*"]))
        #expect(try fixture.admit("a").admitted)
        let foreign = Target(provider: "openai", model: "gpt")
        #expect(try fixture.admit("b", targets: [foreign]).denial?.reason == .modelNotAllowed)
        fixture.state.setKey(
            KeyTerms(id: Fixture.keyID, ordinal: 1, digest: Fixture.digest, plan: "p", allowedModels: ["large"]),
            now: .start
        )
        #expect(try fixture.admit("c", targets: [Fixture.small, Fixture.large]).targets == [1])
    }

    @Test("the same request id gets the same reservation and holds one slot")
    func idempotent() throws {
        var fixture = Fixture(plan: PlanTerms(name: "p", rpm: 10, concurrency: 3))
        let first = try fixture.admit("a")
        let again = try fixture.admit("a")
        #expect(first.reservation?.id == again.reservation?.id)
        #expect(again.limits?.concurrency == Concurrency(limit: 3, inUse: 1))
        #expect(again.limits?.rpm?.remaining == 9)
        fixture.state.setKey(KeyTerms(id: "other", ordinal: 2, digest: "d2"), now: .start)
        #expect(throws: ServiceError.self) { try fixture.admit("a", digest: "d2") }
    }

    @Test("each limit admits exactly what fits, and a denial consumes nothing")
    func limits() throws {
        var byRate = Fixture(plan: PlanTerms(name: "p", rpm: 20))
        #expect(try (0..<200).filter { try byRate.admit("\($0)").admitted }.count == 20)
        let denied = try byRate.admit("x")
        #expect(denied.denial?.reason == .rpm)
        let delay = try #require(denied.denial?.retryAfterMS)
        #expect(try byRate.admit("y", at: .start.advanced(byMilliseconds: delay)).admitted)

        var bySlots = Fixture(plan: PlanTerms(name: "p", rpm: 1000, concurrency: 5))
        #expect(try (0..<200).filter { try bySlots.admit("\($0)").admitted }.count == 5)
        #expect(try bySlots.admit("x").denial?.reason == .concurrency)
        #expect(try bySlots.admit("0").limits?.rpm?.remaining == 995)

        var byTokens = Fixture(plan: PlanTerms(name: "p", tpm: 20_000))
        #expect(try (0..<200).filter { try byTokens.admit("\($0)").admitted }.count == 10)
        #expect(try byTokens.admit("x").denial?.reason == .tpm)
        #expect(try byTokens.admit("y", input: 30_000).denial?.retryAfterMS == nil)

        // One request costs 1 000 × 1 000 + 1 000 × 2 000 nano-USD.
        var byMoney = Fixture(plan: PlanTerms(name: "p", limitNanoUSD: 30_000_000))
        #expect(try (0..<200).filter { try byMoney.admit("\($0)").admitted }.count == 10)
        let broke = try byMoney.admit("x")
        #expect(broke.denial?.reason == .budgetExhausted && broke.remaining?.nanoUSD == 0)

        var byBudget = Fixture(plan: PlanTerms(name: "p", limitTokens: 20_000))
        #expect(try (0..<200).filter { try byBudget.admit("\($0)").admitted }.count == 10)
    }

    @Test("a plan without hard cut-off never denies for its budget")
    func softCutoff() throws {
        var fixture = Fixture(plan: PlanTerms(name: "p", limitNanoUSD: 1, hardCutoff: false))
        #expect(try (0..<50).allSatisfy { try fixture.admit("\($0)").admitted })
    }

    @Test("a new period brings the whole budget back, less what is still running")
    func newPeriod() throws {
        var fixture = Fixture(plan: PlanTerms(name: "p", limitNanoUSD: 6_000_000, period: .daily))
        let first = try fixture.admit("a")
        _ = try fixture.settle("a", reservation: first.reservation?.id)
        #expect(try fixture.admit("b").admitted)
        #expect(try !fixture.admit("c").admitted)
        let evening = Moment.start.plus(seconds: 20 * 3600 - 1)
        let running = try fixture.admit("d", at: evening)
        #expect(running.admitted)
        let morning = evening.plus(seconds: 2)
        #expect(try fixture.admit("e", at: morning).remaining?.nanoUSD == 0)
        #expect(try fixture.admit("f", at: morning).denial?.reason == .budgetExhausted)
    }

    @Test("configured defaults hold where the plan says nothing, and not where limits are off")
    func defaults() throws {
        let policy = LimitPolicy(rpm: 2, tpm: 0, concurrency: 0)
        var fixture = Fixture(policy: policy)
        #expect(try (0..<5).filter { try fixture.admit("\($0)").admitted }.count == 2)
        var planned = Fixture(plan: PlanTerms(name: "p", rpm: 0), policy: policy)
        #expect(try (0..<5).filter { try planned.admit("\($0)").admitted }.count == 5)
        var off = Fixture(plan: PlanTerms(name: "p", rpm: 1), policy: LimitPolicy(isEnabled: false))
        #expect(try (0..<5).filter { try off.admit("\($0)").admitted }.count == 5)
    }

    @Test("a changed plan holds at once")
    func changedPlan() throws {
        var fixture = Fixture(plan: PlanTerms(name: "p", concurrency: 1))
        #expect(try fixture.admit("a").admitted)
        #expect(try !fixture.admit("b").admitted)
        fixture.state.setPlan(PlanTerms(name: "p", concurrency: 2, cache: "exact", strictLossless: true), now: .start)
        let reply = try fixture.admit("c")
        #expect(reply.admitted && reply.features == Features(cache: "exact", strictLossless: true))
    }

    @Test("a key demands strict translation by itself, or its plan does")
    func strict() throws {
        var fixture = Fixture(plan: PlanTerms(name: "p"))
        #expect(try !fixture.admit("a").features.strictLossless)
        var terms = KeyTerms(id: Fixture.keyID, ordinal: 1, digest: Fixture.digest, plan: "p", strictLossless: true)
        fixture.state.setKey(terms, now: .start)
        #expect(try fixture.admit("b").features.strictLossless)
        terms.strictLossless = false
        fixture.state.setKey(terms, now: .start)
        fixture.state.setPlan(PlanTerms(name: "p", strictLossless: true), now: .start)
        #expect(try fixture.admit("c").features.strictLossless)
    }

    @Test("a malformed request is refused, not counted")
    func malformed() throws {
        var fixture = Fixture()
        #expect(throws: ServiceError.self) { try fixture.admit("") }
        #expect(throws: ServiceError.self) { try fixture.admit(String(repeating: "x", count: 129)) }
        let many = [Target](repeating: Fixture.small, count: 257)
        #expect(throws: ServiceError.self) { try fixture.admit("a", targets: many) }
        #expect(try fixture.admit("b", targets: []).denial?.reason == .modelNotAllowed)
        #expect(try fixture.admit("c", input: .max, output: .max).admitted)
        #expect(try fixture.admit("d", input: .min, output: .min).reservation?.tokens == 0)
        #expect(fixture.state.openLeases == 2)
    }
}
