import Contracts
import Dialects

/// How the answer of one attempt gets from the upstream to the client; a reference, as what a translation needs to know is large.
final class AnswerWay {
    init(_ body: AttemptBody, _ session: ChatSession, _ answerGuard: AnswerGuard?, savings: [Saving]) {
        self.savings = savings
        embedding = body.embedding
        upstream = body.dialect
        hidesUsage = body.hidesUsage
        self.answerGuard = answerGuard
        streams = body.streams
        let isTurned = body.streams != session.isStream
        // What is scanned or turned into the other form is rewritten, in the same dialect too, and so is what goes on with
        // another answer.
        let isRewritten = answerGuard != nil || isTurned || session.partial != nil
        context = body.context ?? (isRewritten ? RequestTranslation.context(session.parsed.facts) : nil)
        // They would tell what a mask hides, and no longer fit the pieces that are released.
        let isBare = (isTurned || answerGuard != nil && session.isStream) && body.context == nil
        lossy = isBare && session.asksForLogprobs ? ["logprobs"] : body.lossy
    }

    /// Whether the answer is more than the bytes that came.
    var isRewritten: Bool { context != nil || embedding != nil }
    /// What vectors are wanted of; `nil` for a turn of a conversation.
    let embedding: EmbeddingInput?
    /// Parameters of the request that this attempt leaves out.
    let lossy: [String]
    /// What savers took from the request.
    let savings: [Saving]
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
