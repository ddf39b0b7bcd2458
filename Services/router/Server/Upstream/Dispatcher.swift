package import Contracts
import Dialects
import HTTP
import Observability
package import RouterCore
import Synchronization

/// Chooses accounts, remembers which are left alone, and knows where requests go.
package final class Dispatcher: Sendable {
    private let ways: EgressWays
    private let table: Mutex<RoutingTable>
    private let cooldowns = Mutex(Cooldowns())
    /// The usual time to the first content byte, by account.
    private let latencies = Mutex<[String: Int]>([:])
    private let caller: UpstreamCaller
    /// What providers have said of their models.
    private let lists = LiveModels()
    /// What the strategies of chains remember.
    let choices = ChoiceBook()

    package init(_ state: RouterState, ways: EgressWays, caller: UpstreamCaller) {
        self.ways = ways
        self.caller = caller
        table = Mutex(RoutingTable(state, ways: ways))
    }

    /// What routing reads now.
    package var routing: RoutingTable { table.withLock { $0 } }

    /// Takes a changed state.
    package func update(_ state: RouterState) {
        let changed = RoutingTable(state, ways: ways)
        table.withLock { $0 = changed }
    }

    // MARK: Attempts

    /// Plans a request's attempts and hands out the first.
    func plan(
        _ targets: [RoutedTarget],
        _ state: RouterState,
        affinity: UInt64
    ) -> (plan: AttemptPlan, step: AttemptPlan.Step) {
        let now = ContinuousClock.now
        return cooldowns.withLock { cooldowns in
            var plan = AttemptPlan(targets: targets, state: state, cooldowns: cooldowns, now: now, affinity: affinity)
            let step = plan.first(cooldowns: &cooldowns, now: now)
            return (plan, step)
        }
    }

    /// The account that a question beside the attempts goes to: the first that is not left alone.
    ///
    /// Nothing is noted of it.
    func account(for target: RoutedTarget, _ state: RouterState) -> Candidate? {
        let now = ContinuousClock.now
        return cooldowns.withLock { cooldowns in
            state.accounts(of: target.provider).first {
                $0.isEnabled && cooldowns.pause(account: $0.id, model: target.model, now: now) == nil
            }
        }
        .map { Candidate(target: target, account: $0) }
    }

    /// Takes note of a failed attempt and hands out the next.
    func next(after failure: FailureClass, of candidate: Candidate, in plan: inout AttemptPlan) -> AttemptPlan.Step {
        let now = ContinuousClock.now
        return cooldowns.withLock { cooldowns in
            Self.note(failure, candidate, now, &cooldowns)
            return plan.next(after: failure, of: candidate, cooldowns: &cooldowns, now: now)
        }
    }

    /// Hands out the next attempt at another target, without a mark against the one that was not tried.
    func skip(_ candidate: Candidate, for reason: String, in plan: inout AttemptPlan) -> AttemptPlan.Step {
        let now = ContinuousClock.now
        return cooldowns.withLock { plan.skip(candidate, for: reason, cooldowns: &$0, now: now) }
    }

    /// Hands out an attempt at another target beside the one that is under way.
    func beside(_ candidate: Candidate, in plan: inout AttemptPlan) -> Candidate? {
        let now = ContinuousClock.now
        return cooldowns.withLock { plan.beside(candidate, cooldowns: &$0, now: now) }
    }

    /// Takes note of a failed attempt while another one is under way.
    func failed(_ failure: FailureClass, _ candidate: Candidate, in plan: inout AttemptPlan) {
        failed(failure, candidate)
        plan.failed(failure, of: candidate)
    }

    /// Takes back an attempt that was not made while another one is under way.
    func passOver(_ candidate: Candidate, in plan: inout AttemptPlan) {
        cooldowns.withLock { plan.passOver(candidate, for: "lossy", cooldowns: &$0) }
    }

    /// Takes note of an attempt that ended on this side, without a word of its provider.
    func withdraw(_ candidate: Candidate, in plan: AttemptPlan) {
        cooldowns.withLock { plan.withdraw(candidate, cooldowns: &$0) }
    }

    /// Takes note of a failure after which nothing is tried any more.
    func failed(_ failure: FailureClass, _ candidate: Candidate) {
        let now = ContinuousClock.now
        cooldowns.withLock { Self.note(failure, candidate, now, &$0) }
    }

    /// Takes note of a good head: a target on probation is free again.
    func answers(_ candidate: Candidate) {
        cooldowns.withLock { $0.answers(account: candidate.account.id, model: candidate.target.model) }
    }

    /// Takes note of an answer, and of how long its first content byte took where that is this attempt's doing alone.
    func succeeded(_ candidate: Candidate, firstTokenMS: Int? = nil) {
        let account = candidate.account.id
        cooldowns.withLock { $0.succeeded(account: account, model: candidate.target.model) }
        guard let firstTokenMS else { return }
        latencies.withLock { latencies in
            guard let usual = latencies[account] else {
                // As many as there may be accounts; those that are gone give way to none, which costs a figure on a page.
                if latencies.count < Cooldowns.limit { latencies[account] = firstTokenMS }
                return
            }
            // Moves by an eighth towards the latest; away from it in integers, so that small differences arrive too.
            let step = (firstTokenMS - usual) / 8
            latencies[account] = usual + (step == 0 ? (firstTokenMS - usual).signum() : step)
        }
    }

    /// An account that stands for "no key needed" has no successor to give way to, so it is never left alone.
    private static func note(
        _ failure: FailureClass,
        _ candidate: Candidate,
        _ now: ContinuousClock.Instant,
        _ cooldowns: inout Cooldowns
    ) {
        guard candidate.account.credential != nil || !candidate.target.provider.needsNoAccount else { return }
        cooldowns.note(failure, account: candidate.account.id, model: candidate.target.model, now: now)
    }
}

