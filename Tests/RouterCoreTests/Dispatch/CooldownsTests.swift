import Dialects
import RouterCore
import Testing

@Suite("Cool-downs")
struct CooldownsTests {
    let start = Samples.start

    private func seconds(
        _ cooldowns: Cooldowns,
        _ account: String,
        _ model: String,
        at now: ContinuousClock.Instant
    ) -> Duration? {
        cooldowns.pause(account: account, model: model, now: now).map { $0.until - now }
    }

    @Test("a rate limit keeps the account out until the longest deadline")
    func longestDeadline() {
        var cooldowns = Cooldowns()
        cooldowns.note(Samples.failure(.rateLimited, retryAfter: .seconds(60)), account: "a", model: "m", now: start)
        cooldowns.note(Samples.failure(.rateLimited, retryAfter: .seconds(5)), account: "a", model: "m", now: start)
        #expect(seconds(cooldowns, "a", "m", at: start) == .seconds(60))
        cooldowns.note(Samples.failure(.rateLimited, retryAfter: .seconds(90)), account: "a", model: "n", now: start)
        #expect(seconds(cooldowns, "a", "other", at: start) == .seconds(90))
        #expect(seconds(cooldowns, "a", "m", at: start + .seconds(90)) == nil)
        #expect(seconds(cooldowns, "b", "m", at: start) == nil)
    }

    @Test("a failure of one model leaves the account to the others")
    func apart() {
        var cooldowns = Cooldowns()
        cooldowns.note(Samples.failure(.modelNotFound), account: "a", model: "m", now: start)
        cooldowns.note(Samples.failure(.overloaded), account: "a", model: "n", now: start)
        #expect(seconds(cooldowns, "a", "m", at: start) == .seconds(300))
        #expect(seconds(cooldowns, "a", "n", at: start) == .seconds(30))
        #expect(seconds(cooldowns, "a", "o", at: start) == nil)
        #expect(cooldowns.accountPause("a", now: start) == nil)
    }

    @Test("pauses double with each failure in a row, up to the limit, and start again after a success")
    func backOff() {
        var cooldowns = Cooldowns()
        var now = start
        for expected in [30, 60, 120, 240, 300, 300] {
            cooldowns.note(Samples.failure(.serverError), account: "a", model: "m", now: now)
            #expect(seconds(cooldowns, "a", "m", at: now) == .seconds(expected))
            now += .seconds(expected)
        }
        cooldowns.succeeded(account: "a", model: "m")
        #expect(cooldowns.count == 0)
        cooldowns.note(Samples.failure(.serverError), account: "a", model: "m", now: now)
        #expect(seconds(cooldowns, "a", "m", at: now) == .seconds(30))
    }

    @Test("rate limits without a time double from two seconds")
    func rateBackOff() {
        var cooldowns = Cooldowns()
        var now = start
        for expected in [2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
            cooldowns.note(Samples.failure(.rateLimited), account: "a", model: "m", now: now)
            #expect(seconds(cooldowns, "a", "m", at: now) == .seconds(expected))
            now += .seconds(expected)
        }
    }

    @Test("a failure long after the last one is a first one again")
    func memory() {
        var cooldowns = Cooldowns()
        cooldowns.note(Samples.failure(.serverError), account: "a", model: "m", now: start)
        let later = start + .seconds(30) + Cooldowns.memory
        cooldowns.note(Samples.failure(.serverError), account: "a", model: "m", now: later)
        #expect(seconds(cooldowns, "a", "m", at: later) == .seconds(30))
    }

    @Test("a guess never hides the provider's word, in whatever order they come", arguments: [true, false])
    func precedence(wordFirst: Bool) {
        var cooldowns = Cooldowns()
        let word = Samples.failure(.authentication)
        let guess = FailureClass(TransportFailure.connectFailed)
        for failure in wordFirst ? [word, guess] : [guess, word] {
            cooldowns.note(failure, account: "a", model: "m", now: start)
        }
        let pause = cooldowns.pause(account: "a", model: "m", now: start)
        #expect(pause?.givesWay == false)
        #expect(pause?.reason == FailureKind.authentication.rawValue)
    }

    @Test("an operator's repair clears an account")
    func clearing() {
        var cooldowns = Cooldowns()
        cooldowns.note(Samples.failure(.authentication), account: "a", model: "m", now: start)
        cooldowns.note(Samples.failure(.modelNotFound), account: "a", model: "m", now: start)
        cooldowns.note(Samples.failure(.authentication), account: "b", model: "m", now: start)
        cooldowns.clear(account: "a")
        #expect(cooldowns.pause(account: "a", model: "m", now: start) == nil)
        #expect(cooldowns.pause(account: "b", model: "m", now: start) != nil)
    }

    @Test("the table stays bounded however many models fail, and keeps the longest pauses")
    func bounded() {
        var cooldowns = Cooldowns()
        cooldowns.note(Samples.failure(.quotaExhausted), account: "kept", model: "m", now: start)
        for index in 0..<10_000 {
            cooldowns.note(Samples.failure(.modelNotFound), account: "a", model: "m\(index)", now: start)
        }
        #expect(cooldowns.count <= Cooldowns.limit)
        #expect(cooldowns.pause(account: "kept", model: "m", now: start) != nil)
    }

    @Test("after a pause one request probes, the others wait for it or for ten seconds")
    func probe() {
        var cooldowns = Cooldowns()
        cooldowns.note(Samples.failure(.serverError), account: "a", model: "m", now: start)
        let now = start + .seconds(30)
        #expect(cooldowns.pause(account: "a", model: "m", now: now) == nil)
        cooldowns.sent(account: "a", model: "m", now: now)
        #expect(cooldowns.pause(account: "a", model: "m", now: now)?.reason == "probing")
        #expect(cooldowns.pause(account: "a", model: "m", now: now)?.givesWay == true)
        #expect(cooldowns.pause(account: "a", model: "other", now: now) == nil)
        #expect(cooldowns.pause(account: "a", model: "m", now: now + .seconds(10)) == nil)
        // The next one probes in its place; its answer's head sets all free, its success forgets the failures.
        cooldowns.sent(account: "a", model: "m", now: now + .seconds(10))
        #expect(cooldowns.pause(account: "a", model: "m", now: now + .seconds(11)) != nil)
        cooldowns.answers(account: "a", model: "m")
        #expect(cooldowns.pause(account: "a", model: "m", now: now + .seconds(11)) == nil)
        cooldowns.succeeded(account: "a", model: "m")
        #expect(cooldowns.count == 0)
    }

    @Test("a probe that fails opens the circuit for longer")
    func failedProbe() {
        var cooldowns = Cooldowns()
        cooldowns.note(Samples.failure(.serverError), account: "a", model: "m", now: start)
        let now = start + .seconds(30)
        cooldowns.sent(account: "a", model: "m", now: now)
        cooldowns.note(Samples.failure(.serverError), account: "a", model: "m", now: now + .seconds(1))
        #expect(seconds(cooldowns, "a", "m", at: now + .seconds(1)) == .seconds(60))
        #expect(cooldowns.pause(account: "a", model: "m", now: now + .seconds(61)) == nil)
    }
}
