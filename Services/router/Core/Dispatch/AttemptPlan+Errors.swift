package import Dialects

extension AttemptPlan {
    /// What the client is told when no attempt is left.
    ///
    /// - Parameters:
    ///   - failure: Why the last attempt failed; `nil` when there was none.
    ///   - until: What ``Step/exhausted(until:)`` carried.
    ///   - now: The instant to compare with.
    /// - Returns: The error, with the seconds to wait where waiting helps.
    package func clientError(
        after failure: FailureClass?,
        until: ContinuousClock.Instant?,
        now: ContinuousClock.Instant
    ) -> ClientError {
        let wait = until.map { Self.seconds(from: now, to: $0) }
        if let failure {
            guard !failure.fault.kind.isClientFault else { return ClientError(failure.fault) }
            return ClientError(failure.fault, retryAfter: wait)
        }
        guard let wait else {
            return ClientError(.unavailable, "no provider account is enabled for this model", code: "no_account")
        }
        // Credentials that were refused are no rate limit: the operator must see them as what they are.
        let reasons = Set(skipped.filter { $0.until != nil }.map(\.reason))
        if reasons == [FailureKind.authentication.rawValue] {
            return ClientError(UpstreamFault(kind: .authentication), retryAfter: wait)
        }
        return ClientError(
            .rateLimited,
            "all provider accounts for this model are cooling down",
            code: "accounts_cooling_down",
            retryAfter: wait
        )
    }

    /// Whole seconds, at least one, rounded up so that a client never comes too early.
    private static func seconds(from now: ContinuousClock.Instant, to until: ContinuousClock.Instant) -> Int {
        let (seconds, attoseconds) = (until - now).components
        return max(1, Int(seconds) + (attoseconds > 0 ? 1 : 0))
    }
}
