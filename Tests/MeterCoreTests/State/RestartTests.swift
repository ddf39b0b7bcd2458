import Contracts
import MeterCore
import Testing

@Suite("Restart")
struct RestartTests {
    private static let plan = PlanTerms(name: "p", limitNanoUSD: 6_000_000, rpm: 10, concurrency: 5)

    private static func second(awaited: Set<String> = [], at now: Moment) -> Fixture {
        Fixture(plan: plan, now: now, awaited: awaited, isFresh: false)
    }

    @Test("keys with limits wait two seconds; others do not")
    func gate() throws {
        let now = Moment.start.plus(seconds: 5)
        var fixture = Self.second(at: now)
        fixture.state.setKey(KeyTerms(id: "free", ordinal: 2, digest: "free"), now: now)
        #expect(throws: ServiceError.self) { try fixture.admit("a", at: now.plus(seconds: 1.999)) }
        #expect(try fixture.admit("b", digest: "free", at: now).admitted)
        #expect(try fixture.admit("a", at: now.plus(seconds: 2)).admitted)
    }

    @Test("the wait ends when every awaited router has announced")
    func announced() throws {
        let now = Moment.start.plus(seconds: 5)
        var fixture = Self.second(awaited: ["r1", "r2"], at: now)
        _ = fixture.state.renew(RenewRequest(instance: "r1"), now: now, signer: fixture.signer)
        _ = fixture.state.renew(RenewRequest(instance: "r3"), now: now, signer: fixture.signer)
        let error = #expect(throws: ServiceError.self) { try fixture.admit("a", at: now) }
        #expect(error?.retry == .same(afterMilliseconds: 2000))
        _ = fixture.state.renew(RenewRequest(instance: "r2"), now: now, signer: fixture.signer)
        #expect(try fixture.admit("a", at: now).admitted)
    }

    @Test("announced leases hold what they held, and settle")
    func rebuilt() throws {
        var first = Fixture(plan: Self.plan)
        let lease = try #require(try first.admit("a").reservation)
        let now = Moment.start.plus(seconds: 5)
        var fixture = Self.second(awaited: ["r"], at: now)
        let renewal = RenewRequest(instance: "r", reservations: [lease.id])
        #expect(fixture.state.renew(renewal, now: now, signer: fixture.signer).unknown.isEmpty)
        let view = try fixture.view(at: now)
        #expect(view.inUse == 1 && view.reservedNanoUSD == lease.nanoUSD && view.reservedTokens == lease.tokens)
        #expect(try fixture.admit("b", at: now).admitted)
        #expect(try fixture.admit("c", at: now).denial?.reason == .budgetExhausted)
        _ = try fixture.settle("a", reservation: lease.id, usage: TokenUsage(input: 1), at: now)
        #expect(fixture.state.view(keyID: Fixture.keyID, now: now)?.inUse == 1)
        #expect(try fixture.admit("d", input: 999, output: 1000, at: now).admitted)
    }

    @Test("a lease that was settled before its announcement does not come back")
    func settledFirst() throws {
        var first = Fixture(plan: Self.plan)
        let lease = try #require(try first.admit("a").reservation)
        let now = Moment.start.plus(seconds: 5)
        var fixture = Self.second(at: now)
        _ = try fixture.settle("a", reservation: lease.id, at: now)
        let renewal = RenewRequest(instance: "r", reservations: [lease.id])
        #expect(fixture.state.renew(renewal, now: now, signer: fixture.signer).unknown == [lease.id])
        #expect(fixture.state.view(keyID: Fixture.keyID, now: now)?.inUse == 0)
    }

    @Test("leases of this life that ran out, late announcements and forged ids stay unknown")
    func unknown() throws {
        var fixture = Fixture(plan: Self.plan)
        let own = try #require(try fixture.admit("a").reservation)
        let later = Moment.start.plus(seconds: 61)
        #expect(
            fixture.state.renew(RenewRequest(instance: "r", reservations: [own.id]), now: later, signer: fixture.signer)
                .unknown == [own.id]
        )
        var second = Self.second(at: later)
        let late = later.plus(seconds: 60)
        let forged = ReservationCode(serial: 1 << 40, keyID: Fixture.keyID, nanoUSD: 1, tokens: 1)
        let ids = [own.id, forged.encoded(by: TestSigner(key: 9)), forged.encoded(by: TestSigner())]
        let renewal = RenewRequest(instance: "r", reservations: ids)
        #expect(second.state.renew(renewal, now: late, signer: second.signer).unknown == ids)
        #expect(second.state.openLeases == 0)
    }

    @Test("what the store knows is in force again")
    func restored() throws {
        let now = Moment.start
        var fixture = Fixture(plan: Self.plan, now: now)
        fixture.state.restore(
            keyID: Fixture.keyID,
            spent: Totals(nanoUSD: 4_000_000, tokens: 10, requests: 1),
            lifetime: Totals(nanoUSD: 9_000_000, tokens: 20, requests: 3),
            lastUsedUS: 7,
            raised: [],
            now: now
        )
        fixture.state.restoreRate(keyID: Fixture.keyID, requests: 9, tokens: 0, now: now)
        #expect(try fixture.admit("a").denial?.reason == .budgetExhausted)
        #expect(try fixture.admit("b", input: 0, output: 500).admitted)
        #expect(try fixture.admit("c", input: 0, output: 0).denial?.reason == .rpm)
        let view = try fixture.view(at: now)
        #expect(view.lifetime.requests == 3 && view.lastUsedUS == 7)
    }
}
