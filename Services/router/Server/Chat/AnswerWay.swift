import Contracts
import Dialects
import NIOCore

/// How the answer of one attempt gets from the upstream to the client.
struct AnswerWay {
    init(_ body: AttemptBody, _ session: ChatSession, _ answerGuard: AnswerGuard?) {
        upstream = body.dialect
        hidesUsage = body.hidesUsage
        self.answerGuard = answerGuard
        // What is scanned is rewritten, in the same dialect too.
        context = body.context ?? (answerGuard == nil ? nil : RequestTranslation.context(session.parsed.facts))
        // They would tell what a mask hides, and no longer fit the pieces that are released.
        if answerGuard != nil, body.context == nil, session.isStream, session.asksForLogprobs {
            session.lossy = ["logprobs"]
        }
    }

    /// What the upstream speaks.
    let upstream: Dialect
    /// Whether the usage frame is kept from the client, see ``RequestEdits/asksForUsage``.
    let hidesUsage: Bool
    /// Set where the answer is rewritten: another dialect, or a guard that looks at it.
    let context: AnswerContext?
    /// What is done to its texts; `nil` when they are passed on as they are.
    let answerGuard: AnswerGuard?
}

/// What one attempt sends.
struct AttemptBody {
    let bytes: ByteBuffer
    /// The upstream's dialect.
    let dialect: Dialect
    let hidesUsage: Bool
    /// What the answer's translation needs; `nil` where the client speaks the upstream's dialect.
    let context: AnswerContext?
    /// Parameters that the upstream's dialect cannot carry.
    let lossy: [String]
}
