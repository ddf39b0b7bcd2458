import Dialects
import RouterCore
import Testing

@Suite("Attempt plan")
struct AttemptPlanTests {
    let start = Samples.start
    let state = Samples.state(accounts: [
        Samples.account("a1", "acme", priority: 1), Samples.account("a2", "acme", priority: 2),
        Samples.account("off", "acme", isEnabled: false), Samples.account("b1", "beta"),
    ])
    let targets = [Samples.target(Samples.acme, "m"), Samples.target(Samples.beta, "n")]

    private func plan(_ cooldowns: Cooldowns = Cooldowns()) -> AttemptPlan {
        AttemptPlan(targets: targets, state: state, cooldowns: cooldowns, now: start)
    }

    private func account(_ step: AttemptPlan.Step) -> String? {
        guard case .attempt(let candidate) = step else { return nil }
        return candidate.account.id
    }

    /// Fails every attempt in the same way and tells whom it met.
    private func run(_ failure: FailureClass, _ cooldowns: inout Cooldowns) -> (met: [String], end: AttemptPlan.Step) {
        var plan = AttemptPlan(targets: targets, state: state, cooldowns: cooldowns, now: start)
        var met: [String] = []
        var step = plan.first(cooldowns: &cooldowns, now: start)
        while case .attempt(let candidate) = step {
            met.append(candidate.account.id)
            cooldowns.note(failure, account: candidate.account.id, model: candidate.target.model, now: start)
            step = plan.next(after: failure, cooldowns: &cooldowns, now: start)
        }
        return (met, step)
    }

    @Test("targets come in order, accounts by priority, disabled ones never")
    func order() {
        var cooldowns = Cooldowns()
        let result = run(Samples.failure(.contextTooLong), &cooldowns)
        #expect(result.met == ["a1", "b1"])
        var others = Cooldowns()
        #expect(run(Samples.failure(.serverError), &others).met == ["a1", "a2", "b1"])
        #expect(plan().skipped.map(\.reason) == ["disabled"])
    }

    @Test("a request at fault is tried once")
    func stop() {
        var cooldowns = Cooldowns()
        let result = run(Samples.failure(.badRequest), &cooldowns)
        #expect(result.met == ["a1"])
        #expect(result.end == .exhausted(until: nil))
    }

    @Test("when all are out by the provider's word, the answer is 429 with the earliest return")
    func allOut() {
        var cooldowns = Cooldowns()
        for (account, seconds) in [("a1", 50), ("a2", 20), ("b1", 30)] {
            cooldowns.note(
                Samples.failure(.rateLimited, retryAfter: .seconds(seconds)),
                account: account,
                model: "m",
                now: start
            )
        }
        let now = start + .milliseconds(500)
        var plan = AttemptPlan(targets: targets, state: state, cooldowns: cooldowns, now: now)
        let step = plan.first(cooldowns: &cooldowns, now: now)
        #expect(step == .exhausted(until: start + .seconds(20)))
        let error = plan.clientError(after: nil, until: start + .seconds(20), now: now)
        #expect(error.status(.openAIChat) == 429)
        #expect(error.retryAfter == 20)
        #expect(plan.attempts == 0)
        #expect(plan.skipped.count == 4)
    }

    @Test("when the last attempts meet rate limits, the answer carries the earliest return too")
    func rateLimitedNow() {
        var cooldowns = Cooldowns()
        let failure = Samples.failure(.rateLimited, retryAfter: .seconds(12))
        let result = run(failure, &cooldowns)
        #expect(result.met == ["a1", "a2", "b1"])
        guard case .exhausted(let until) = result.end else {
            Issue.record("attempts were left")
            return
        }
        let error = plan(cooldowns).clientError(after: failure, until: until, now: start)
        #expect(error.status(.anthropicMessages) == 429)
        #expect(error.retryAfter == 12)
    }

