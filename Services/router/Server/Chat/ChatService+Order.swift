import Contracts
import Dialects
import RouterCore

extension ChatService {
    /// Output tokens to reckon with where a request sets no maximum.
    private static let usualOutput = 1024

    /// Whether prices decide the order of a request's targets.
    func goByCost(_ resolution: Resolution, _ admission: MeterLink.Admission) -> Bool {
        resolution.goesByCost && !resolution.isFixed && admission.reply.targets.count > 1
    }

    /// What a request would cost at each target whose prices are known, by its name.
    @inline(never)
    func costs(_ resolution: Resolution, _ parsed: ParsedChat) async -> [String: Double] {
        await meter.rates.costs(
            of: resolution.targets,
            input: parsed.facts.estimatedInputTokens,
            output: parsed.facts.embedding == nil ? parsed.facts.maxOutputTokens ?? Self.usualOutput : 0
        )
    }

    /// Puts the targets that the key may use in the order that the chain's strategy asks for, without those that cannot take
    /// the request.
    func order(
        _ resolution: Resolution,
        _ admission: MeterLink.Admission,
        _ parsed: ParsedChat,
        _ conversation: ConversationID,
        _ call: ChatCall,
        _ catalogue: Catalogue,
        _ costs: [String: Double]
    ) -> [RoutedTarget] {
        let ordered = TargetChooser(book: dispatcher.choices, now: .now, cost: { costs[$0.name] }).order(
            resolution,
            permitted: admission.reply.targets,
            staying: !resolution.isFixed && parsed.facts.conversation.holdsAnswer ? conversation : nil
        )
        // Each text has a window of its own; what else a target must be able to do is told when it is tried.
        guard parsed.facts.embedding == nil else { return ordered }
        let fit = TargetFit(needs: parsed.facts.needs, inputTokens: parsed.facts.estimatedInputTokens)
        let (fitting, skipped) = fit.among(ordered, catalogue)
        call.route.skipped(skipped[...])
        return fitting
    }

    /// A chain's target has answered: the conversation stays with it.
    func keep(_ session: ChatSession, at candidate: Candidate) {
        guard let chain = session.resolution.chain, !session.resolution.isFixed else { return }
        dispatcher.choices.keep(session.conversation, in: chain, at: candidate.target.name)
    }
}
