import Contracts
import Dialects
import NIOCore
import NIOHTTP1
import RouterCore

/// How one attempt ended; a reference, as it goes up through functions that would each keep room for the largest of them.
indirect enum AttemptEnd: Sendable {
    /// The client has its answer, whole or with an error event at its end; `attempt` says what it used.
    case answered(Attempt, Outcome, FailureClass?)
    /// Nothing of this attempt has reached the client.
    case failed(Attempt, FailureClass, PassedError?)
    /// The stream broke off, and what the client has of it may be gone on with.
    case broken(Attempt, FailureClass, PartialAnswer)
    /// The guard stopped the answer; what had been released before is the client's.
    case blocked(Attempt, ClientError)
    /// The key demands that nothing is lost, and on the way to this target these parameters would be: nothing was sent.
    case lossy([String])
}

/// A provider's own error, which the client's library can read as it is.
struct PassedError: Sendable {
    let status: HTTPResponseStatus
    let headers: HTTPHeaders
    let body: ByteBuffer
}

extension Attempt {
    /// An attempt that begins now, as it is settled when nothing more is heard of it.
    init(_ number: Int, at candidate: Candidate, reserved usage: TokenUsage) {
        self.init(
            n: number,
            provider: candidate.target.provider.id,
            model: candidate.target.model,
            account: candidate.account.id,
            status: 0,
            reason: "interrupted",
            durationMS: 0,
            usage: usage,
            usageSource: .estimated
        )
    }
}

/// When an attempt began, and what its note in the record is made from; a reference for the reason that ``AttemptEnd`` is one.
final class AttemptTiming: Sendable {
    /// The attempt as it is settled when nothing more is heard of it.
    let opening: Attempt
    private let start = ContinuousClock.now

    init(_ opening: Attempt) {
        self.opening = opening
    }

    /// The attempt as it ended.
    ///
    /// - Parameters:
    ///   - status: The HTTP status, 0 when there was none.
    ///   - reason: Why it failed.
    ///   - usage: What it used; nothing when it never answered.
    ///   - source: Who counted.
    /// - Returns: The note.
    func ended(
        _ status: Int,
        _ reason: String?,
        usage: TokenUsage = TokenUsage(),
        source: UsageSource = .provider
    ) -> Attempt {
        var attempt = opening
        attempt.status = status
        attempt.reason = reason
        attempt.durationMS = (.now - start).wholeMilliseconds
        attempt.usage = usage
        attempt.usageSource = source
        return attempt
    }
}

extension HTTPHeaders {
    /// These headers without those of the same names in `others`.
    func without(_ others: HTTPHeaders) -> HTTPHeaders {
        var headers = self
        for (name, _) in others { headers.remove(name: name) }
        return headers
    }
}