    @Test("refused credentials are told as the provider's refusal, not as a rate limit")
    func refusedCredentials() {
        var cooldowns = Cooldowns()
        _ = run(Samples.failure(.authentication), &cooldowns)
        var plan = plan(cooldowns)
        guard case .exhausted(let until) = plan.first(cooldowns: &cooldowns, now: start) else {
            Issue.record("an attempt with a refused credential")
            return
        }
        let error = plan.clientError(after: nil, until: until, now: start)
        #expect(error.status(.openAIChat) == 502)
        #expect(error.retryAfter == 300)
    }

    @Test("those left alone on a guess are tried when nobody else is, the soonest free first")
    func lastResort() {
        var cooldowns = Cooldowns()
        cooldowns.note(Samples.failure(.authentication), account: "a1", model: "m", now: start)
        cooldowns.note(Samples.failure(.serverError), account: "b1", model: "n", now: start)
        cooldowns.note(FailureClass(TransportFailure.closed), account: "a2", model: "m", now: start + .seconds(5))
        let now = start + .seconds(6)
        var plan = AttemptPlan(targets: targets, state: state, cooldowns: cooldowns, now: now)
        #expect(account(plan.first(cooldowns: &cooldowns, now: now)) == "b1")
        let failure = Samples.failure(.serverError)
        cooldowns.note(failure, account: "b1", model: "n", now: now)
        #expect(account(plan.next(after: failure, cooldowns: &cooldowns, now: now)) == "a2")
        #expect(account(plan.next(after: failure, cooldowns: &cooldowns, now: now)) == nil)
    }

    @Test("those left alone on a guess are not tried while another is free")
    func guessesWait() {
        var cooldowns = Cooldowns()
        cooldowns.note(Samples.failure(.serverError), account: "a1", model: "m", now: start)
        cooldowns.note(Samples.failure(.serverError), account: "a2", model: "m", now: start)
        let result = run(Samples.failure(.serverError), &cooldowns)
        #expect(result.met == ["b1"])
    }

    @Test("an account that failed as a whole is passed over for later targets")
    func sameAccountLater() {
        let targets = [Samples.target(Samples.acme, "m"), Samples.target(Samples.acme, "n")]
        var cooldowns = Cooldowns()
        var plan = AttemptPlan(targets: targets, state: state, cooldowns: cooldowns, now: start)
        #expect(account(plan.first(cooldowns: &cooldowns, now: start)) == "a1")
        let refused = Samples.failure(.authentication)
        cooldowns.note(refused, account: "a1", model: "m", now: start)
        #expect(account(plan.next(after: refused, cooldowns: &cooldowns, now: start)) == "a2")
        let unknown = Samples.failure(.modelNotFound)
        cooldowns.note(unknown, account: "a2", model: "m", now: start)
        guard case .attempt(let candidate) = plan.next(after: unknown, cooldowns: &cooldowns, now: start) else {
            Issue.record("nothing left")
            return
        }
        #expect(candidate.target.model == "n")
        #expect(candidate.account.id == "a2")
    }

    @Test("without an account there is nothing to wait for")
    func noAccounts() {
        let bare = Samples.state(accounts: [])
        var plan = AttemptPlan(targets: targets, state: bare, cooldowns: Cooldowns(), now: start)
        var cooldowns = Cooldowns()
        #expect(plan.first(cooldowns: &cooldowns, now: start) == .exhausted(until: nil))
        #expect(plan.skipped.map(\.reason) == ["no_account", "no_account"])
        let error = plan.clientError(after: nil, until: nil, now: start)
        #expect(error.status(.openAIChat) == 503)
        #expect(error.effectiveCode == "no_account")
    }

    @Test("attempts are bounded")
    func bounded() {
        let many = Samples.state(accounts: (0..<50).map { Samples.account("a\($0)", "acme") })
        var cooldowns = Cooldowns()
        var plan = AttemptPlan(targets: targets, state: many, cooldowns: cooldowns, now: start)
        var step = plan.first(cooldowns: &cooldowns, now: start)
        let failure = Samples.failure(.serverError)
        while case .attempt(let candidate) = step {
            cooldowns.note(failure, account: candidate.account.id, model: candidate.target.model, now: start)
            step = plan.next(after: failure, cooldowns: &cooldowns, now: start)
        }
        #expect(plan.attempts == AttemptPlan.maximumAttempts)
    }

