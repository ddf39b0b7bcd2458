import Contracts
import Dialects

/// How the answer of one attempt gets from the upstream to the client.
struct AnswerWay {
    init(_ body: AttemptBody, _ session: ChatSession, _ answerGuard: AnswerGuard?, savings: [Saving]) {
        self.savings = savings
        upstream = body.dialect
        hidesUsage = body.hidesUsage
        self.answerGuard = answerGuard
        // What is scanned is rewritten, in the same dialect too, and so is what goes on with another answer.
        context =
            body.context
            ?? (answerGuard == nil && session.partial == nil ? nil : RequestTranslation.context(session.parsed.facts))
        // They would tell what a mask hides, and no longer fit the pieces that are released.
        let isBare = answerGuard != nil && body.context == nil && session.isStream && session.asksForLogprobs
        lossy = isBare ? ["logprobs"] : body.lossy
    }

    /// Parameters of the request that this attempt leaves out.
    let lossy: [String]
    /// What savers took from the request.
    let savings: [Saving]
    /// What the upstream speaks.
    let upstream: Dialect
    /// Whether the usage frame is kept from the client, see ``RequestEdits/asksForUsage``.
    let hidesUsage: Bool
    /// Set where the answer is rewritten: another dialect, or a guard that looks at it.
    let context: AnswerContext?
    /// What is done to its texts; `nil` when they are passed on as they are.
    let answerGuard: AnswerGuard?
}
