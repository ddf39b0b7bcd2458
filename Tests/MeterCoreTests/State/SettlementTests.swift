import Contracts
import MeterCore
import Testing

@Suite("Settlement")
struct SettlementTests {
    @Test("the true cost replaces the reservation")
    func replaces() throws {
        var fixture = Fixture(plan: PlanTerms(name: "p", limitNanoUSD: 10_000_000, tpm: 10_000, concurrency: 9))
        let reply = try fixture.admit("a")
        #expect(reply.remaining?.nanoUSD == 7_000_000)
        let usage = TokenUsage(input: 100, cacheRead: 300, output: 50)
        let priced = try fixture.settle("a", reservation: reply.reservation?.id, usage: usage)
        #expect(priced.costNanoUSD == 400_000 + 100_000)
        let view = try fixture.view(at: .start)
        #expect(view.spent == Totals(nanoUSD: 500_000, tokens: 450, requests: 1))
        #expect(view.reservedNanoUSD == 0 && view.reservedTokens == 0 && view.inUse == 0)
        // The rate counts what did not come from a cache: 100 + 50 of the 2 000 that were reserved.
        #expect(try fixture.admit("b", input: 0, output: 0).limits?.tpm?.remaining == 10_000 - 150)
    }

    @Test("a record that comes twice adds once")
    func twice() throws {
        var fixture = Fixture(plan: PlanTerms(name: "p", limitNanoUSD: 10_000_000))
        let reply = try fixture.admit("a")
        _ = try fixture.settle("a", reservation: reply.reservation?.id)
        _ = try fixture.settle("a", reservation: reply.reservation?.id, isNew: false)
        let view = try fixture.view(at: .start)
        #expect(view.spent.nanoUSD == 3_000_000 && view.lifetime.requests == 1 && view.inUse == 0)
    }

    @Test("a lease that ran out gives its slot back, and settles all the same")
    func afterExpiry() throws {
        var fixture = Fixture(plan: PlanTerms(name: "p", limitNanoUSD: 3_000_000, concurrency: 1))
        let reply = try fixture.admit("a")
        let almost = Moment.start.plus(seconds: 59.999)
        #expect(try fixture.admit("b", at: almost).denial?.reason == .budgetExhausted)
        let later = Moment.start.plus(seconds: 60)
        let view = try fixture.view(at: later)
        #expect(view.inUse == 0 && view.reservedNanoUSD == 0)
        _ = try fixture.settle("a", reservation: reply.reservation?.id, at: later)
        #expect(try fixture.admit("c", at: later).denial?.reason == .budgetExhausted)
        #expect(fixture.state.view(keyID: Fixture.keyID, now: later)?.inUse == 0)
    }

    @Test("a record that cannot be stored holds its cost, but no slot")
    func unsettled() throws {
        var fixture = Fixture(plan: PlanTerms(name: "p", limitNanoUSD: 6_000_000, concurrency: 1))
        let id = try fixture.admit("a").reservation?.id
        #expect(try fixture.admit("b").denial?.reason == .concurrency)
        for second in [0.0, 50, 100] {
            let now = Moment.start.plus(seconds: second)
            fixture.state.keepLeases(of: [Fixture.record("a", reservation: id)], now: now, signer: fixture.signer)
            let view = try fixture.view(at: now)
            #expect(view.inUse == 0 && view.reservedNanoUSD == 3_000_000)
        }
        let later = Moment.start.plus(seconds: 101)
        let other = try fixture.admit("b", at: later).reservation?.id
        _ = try fixture.settle("a", reservation: id, at: later)
        #expect(try fixture.view(at: later).inUse == 1)
        _ = try fixture.settle("b", reservation: other, at: later)
        let view = try fixture.view(at: later)
        #expect(view.inUse == 0 && view.reservedNanoUSD == 0 && view.spent.nanoUSD == 6_000_000)
    }

    @Test("renewed leases stay, others do not")
    func renewal() throws {
        var fixture = Fixture(plan: PlanTerms(name: "p", concurrency: 2))
        let kept = try #require(try fixture.admit("a").reservation?.id)
        let lost = try #require(try fixture.admit("b").reservation?.id)
        for second in [20.0, 40, 60, 80, 100] {
            let request = RenewRequest(instance: "r", reservations: second < 60 ? [kept] : [kept, lost, "rsv_x"])
            let reply = fixture.state.renew(request, now: .start.plus(seconds: second), signer: fixture.signer)
            #expect(reply.unknown == (second < 60 ? [] : [lost, "rsv_x"]))
        }
        #expect(fixture.state.view(keyID: Fixture.keyID, now: .start.plus(seconds: 159))?.inUse == 1)
        #expect(fixture.state.view(keyID: Fixture.keyID, now: .start.plus(seconds: 160))?.inUse == 0)
    }