extension Dispatcher: AccountHealthSource {
    package func pause(account: String) -> (reason: String, untilUS: Int)? {
        let now = ContinuousClock.now
        let pause = cooldowns.withLock { $0.accountPause(account, now: now) }
        return pause.map { ($0.reason, Self.epoch($0.until, now: now)) }
    }

    package func pauses() -> [AccountPause] {
        let now = ContinuousClock.now
        return cooldowns.withLock { $0.pauses(now: now) }
            .map { entry in
                AccountPause(
                    account: entry.account,
                    model: entry.model,
                    reason: entry.pause.reason,
                    untilUS: Self.epoch(entry.pause.until, now: now),
                    failures: entry.failures
                )
            }
    }

    package func latency(account: String) -> Int? {
        latencies.withLock { $0[account] }
    }

    package func down(_ pool: ProxyPool) -> [Int] { caller.egress.down(pool) }

    package func clear(account: String) {
        cooldowns.withLock { $0.clear(account: account) }
    }

    package func test(account: Account, provider: Provider) async -> AccountTest {
        let candidate = Candidate(target: RoutedTarget(provider: provider, model: ""), account: account)
        guard let endpoint = routing.endpoint(of: candidate) ?? unsaved(candidate) else {
            return AccountTest(ok: false, status: 0, message: "the provider's address cannot be read", latencyMS: 0)
        }
        return await caller.test(candidate, at: endpoint)
    }

    package func refreshModels(account: Account, provider: Provider, force: Bool) async -> LiveModels.Outcome {
        if !force, let list = lists.fresh(provider.id, now: .now) { return .list(list, cached: true) }
        let candidate = Candidate(target: RoutedTarget(provider: provider, model: ""), account: account)
        guard let endpoint = routing.endpoint(of: candidate) else {
            return .failed("the provider's address cannot be read")
        }
        switch await caller.models(candidate, at: endpoint) {
        case .success(let names):
            let list = LiveModels.List(names: names, fetchedUS: Int(WallClock.now()), until: .now + LiveModels.life)
            lists.keep(list, of: provider.id)
            return .list(list, cached: false)
        case .failure(let problem): return .failed(problem.text)
        }
    }

    package func liveModels() -> [String: [String]] { lists.names }

    /// Where a provider that is not in the book, or an account that fills a base URL's places, is: what the configuration file names counts for nothing there, so that a
    /// private address needs the tick that comes with it.
    private func unsaved(_ candidate: Candidate) -> UpstreamEndpoint? {
        let provider = candidate.target.provider
        let isKnown = routing.state.providers[provider.id] != nil
        guard !isKnown || provider.isTemplate else { return nil }
        guard
            let endpoint = UpstreamEndpoint(provider, for: candidate.account, declared: [], proxy: ways.proxy)
        else { return nil }
        guard let pool = candidate.account.proxy else { return endpoint }
        return ProxyWay(pool).map { endpoint.through($0) }
    }

    private static func epoch(_ instant: ContinuousClock.Instant, now: ContinuousClock.Instant) -> Int {
        Int(WallClock.now()) + (instant - now).wholeMicroseconds
    }
}
