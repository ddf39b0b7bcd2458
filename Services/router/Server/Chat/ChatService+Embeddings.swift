import Contracts
import Dialects
import RouterCore

/// Requests for embeddings, which go the way of chat.
extension ChatService {
    /// The targets that can be tried: of a request for vectors those whose providers make some.
    ///
    /// - Throws: Why there is none.
    @inline(never)
    func able(_ session: ChatSession) async throws(RequestFailure) -> [RoutedTarget] {
        guard let embedding = session.parsed.facts.embedding else { return session.targets }
        let link = preparer.guardLink
        // What is guarded must be known before tokens go.
        if embedding.isTokens, !link.isReady { await link.waitForPolicies() }
        let fit = EmbeddingFit(isTokens: embedding.isTokens) { link.rules(.inbound, session.scope(of: $0)).isActive }
        let (fitting, skipped, refusal) = fit.among(session.targets)
        session.call.route.skipped(skipped[...])
        if fitting.isEmpty, let refusal { throw .error(refusal) }
        return fitting
    }
}
