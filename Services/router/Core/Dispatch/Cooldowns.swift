/// Which accounts, and which models of which accounts, are left alone, and until when.
///
/// A value without a clock: the caller brings the instant. Accounts and models are apart, so an account that may not
/// use one model goes on serving the others.
///
/// Each entry is a circuit breaker: open during its pause, half-open after it. Then one request probes, and the others go
/// elsewhere until its upstream has answered or ``probeLength`` has passed; a failure opens it again for longer.
package struct Cooldowns: Sendable {
    /// Why a candidate is not tried now.
    package struct Pause: Hashable, Sendable {
        package var until: ContinuousClock.Instant
        /// The failure's reason, in snake_case.
        package var reason: String
        /// Whether it gives way when nobody else is left.
        package var givesWay: Bool
    }

    /// Entries kept at most; the ones that end first are forgotten first.
    package static let limit = 4096
    /// A failure this long after the last pause ended is a first one again.
    package static let memory = Duration.seconds(600)
    /// How long others wait for the one that tries first.
    package static let probeLength = Duration.seconds(10)
    /// The reason of those who wait for it.
    package static let probing = "probing"

    private struct Key: Hashable {
        let account: String
        /// `nil` for the account as a whole.
        let model: String?
    }

    private struct Entry {
        var pause: Pause
        /// How often it failed in a row.
        var level: Int
        /// Until when the pause's end is being tried out by one request.
        var probe: ContinuousClock.Instant?
        /// Which request that is.
        var prober: UInt64 = 0
        /// Whether it has answered since.
        var isProven = false
    }

    private var entries: [Key: Entry] = [:]

    package init() {}

    package var count: Int { entries.count }

    /// Takes note of a failure.
    package mutating func note(
        _ failure: FailureClass,
        account: String,
        model: String,
        now: ContinuousClock.Instant
    ) {
        guard let pause = failure.pause else { return }
        let key = Key(account: account, model: pause.scope == .model ? model : nil)
        let earlier = entries[key].flatMap { $0.pause.until + Self.memory > now ? $0 : nil }
        let level = (earlier?.level ?? 0) + 1
        let until = now + Self.length(pause.length, level: level)
        var entry = Entry(
            pause: Pause(until: until, reason: failure.reason, givesWay: pause.givesWay),
            level: level
        )
        if let earlier, earlier.pause.until > now {
            // A guess never hides the provider's word, and of two words the longer one counts.
            if earlier.pause.givesWay == pause.givesWay ? earlier.pause.until > until : pause.givesWay {
                entry.pause = earlier.pause
            }
        }
        entries[key] = entry
        if entries.count > Self.limit { forget(now: now) }
    }

    /// Takes note of a request that is sent: the first one after a pause is its probe.
    ///
    /// - Parameters:
    ///   - account: Where it goes.
    ///   - model: What it asks for.
    ///   - now: When.
    ///   - request: Tells requests apart, for ``withdrawn(account:model:by:)``.
    package mutating func sent(
        account: String,
        model: String,
        now: ContinuousClock.Instant,
        by request: UInt64 = 0
    ) {
        guard !entries.isEmpty else { return }
        for key in [Key(account: account, model: nil), Key(account: account, model: model)] {
            guard let entry = entries[key], entry.pause.until <= now, !entry.isProven else { continue }
            if let probe = entry.probe, probe > now { continue }
            entries[key]?.probe = now + Self.probeLength
            entries[key]?.prober = request
        }
    }

    /// What was noted as sent did not go out after all, or its client has left: another request may probe at once.
    package mutating func withdrawn(account: String, model: String, by request: UInt64 = 0) {
        guard !entries.isEmpty else { return }
        for key in [Key(account: account, model: nil), Key(account: account, model: model)]
        where entries[key]?.prober == request {
            entries[key]?.probe = nil
        }
    }

    /// Takes note of an answer's head: whoever waited for the probe need not wait for the end of its answer.
    package mutating func answers(account: String, model: String) {
        guard !entries.isEmpty else { return }
        for key in [Key(account: account, model: nil), Key(account: account, model: model)] {
            entries[key]?.isProven = true
        }
    }

    /// Takes note of a success: the account and the model start from nothing again.
    package mutating func succeeded(account: String, model: String) {
        guard !entries.isEmpty else { return }
        entries[Key(account: account, model: nil)] = nil
        entries[Key(account: account, model: model)] = nil
    }

    /// Forgets an account's pauses, for an operator who has mended it.
    package mutating func clear(account: String) {
        entries = entries.filter { $0.key.account != account }
    }

    /// Why this account is not tried with this model now; the longer pause of the two, the provider's word first.
    package func pause(account: String, model: String, now: ContinuousClock.Instant) -> Pause? {
        guard !entries.isEmpty else { return nil }
        let whole = current(Key(account: account, model: nil), now)
        let single = current(Key(account: account, model: model), now)
        guard let whole, let single else { return whole ?? single }
        guard whole.givesWay == single.givesWay else { return whole.givesWay ? single : whole }
        return whole.until >= single.until ? whole : single
    }

    /// Until when an account as a whole is left alone: for the dashboard.
    package func accountPause(_ account: String, now: ContinuousClock.Instant) -> Pause? {
        current(Key(account: account, model: nil), now)
    }

    /// Every pause there is, for the dashboard; `model` is `nil` where the whole account is left alone.
    package func pauses(
        now: ContinuousClock.Instant
    ) -> [(account: String, model: String?, pause: Pause, failures: Int)] {
        entries.filter { $0.value.pause.until > now }
            .map { ($0.key.account, $0.key.model, $0.value.pause, $0.value.level) }
            .sorted { ($0.account, $0.model ?? "") < ($1.account, $1.model ?? "") }
    }

    private func current(_ key: Key, _ now: ContinuousClock.Instant) -> Pause? {
        guard let entry = entries[key] else { return nil }
        if entry.pause.until > now { return entry.pause }
        guard let probe = entry.probe, probe > now, !entry.isProven else { return nil }
        return Pause(until: probe, reason: Self.probing, givesWay: true)
    }

    private mutating func forget(now: ContinuousClock.Instant) {
        entries = entries.filter { $0.value.pause.until > now }
        guard entries.count > Self.limit else { return }
        // Down to three quarters, so that the sort is paid once in many failures.
        let ordered = entries.sorted { $0.value.pause.until > $1.value.pause.until }
        entries = Dictionary(uniqueKeysWithValues: ordered.prefix(Self.limit * 3 / 4).map { ($0.key, $0.value) })
    }

    private static func length(_ length: FailureClass.Pause.Length, level: Int) -> Duration {
        switch length {
        case .exactly(let duration), .fixed(let duration): return duration
        case .growing(let first, let limit):
            // Past this many doublings every first length is over its limit.
            return min(limit, first * (1 << min(level - 1, 15)))
        }
    }
}
