package import Dialects

/// What a request asks of a model, as far as a catalogue knows models.
package struct TargetFit: Sendable {
    private let needs: ModelAbilities
    private let inputTokens: Int

    /// - Parameters:
    ///   - needs: What it holds beside text.
    ///   - inputTokens: Its estimated input.
    package init(needs: ModelAbilities, inputTokens: Int) {
        self.needs = needs
        self.inputTokens = inputTokens
    }

    /// Why a target cannot take the request: `no_tools`, `no_vision`, `no_audio`, `context_window`; `nil` where it can, or
    /// where nothing is known, as of models that the catalogue does not list and of providers that an operator declared.
    func obstacle(at target: RoutedTarget, _ catalogue: Catalogue) -> String? {
        guard !target.provider.isDeclared, let model = catalogue.model(provider: target.provider.id, id: target.model)
        else { return nil }
        if let window = model.contextWindow, inputTokens > window { return "context_window" }
        guard let abilities = model.abilities else { return nil }
        let missing = needs.subtracting(abilities)
        if missing.contains(.tools) { return "no_tools" }
        if missing.contains(.vision) { return "no_vision" }
        return missing.contains(.audio) ? "no_audio" : nil
    }

    /// Leaves out the targets that cannot take the request.
    ///
    /// The request itself is never changed to fit. Where no target fits, all stay: the provider's own refusal says more
    /// than a catalogue that may be old.
    ///
    /// - Returns: The targets that are left, in order, and those that are not.
    package func among(
        _ targets: [RoutedTarget],
        _ catalogue: Catalogue
    ) -> (fitting: [RoutedTarget], skipped: [AttemptPlan.Skip]) {
        guard targets.count > 1 else { return (targets, []) }
        let obstacles = targets.map { obstacle(at: $0, catalogue) }
        guard obstacles.contains(where: { $0 != nil }), obstacles.contains(nil) else { return (targets, []) }
        var fitting: [RoutedTarget] = []
        var skipped: [AttemptPlan.Skip] = []
        for (target, obstacle) in zip(targets, obstacles) {
            guard let obstacle else {
                fitting.append(target)
                continue
            }
            skipped.append(AttemptPlan.Skip(target: target.name, account: nil, reason: obstacle, until: nil))
        }
        return (fitting, skipped)
    }
}
