/// Turns model names into targets.
///
/// In order: `chain:NAME`; `provider/model`, the provider by id or alias and the model with any further slashes; a
/// chain's bare name; an alias. A chain's steps and what an alias stands for are names of the same grammar.
package struct ModelResolver {
    /// Chains and aliases inside one another.
    package static let maximumDepth = 8
    /// Targets of one name.
    package static let maximumTargets = 64
    /// Names looked up for one name, so that chains of chains cannot multiply without end.
    package static let maximumSteps = 512

    private let state: RouterState
    private let givesHints: Bool
    private var targets: [RoutedTarget] = []
    private var excluded: [Resolution.Exclusion] = []
    private var visiting: [String] = []
    private var unknownSteps: [String] = []
    private var steps = 0

    private init(state: RouterState, givesHints: Bool) {
        self.state = state
        self.givesHints = givesHints
    }

    /// Resolves a name; a client of any dialect can use any target, translated where it must be.
    ///
    /// A state does not change, so it keeps what names were found to stand for.
    ///
    /// - Throws: ``ResolutionError``; with a hint when a known name is near.
    package static func resolve(
        _ name: String,
        in state: RouterState
    ) throws(ResolutionError) -> Resolution {
        if let known = state.resolution(of: name) { return known }
        let requested = trimmed(name)
        guard !requested.isEmpty else { throw ResolutionError(.empty, "the model's name is empty") }
        var resolver = ModelResolver(state: state, givesHints: true)
        let (chain, tree) = try resolver.expand(requested)
        guard !resolver.targets.isEmpty else {
            let cause = resolver.excluded.first.map { ": \($0.name): \($0.reason)" } ?? ""
            throw ResolutionError(.unusable, "model \"\(requested)\" cannot be used\(cause)")
        }
        let resolution = Resolution(
            requested: requested,
            chain: chain,
            targets: resolver.targets,
            tree: tree,
            excluded: resolver.excluded
        )
        state.keep(resolution, of: name)
        return resolution
    }

    /// What is wrong with the chains and aliases of a state, one sentence each: for the start and the dashboard.
    package static func problems(in state: RouterState) -> [String] {
        var problems: [String] = []
        for name in state.chains.keys.sorted() + state.aliases.keys.sorted() {
            var resolver = ModelResolver(state: state, givesHints: false)
            do {
                _ = try resolver.expand(state.chains[name] == nil ? name : "chain:\(name)")
                problems += resolver.unknownSteps.map { "\"\(name)\": \($0)" }
            } catch {
                problems.append(error.message)
            }
        }
        return problems
    }

    /// Adds the targets of one name.
    ///
    /// - Returns: The chain it names, if it does, and what it added; `nil` for nothing that was not there already.
    private mutating func expand(_ name: String) throws(ResolutionError) -> (chain: String?, tree: RouteTree?) {
        steps += 1
        guard steps <= Self.maximumSteps else {
            throw ResolutionError(.tooLong, "more than \(Self.maximumSteps) steps")
        }
        if name.hasPrefix("chain:") {
            let chainName = String(name.dropFirst("chain:".count))
            guard let chain = state.chains[chainName] else {
                throw ResolutionError(.unknownChain, "there is no chain \"\(chainName)\"", hint: hint(chainName))
            }
            return try expand(chain)
        }
        if let (provider, model) = split(name) {
            let place = try append(RoutedTarget(provider: provider, model: model))
            return (nil, place.map(RouteTree.target))
        }
        if let chain = state.chains[name] { return try expand(chain) }
        if let target = state.aliases[name] {
            try visit(name, "alias:\(name)")
            defer { visiting.removeLast() }
            return try expand(Self.trimmed(target))
        }
        throw ResolutionError(.unknownModel, "there is no model \"\(name)\"", hint: hint(name))
    }

    private mutating func expand(_ chain: Chain) throws(ResolutionError) -> (chain: String?, tree: RouteTree?) {
        try visit(chain.name, "chain:\(chain.name)")
        defer { visiting.removeLast() }
        var branches: [RouteChoice.Branch] = []
        for (place, step) in chain.steps.enumerated() {
            do {
                guard let tree = try expand(Self.trimmed(step)).tree else { continue }
                branches.append(.init(name: step, weight: chain.weight(ofStep: place), tree: tree))
            } catch  where error.reason == .unknownChain || error.reason == .unknownModel {
                // One step that is gone must not take the others with it.
                guard excluded.count < Self.maximumTargets else { continue }
                excluded.append(Resolution.Exclusion(name: step, reason: error.message))
                unknownSteps.append(error.message)
            }
        }
        guard !branches.isEmpty else { return (chain.name, nil) }
        return (
            chain.name,
            .choice(
                RouteChoice(
                    chain: chain.name,
                    strategy: chain.strategy,
                    branches: branches,
                    hedges: chain.hedges
                )
            )
        )
    }

    private mutating func visit(_ name: String, _ key: String) throws(ResolutionError) {
        guard !visiting.contains(key) else {
            throw ResolutionError(.cycle, "\"\(name)\" comes back to itself")
        }
        guard visiting.count < Self.maximumDepth else {
            throw ResolutionError(.tooLong, "\"\(name)\" has more than \(Self.maximumDepth) names inside one another")
        }
        visiting.append(key)
    }

    /// - Returns: The target's place; `nil` when it was left out or is there already.
    private mutating func append(_ target: RoutedTarget) throws(ResolutionError) -> Int? {
        if let reason = obstacle(target.provider) {
            // Bounded as the targets are: a chain may name many providers that are not there yet.
            guard excluded.count < Self.maximumTargets else { return nil }
            excluded.append(Resolution.Exclusion(name: target.name, reason: reason))
            return nil
        }
        guard !targets.contains(where: { $0.provider.id == target.provider.id && $0.model == target.model }) else {
            return nil
        }
        guard targets.count < Self.maximumTargets else {
            throw ResolutionError(.tooLong, "more than \(Self.maximumTargets) targets")
        }
        targets.append(target)
        return targets.count - 1
    }

    private func obstacle(_ provider: Provider) -> String? {
        if let obstacle = provider.obstacle { return "provider \(provider.id) is not supported yet (\(obstacle))" }
        return provider.dialects.isEmpty ? "provider \(provider.id) speaks no dialect of this build" : nil
    }

    private func split(_ name: String) -> (Provider, String)? {
        guard let slash = name.utf8.firstIndex(of: UInt8(ascii: "/")) else { return nil }
        let model = name[name.utf8.index(after: slash)...]
        guard slash != name.startIndex, !model.isEmpty else { return nil }
        return state.provider(named: name[..<slash]).map { ($0, String(model)) }
    }

    /// Searched only where it is shown: a step of a chain that is gone is passed over without one.
    private func hint(_ name: String) -> String? {
        guard givesHints, !visiting.contains(where: { $0.hasPrefix("chain:") }) else { return nil }
        return NameHint.nearest(to: name, in: state)
    }

    private static func trimmed(_ text: String) -> String {
        // Nearly all names begin and end with a letter or a digit.
        func isPlain(_ byte: UInt8?) -> Bool { byte.map { $0 > 0x20 && $0 < 0x7F } ?? false }
        if isPlain(text.utf8.first), isPlain(text.utf8.last) { return text }
        guard let first = text.firstIndex(where: { !$0.isWhitespace }),
            let last = text.lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(text[first...last])
    }
}
