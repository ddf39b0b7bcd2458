import Contracts
import Dialects
import NIOCore

/// How the answer of one attempt gets from the upstream to the client.
struct AnswerWay {
    init(_ body: AttemptBody, _ session: ChatSession, _ answerGuard: AnswerGuard?) {
        upstream = body.dialect
        hidesUsage = body.hidesUsage
        self.answerGuard = answerGuard
        let isTurned = body.streams != session.isStream
        streams = body.streams
        // What is scanned or turned into the other form is rewritten, in the same dialect too.
        let isRewritten = answerGuard != nil || isTurned
        context = body.context ?? (isRewritten ? RequestTranslation.context(session.parsed.facts) : nil)
        // They would tell what a mask hides, and no longer fit the pieces that are released.
        if isTurned || (answerGuard != nil && session.isStream), body.context == nil, session.asksForLogprobs {
            session.lossy = ["logprobs"]
        }
    }

    /// What the upstream speaks.
    let upstream: Dialect
    /// Whether it answers in a stream, which need not be what the client wants.
    let streams: Bool
    /// Whether the usage frame is kept from the client, see ``RequestEdits/asksForUsage``.
    let hidesUsage: Bool
    /// Set where the answer is rewritten: another dialect, the other form, or a guard that looks at it.
    let context: AnswerContext?
    /// What is done to its texts; `nil` when they are passed on as they are.
    let answerGuard: AnswerGuard?
}

/// What one attempt sends.
struct AttemptBody {
    let bytes: ByteBuffer
    /// The upstream's dialect.
    let dialect: Dialect
    /// Whether a stream is asked for.
    let streams: Bool
    let hidesUsage: Bool
    /// What the answer's translation needs; `nil` where the client speaks the upstream's dialect.
    let context: AnswerContext?
    /// Parameters that the upstream's dialect cannot carry.
    let lossy: [String]
}