    @Test("a settlement under another key's reservation leaves that lease alone")
    func foreignReservation() throws {
        var fixture = Fixture()
        fixture.state.setKey(KeyTerms(id: "other", ordinal: 2, digest: "d2"), now: .start)
        let theirs = try fixture.admit("a", digest: "d2")
        _ = try fixture.settle("b", reservation: theirs.reservation?.id)
        #expect(fixture.state.view(keyID: "other", now: .start)?.inUse == 1)
    }

    @Test("each attempt is charged at its own price, and filed under its own model")
    func attempts() throws {
        var fixture = Fixture()
        var record = Fixture.record("a")
        record.outcome = .interrupted
        var first = record.attempts[0]
        first.model = "large"
        first.status = 500
        record.attempts.insert(first, at: 0)
        let priced = try fixture.price(record)
        #expect(priced.costNanoUSD == 30_000_000 + 3_000_000)
        #expect(priced.shares.map(\.model) == ["large", "small"])
        #expect(priced.shares.map(\.requests) == [0, 1])
        #expect(priced.shares.map(\.errors) == [1, 1])
        #expect(priced.usage == TokenUsage(input: 2000, output: 2000))
    }

    @Test("a record without attempts costs nothing and is priced")
    func noAttempts() throws {
        var fixture = Fixture()
        var record = Fixture.record("a")
        record.attempts = []
        let priced = try fixture.price(record)
        #expect(priced.costNanoUSD == 0 && priced.totals == Totals(requests: 1))
        #expect(priced.shares.count == 1)
    }

    @Test("units have no rate: only what is free is priced by them")
    func units() throws {
        var fixture = Fixture()
        fixture.state.prices.set(Price(input: 0, output: 0, source: .declared), id: "demo/echo")
        let priced = try fixture.price(Fixture.record("a", usage: TokenUsage(units: 2)))
        #expect(priced.costNanoUSD == nil)
        let demo = Target(provider: "demo", model: "echo")
        let free = try fixture.price(Fixture.record("b", usage: TokenUsage(units: 2), target: demo))
        #expect(free.costNanoUSD == 0)
        let failed = try fixture.price(Fixture.record("c", usage: TokenUsage(), target: Fixture.mystery))
        #expect(failed.costNanoUSD == 0)
    }

    @Test("records that cannot be filed are refused with a reason")
    func refused() {
        var fixture = Fixture()
        var record = Fixture.record("")
        #expect(throws: RecordRefusal.badRequestID) { try fixture.price(record) }
        record = Fixture.record("a")
        record.keyID = "nobody"
        #expect(throws: RecordRefusal.unknownKey) { try fixture.price(record) }
        record = Fixture.record("a")
        record.startedUS = 0
        #expect(throws: RecordRefusal.tooOld) { try fixture.price(record) }
        record = Fixture.record("a")
        record.attempts = Array(repeating: record.attempts[0], count: 65)
        #expect(throws: RecordRefusal.tooManyAttempts) { try fixture.price(record) }
    }

    @Test("what began in the last period is charged to it")
    func lastPeriod() throws {
        var fixture = Fixture(plan: PlanTerms(name: "p", limitNanoUSD: 9_000_000, period: .daily))
        let evening = Moment.start.plus(seconds: 20 * 3600 - 1)
        let reply = try fixture.admit("a", at: evening)
        let morning = evening.plus(seconds: 2)
        let record = Fixture.record("a", reservation: reply.reservation?.id, at: evening)
        let priced = try fixture.price(record, at: morning)
        fixture.state.apply(priced, isNew: true, now: morning, signer: fixture.signer)
        let view = try fixture.view(at: morning)
        #expect(view.spent.nanoUSD == 0 && view.lifetime.nanoUSD == 3_000_000)
        #expect(priced.periodStartUS == view.periodStartUS - 86_400_000_000)
    }

    @Test("an alert comes once for each threshold and period")
    func alerts() throws {
        var fixture = Fixture(
            plan: PlanTerms(name: "p", limitNanoUSD: 10_000_000, alertAt: [100, 50, 80], hardCutoff: false)
        )
        var raised: [[Int]] = []
        for number in 0..<5 {
            let priced = try fixture.price(Fixture.record("\(number)"))
            let alerts = fixture.state.dueAlerts([priced], now: .start)
            fixture.state.apply(priced, isNew: true, now: .start, signer: fixture.signer)
            fixture.state.markRaised(alerts)
            raised.append(alerts.map(\.mark.threshold))
        }
        #expect(raised == [[], [50], [80], [100], []])
        let next = Moment.start.plus(seconds: 31 * 86_400)
        let priced = try (0..<2).map { try fixture.price(Fixture.record("n\($0)", at: next), at: next) }
        #expect(fixture.state.dueAlerts(priced, now: next).map(\.mark.threshold) == [50])
    }
}
