import Synchronization

/// A target and the account to try it with; a reference for the reason that ``RoutedTarget`` is one.
package final class Candidate: Hashable, Sendable {
    package let target: RoutedTarget
    package let account: Account

    package init(target: RoutedTarget, account: Account) {
        self.target = target
        self.account = account
    }

    package static func == (left: Candidate, right: Candidate) -> Bool {
        left === right || left.target == right.target && left.account == right.account
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(target)
        hasher.combine(account)
    }
}

/// The attempts of one request, in order, made from what is known now and handed out one by one.
package struct AttemptPlan: Sendable {
    /// Upstream attempts of one request.
    package static let maximumAttempts = 16

    /// Something that is not tried, and why.
    package struct Skip: Hashable, Sendable {
        package let target: String
        /// The account's id; `nil` for the target as a whole.
        package let account: String?
        package let reason: String
        /// When it may be tried again; `nil` when time alone does not help.
        package let until: ContinuousClock.Instant?
    }

    /// Where the request goes next.
    package enum Step: Hashable, Sendable {
        case attempt(Candidate)
        /// Nothing is left. With an instant: all that is left out returns, the first of it then.
        case exhausted(until: ContinuousClock.Instant?)
    }

    /// What was not tried.
    package private(set) var skipped: [Skip] = []
    /// How many attempts were handed out.
    package private(set) var attempts = 0

    /// All that could be tried with time, in order.
    private var candidates: [Candidate] = []
    /// What is left to try, in order.
    private var waiting: [Candidate] = []
    private var position = 0
    /// Whether only those are left that we leave alone on a guess of ours.
    private var isLastResort = false
    private var current: Candidate?
    /// Tells this request's probes from others'.
    private let request = AttemptPlan.number.wrappingAdd(1, ordering: .relaxed).newValue
    private static let number = Atomic<UInt64>(0)

    /// Plans the attempts.
    ///
    /// Candidates that are left alone are passed over. Where that leaves nobody, those who are left alone on a guess
    /// of ours (a server error, a lost connection) are tried after all, the soonest free first: refusing on a guess
    /// helps nobody. What the provider itself asked for is kept.
    ///
    /// - Parameters:
    ///   - targets: The permitted targets in their order.
    ///   - state: The accounts.
    ///   - cooldowns: Who is left alone.
    ///   - now: The instant to compare with.
    ///   - affinity: A hash of the conversation: among accounts of equal priority the same one comes first each
    ///     time, so that a provider's prompt cache keeps hitting. `nil` orders them by weight and age.
    package init(
        targets: [RoutedTarget],
        state: RouterState,
        cooldowns: Cooldowns,
        now: ContinuousClock.Instant,
        affinity: UInt64? = nil
    ) {
        var resorts: [(candidate: Candidate, until: ContinuousClock.Instant)] = []
        var arePaused = false
        candidates.reserveCapacity(targets.count)
        for target in targets {
            let accounts = state.accounts(of: target.provider)
            if accounts.isEmpty { skip(target, nil, "no_account", nil) }
            for account in Affinity.ordered(accounts, by: affinity) {
                guard account.isEnabled else {
                    skip(target, account, "disabled", nil)
                    continue
                }
                let candidate = Candidate(target: target, account: account)
                let pause = cooldowns.pause(account: account.id, model: target.model, now: now)
                if pause != nil, !arePaused {
                    // Until then both lists are one.
                    arePaused = true
                    waiting = candidates
                }
                candidates.append(candidate)
                guard let pause else {
                    if arePaused { waiting.append(candidate) }
                    continue
                }
                skip(target, account, pause.reason, pause.until)
                if pause.givesWay { resorts.append((candidate, pause.until)) }
            }
        }
        if !arePaused { waiting = candidates }
        if waiting.isEmpty, !resorts.isEmpty {
            isLastResort = true
            waiting = resorts.sorted { $0.until < $1.until }.map(\.candidate)
        }
    }

    /// The first attempt.
    package mutating func first(cooldowns: inout Cooldowns, now: ContinuousClock.Instant) -> Step {
        advance(&cooldowns, now)
    }

    /// The attempt after one that failed.
    ///
    /// - Parameters:
    ///   - failure: Why the attempt failed; it is already noted in `cooldowns`.
    ///   - candidate: What was tried; `nil` for what was handed out last.
    ///   - cooldowns: Who is left alone by now: a failed account is passed over for later targets too. Who is tried is
    ///     noted there.
    ///   - now: The instant to compare with.
    /// - Returns: The next attempt, or that there is none.
    package mutating func next(
        after failure: FailureClass,
        of candidate: Candidate? = nil,
        cooldowns: inout Cooldowns,
        now: ContinuousClock.Instant
    ) -> Step {
        switch failure.action {
        case .stop: return .exhausted(until: nil)
        case .nextAccount: break
        case .nextTarget: if let failed = (candidate ?? current)?.target { leave(failed) }
        }
        return advance(&cooldowns, now)
    }

    /// The attempt after one that was not made, because its target cannot serve the request at all.
    package mutating func skip(
        _ candidate: Candidate,
        for reason: String,
        cooldowns: inout Cooldowns,
        now: ContinuousClock.Instant
    ) -> Step {
        passOver(candidate, for: reason, cooldowns: &cooldowns)
        return advance(&cooldowns, now)
    }

    /// Takes back an attempt that was not made, and its target with it.
    package mutating func passOver(_ candidate: Candidate, for reason: String, cooldowns: inout Cooldowns) {
        withdraw(candidate, cooldowns: &cooldowns)
        skip(candidate.target, nil, reason, nil)
        leave(candidate.target)
        attempts -= 1
    }

    /// Takes note of an attempt that failed while another one is under way.
    package mutating func failed(_ failure: FailureClass, of candidate: Candidate) {
        if failure.action == .nextTarget { leave(candidate.target) }
    }

    /// Hands out an attempt beside one that is under way: the next one at another target that nothing speaks against.
    ///
    /// - Returns: `nil` where there is none; nobody is tried as a last resort here.
    package mutating func beside(
        _ candidate: Candidate,
        cooldowns: inout Cooldowns,
        now: ContinuousClock.Instant
    ) -> Candidate? {
        guard attempts < Self.maximumAttempts else { return nil }
        let free = waiting.indices.dropFirst(position).first { place in
            let (target, account) = (waiting[place].target, waiting[place].account.id)
            return target != candidate.target && cooldowns.pause(account: account, model: target.model, now: now) == nil
        }
        guard let free else { return nil }
        let other = waiting.remove(at: free)
        attempts += 1
        cooldowns.sent(account: other.account.id, model: other.target.model, now: now, by: request)
        return other
    }

    /// Lets another request probe what this one was to find out: it ends without an answer of its provider's.
    package func withdraw(_ candidate: Candidate, cooldowns: inout Cooldowns) {
        cooldowns.withdrawn(account: candidate.account.id, model: candidate.target.model, by: request)
    }

    private mutating func leave(_ target: RoutedTarget) {
        waiting.removeSubrange(..<position)
        position = 0
        waiting.removeAll { $0.target == target }
    }

    private mutating func advance(_ cooldowns: inout Cooldowns, _ now: ContinuousClock.Instant) -> Step {
        while position < waiting.count, attempts < Self.maximumAttempts {
            let candidate = waiting[position]
            position += 1
            let pause = cooldowns.pause(account: candidate.account.id, model: candidate.target.model, now: now)
            if let pause, !(isLastResort && pause.givesWay) {
                skip(candidate.target, candidate.account, pause.reason, pause.until)
                continue
            }
            current = candidate
            attempts += 1
            cooldowns.sent(account: candidate.account.id, model: candidate.target.model, now: now, by: request)
            return .attempt(candidate)
        }
        return .exhausted(until: earliestReturn(cooldowns, now))
    }

    /// When the first candidate comes back; `nil` unless all are left alone.
    private func earliestReturn(_ cooldowns: Cooldowns, _ now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        var earliest: ContinuousClock.Instant?
        for candidate in candidates {
            guard
                let until = cooldowns.pause(
                    account: candidate.account.id,
                    model: candidate.target.model,
                    now: now
                )?.until
            else { return nil }
            earliest = earliest.map { min($0, until) } ?? until
        }
        return earliest
    }

    private mutating func skip(
        _ target: RoutedTarget,
        _ account: Account?,
        _ reason: String,
        _ until: ContinuousClock.Instant?
    ) {
        skipped.append(Skip(target: target.name, account: account?.id, reason: reason, until: until))
    }
}
