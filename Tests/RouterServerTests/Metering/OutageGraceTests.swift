import Contracts
import RouterServer
import Testing

@Suite("The grace of an outage")
struct OutageGraceTests {
    private static let start = ContinuousClock.now

    private static func request(_ number: Int, model: String = "m", input: Int = 100) -> AdmitRequest {
        AdmitRequest(
            requestID: "req_\(number)",
            keySHA256: "digest",
            operation: .chat,
            requestedModel: model,
            targets: [Target(provider: "p", model: "a"), Target(provider: "p", model: "b")],
            estimatedInputTokens: input,
            maxOutputTokens: 100
        )
    }

    private static func reply(
        remaining: Remaining? = nil,
        limits: LimitsState? = nil,
        targets: [Int] = [0, 1]
    ) -> AdmitReply {
        AdmitReply(
            admitted: true,
            identity: Identity(tenant: "default", keyID: "k", plan: "team"),
            targets: targets,
            reservation: Reservation(id: "r", leaseMS: 60_000, nanoUSD: 2000, tokens: 200),
            remaining: remaining,
            limits: limits
        )
    }

    private static func grace(_ reply: AdmitReply) -> OutageGrace {
        let grace = OutageGrace(outputReserve: 4096)
        grace.remember(reply, to: request(0), now: start)
        grace.ended(keySHA256: "digest")
        return grace
    }

    @Test("it lasts a minute from the first call that failed, and no longer")
    func minute() {
        let grace = Self.grace(Self.reply())
        #expect(grace.admit(Self.request(1), now: Self.start + .seconds(1))?.admitted == true)
        #expect(grace.admit(Self.request(2), now: Self.start + .seconds(60))?.admitted == true)
        #expect(grace.admit(Self.request(3), now: Self.start + .seconds(61)) == nil)
        grace.remember(Self.reply(), to: Self.request(4), now: Self.start + .seconds(62))
        #expect(grace.admit(Self.request(5), now: Self.start + .seconds(63))?.admitted == true)
    }

    @Test("only what the meter permitted is permitted")
    func permissions() {
        let grace = Self.grace(Self.reply(targets: [1]))
        #expect(grace.admit(Self.request(1), now: Self.start)?.targets == [1])
        #expect(grace.admit(Self.request(2, model: "other"), now: Self.start) == nil)
        grace.distrust()
        #expect(grace.admit(Self.request(3), now: Self.start) == nil)
        #expect(grace.isKnown(keySHA256: "digest", now: Self.start))
        grace.forget(keySHA256: "digest")
        #expect(!grace.isKnown(keySHA256: "digest", now: Self.start))
    }

    @Test("local spending stays inside what was left, at twice the dearest known rate")
    func budget() {
        // 10 nano-dollars a token, taken twice, 200 tokens a request: 4000 each.
        let grace = Self.grace(Self.reply(remaining: Remaining(nanoUSD: 9000)))
        #expect(grace.admit(Self.request(1), now: Self.start)?.admitted == true)
        #expect(grace.admit(Self.request(2), now: Self.start)?.admitted == true)
        #expect(grace.admit(Self.request(3), now: Self.start)?.denial?.reason == .budgetExhausted)
        let tokens = Self.grace(Self.reply(remaining: Remaining(tokens: 399)))
        #expect(tokens.admit(Self.request(1), now: Self.start)?.admitted == true)
        #expect(tokens.admit(Self.request(2), now: Self.start)?.denial?.reason == .budgetExhausted)
    }

    @Test("rates and running requests are counted here")
    func limits() {
        let limits = LimitsState(
            rpm: Rate(limit: 60, remaining: 2, resetMS: 9000),
            tpm: Rate(limit: 9000, remaining: 1000, resetMS: 9000),
            concurrency: Concurrency(limit: 1, inUse: 1)
        )
        let grace = Self.grace(Self.reply(limits: limits))
        #expect(grace.admit(Self.request(1), now: Self.start)?.admitted == true)
        #expect(grace.admit(Self.request(2), now: Self.start)?.denial?.reason == .concurrency)
        grace.ended(keySHA256: "digest")
        #expect(grace.admit(Self.request(3, input: 900), now: Self.start)?.denial?.reason == .tpm)
        #expect(grace.admit(Self.request(4), now: Self.start)?.admitted == true)
        grace.ended(keySHA256: "digest")
        #expect(grace.admit(Self.request(5), now: Self.start)?.denial?.reason == .rpm)
    }
}