    @Test("a conversation stays with one account, conversations spread, and priorities stand", arguments: 0..<20)
    func affinity(seed: UInt64) {
        let state = Samples.state(
            accounts: (0..<4).map { Samples.account("a\($0)", "acme") } + [Samples.account("z", "acme", priority: 1)]
        )
        func order(_ affinity: UInt64?, _ state: RouterState) -> [String] {
            var plan = AttemptPlan(
                targets: [Samples.target(Samples.acme, "m")],
                state: state,
                cooldowns: Cooldowns(),
                now: start,
                affinity: affinity
            )
            var cooldowns = Cooldowns()
            var met: [String] = []
            var step = plan.first(cooldowns: &cooldowns, now: start)
            while case .attempt(let candidate) = step {
                met.append(candidate.account.id)
                let failure = Samples.failure(.serverError)
                cooldowns.note(failure, account: candidate.account.id, model: "m", now: start)
                step = plan.next(after: failure, cooldowns: &cooldowns, now: start)
            }
            return met
        }
        let hash = (seed + 1) &* 0x9E37_79B9_7F4A_7C15
        let first = order(hash, state)
        #expect(first == order(hash, state))
        #expect(first.first == "z")
        #expect(Set(first) == ["a0", "a1", "a2", "a3", "z"])
        #expect(order(nil, state) == ["z", "a0", "a1", "a2", "a3"])
        // Without one account the others keep their order.
        let without = Samples.state(
            accounts: (0..<3).map { Samples.account("a\($0)", "acme") } + [Samples.account("z", "acme", priority: 1)]
        )
        #expect(order(hash, without) == first.filter { $0 != "a3" })
    }

    @Test("conversations spread over all accounts")
    func spread() {
        let state = Samples.state(accounts: (0..<4).map { Samples.account("a\($0)", "acme") })
        var counts: [String: Int] = [:]
        for conversation in 1...400 {
            var plan = AttemptPlan(
                targets: [Samples.target(Samples.acme, "m")],
                state: state,
                cooldowns: Cooldowns(),
                now: start,
                affinity: UInt64(conversation) &* 0xD134_2543_DE82_EF95
            )
            var cooldowns = Cooldowns()
            if let id = account(plan.first(cooldowns: &cooldowns, now: start)) { counts[id, default: 0] += 1 }
        }
        #expect(counts.count == 4)
        #expect(counts.values.allSatisfy { (60...140).contains($0) }, "\(counts)")
    }

    @Test("whatever happens, nobody is tried twice and nobody against the provider's word", arguments: 0..<60)
    func invariants(seed: Int) {
        var random = SeededGenerator(seed: seed)
        var cooldowns = Cooldowns()
        var now = start
        let kinds = FailureKind.allCases
        for _ in 0..<30 {
            var plan = AttemptPlan(targets: targets, state: state, cooldowns: cooldowns, now: now)
            var tried: Set<String> = []
            var step = plan.first(cooldowns: &cooldowns, now: now)
            while case .attempt(let candidate) = step {
                let (account, model) = (candidate.account.id, candidate.target.model)
                #expect(tried.insert("\(account) \(model)").inserted)
                #expect(cooldowns.pause(account: account, model: model, now: now)?.givesWay ?? true)
                #expect(candidate.account.isEnabled)
                if Bool.random(using: &random) {
                    cooldowns.succeeded(account: account, model: model)
                    #expect(cooldowns.pause(account: account, model: model, now: now) == nil)
                    break
                }
                let failure = Samples.failure(kinds.randomElement(using: &random) ?? .serverError)
                cooldowns.note(failure, account: account, model: model, now: now)
                step = plan.next(after: failure, cooldowns: &cooldowns, now: now)
            }
            now += .seconds(Int.random(in: 0...400, using: &random))
        }
    }
}

/// A generator whose numbers depend on its seed alone.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: Int) {
        state = UInt64(truncatingIfNeeded: seed) &* 0x9E37_79B9_7F4A_7C15 | 1
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
