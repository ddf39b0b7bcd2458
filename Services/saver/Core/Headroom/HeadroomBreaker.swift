/// Leaves a Headroom server alone after several failures in a row, so that not every request waits for it in vain.
///
/// Pure: the time comes in, what to do comes out.
package struct HeadroomBreaker: Sendable {
    /// What a request may do.
    package enum Permission: Hashable, Sendable {
        case ask
        /// Its rest is over: ask `/readyz` first.
        case probe
        case rest
    }

    /// Failures in a row after which it rests.
    package static let mostFailures = 3
    private static let firstRest = Duration.seconds(5)
    private static let longestRest = Duration.seconds(60)

    private var failures = 0
    private var rest = Self.firstRest
    private var restsUntil: ContinuousClock.Instant?

    package init() {}

    /// What a request may do now; one alone is told to probe, the others rest on until it has come back.
    package mutating func permission(now: ContinuousClock.Instant) -> Permission {
        guard let until = restsUntil else { return .ask }
        guard now >= until else { return .rest }
        restsUntil = now + rest
        return .probe
    }

    /// - Returns: Whether it had failed before.
    @discardableResult
    package mutating func succeeded() -> Bool {
        defer { self = HeadroomBreaker() }
        return failures > 0
    }

    /// - Returns: Whether this is the first failure in a row.
    @discardableResult
    package mutating func failed(now: ContinuousClock.Instant) -> Bool {
        failures += 1
        guard failures >= Self.mostFailures else { return failures == 1 }
        restsUntil = now + rest
        rest = min(rest * 2, Self.longestRest)
        return false
    }
}
