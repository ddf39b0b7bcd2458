package import Dialects

/// Which targets can make vectors of what a request gives.
package struct EmbeddingFit {
    private let isTokens: Bool
    private let isGuarded: (RoutedTarget) -> Bool

    /// - Parameters:
    ///   - isTokens: Whether numbers of a vocabulary are given and no texts.
    ///   - isGuarded: Whether a policy looks at what goes to a target.
    package init(isTokens: Bool, isGuarded: @escaping (RoutedTarget) -> Bool) {
        self.isTokens = isTokens
        self.isGuarded = isGuarded
    }

    /// Leaves out the targets that cannot.
    ///
    /// - Returns: The targets that are left, in order, those that are not, and what the first of these lacks.
    package func among(
        _ targets: [RoutedTarget]
    ) -> (fitting: [RoutedTarget], skipped: [AttemptPlan.Skip], refusal: ClientError?) {
        var fitting: [RoutedTarget] = []
        var skipped: [AttemptPlan.Skip] = []
        var refusal: ClientError?
        for target in targets {
            guard let obstacle = obstacle(at: target) else {
                fitting.append(target)
                continue
            }
            refusal = refusal ?? obstacle.error
            skipped.append(AttemptPlan.Skip(target: target.name, account: nil, reason: obstacle.reason, until: nil))
        }
        return (fitting, skipped, refusal)
    }

    private func obstacle(at target: RoutedTarget) -> (reason: String, error: ClientError)? {
        let provider = target.provider.id
        guard let dialect = target.provider.embeddingDialect else {
            let text = "the gateway asks provider \(provider) for no embeddings: on its wire it knows of none"
            return ("no_embeddings", ClientError(.invalidRequest, text, code: "no_embeddings", parameter: "model"))
        }
        guard isTokens else { return nil }
        guard dialect == .openAIChat else {
            let text = "provider \(provider) takes texts and no tokens"
            return ("no_tokens", ClientError(.invalidRequest, text, parameter: "input"))
        }
        guard isGuarded(target) else { return nil }
        // Whoever writes tokens would go past every policy.
        let text = "tokens cannot be looked through by the policies that hold for this request; send texts"
        return ("no_tokens", ClientError(.invalidRequest, text, parameter: "input"))
    }
}
