package import Contracts
import Patterns
import Synchronization

/// Turns merged policies into plans that run; compiles each custom pattern once.
package final class PlanBuilder: Sendable {
    package static let defaultMinimumScore = 0.5
    package static let defaultPIIAction = GuardAction.mask
    package static let defaultInjectionAction = GuardAction.warn
    /// Of topics, toxicity, bias and code.
    package static let defaultLanguageAction = GuardAction.warn
    package static let defaultJSONAction = GuardAction.block
    /// Which way code is looked for unless a policy says otherwise: in what models answer.
    static let codeDirection = Direction.outbound.rawValue
    /// Of 100, for toxicity and bias.
    package static let defaultThreshold = 50
    /// Custom patterns that stay compiled; more are compiled again when their plan is made.
    private static let keptPatterns = 1024

    private struct CustomKey: Hashable {
        var id: String
        var pattern: String
    }

    package let catalogue: Catalogue
    let prefilters = PrefilterStore()
    private let custom = Mutex<[CustomKey: CompiledEntry]>([:])

    package init(_ catalogue: Catalogue = .builtin) {
        self.catalogue = catalogue
    }

    /// Everything that a policy looks for in one direction.
    package func plan(_ policy: EffectivePolicy, _ direction: Direction) -> DetectionPlan {
        let topics = topicRules(policy.topics, direction)
        var rules = piiRules(policy.pii, direction) + injectionRules(policy.injection, direction)
        rules += scoredRules(policy.toxicity, .toxicity, Direction.all(of: policy.toxicity.direction), direction)
        rules += moderationRules(policy, direction)
        // What a user says about a group is the user's own.
        rules += scoredRules(policy.bias, .bias, [.outbound], direction)
        let code = Direction.all(of: policy.code.direction ?? Self.codeDirection)
        rules += scoredRules(policy.code, .code, code, direction)
        rules += topics.rules + meaningRules(policy, direction) + customRules(policy.custom, direction)
        let answers = direction == .outbound ? answerRule(policy.json) : nil
        guard !rules.isEmpty || topics.offTopic != nil || answers != nil else { return .nothing }
        return DetectionPlan(
            rules: rules,
            strategy: MaskStrategy(policy.pii.strategy),
            offTopic: topics.offTopic,
            answers: answers,
            prefilters: prefilters
        )
    }

    /// What answers are held to; a schema that cannot be read was refused when it was put.
    private func answerRule(_ section: JSONSection) -> AnswerRule? {
        guard section.enabled == true else { return nil }
        let action = section.action ?? Self.defaultJSONAction
        guard action != .allow else { return nil }
        return AnswerRule(
            action: action,
            isBuffered: section.buffer ?? (action == .block),
            schema: section.answerSchema.flatMap { try? AnswerSchema($0, isStrict: false) }
        )
    }

    /// A plan with all detectors: those that it has not only note what they find.
    func trial(_ plan: DetectionPlan, _ direction: Direction) -> DetectionPlan {
        let known = Set(plan.rules.map(\.entry.id))
        let detectors = Detector.allCases.filter {
            $0 != .custom && ($0 != .bias && $0 != .code || direction == .outbound)
        }
        let others = detectors.flatMap(catalogue.compiled).filter { !known.contains($0.entry.id) }
        let rules = others.map {
            Rule($0, action: .logOnly, minimumScore: Self.leastScore($0.entry.detector))
        }
        return DetectionPlan(
            rules: plan.rules + rules,
            strategy: plan.strategy,
            offTopic: plan.offTopic,
            answers: plan.answers,
            prefilters: prefilters
        )
    }

    // MARK: Rules by section

    private func piiRules(_ section: PIISection, _ direction: Direction) -> [Rule] {
        guard section.enabled == true, Direction.all(of: section.direction).contains(direction) else { return [] }
        let action = section.action ?? Self.defaultPIIAction
        let least = section.minScore ?? Self.defaultMinimumScore
        return catalogue.compiled(.pii).compactMap { compiled in
            guard !section.entities.isEmpty else {
                return compiled.entry.isOptIn ? nil : Rule(compiled, action: action, minimumScore: least)
            }
            guard let own = section.entities[compiled.entry.entity] else { return nil }
            return Rule(compiled, action: own.isEmpty ? action : GuardAction(rawValue: own), minimumScore: least)
        }
        .filter { $0.action != .allow }
    }

    private func injectionRules(_ section: InjectionSection, _ direction: Direction) -> [Rule] {
        guard section.enabled == true, Direction.all(of: section.direction).contains(direction) else { return [] }
        let action = section.action ?? Self.defaultInjectionAction
        guard action != .allow else { return [] }
        return catalogue.compiled(.injection).map {
            Rule($0, action: action, minimumSeverity: section.severity ?? .medium)
        }
    }

    private func scoredRules(
        _ section: ScoredSection,
        _ detector: Detector,
        _ directions: Set<Direction>,
        _ direction: Direction
    ) -> [Rule] {
        guard section.enabled == true, directions.contains(direction) else { return [] }
        let action = section.action ?? Self.defaultLanguageAction
        guard action != .allow else { return [] }
        let least = Double(section.threshold ?? Self.defaultThreshold) / 100
        return catalogue.compiled(detector).filter { compiled in
            section.categories.isEmpty
                || section.categories.contains { $0.lowercased() == compiled.entry.entity.lowercased() }
        }
        .map { Rule($0, action: action, minimumScore: least) }
    }

    /// The forbidden topics, or, with what is done about all others, the only allowed ones.
    func topicRules(
        _ section: TopicsSection,
        _ direction: Direction
    ) -> (rules: [Rule], offTopic: GuardAction?) {
        guard section.enabled == true, Direction.all(of: section.direction).contains(direction) else {
            return ([], nil)
        }
        let action = section.action ?? Self.defaultLanguageAction
        guard action != .allow else { return ([], nil) }
        let known = catalogue.entities(of: .topics)
        let wanted = self.topics(section)
        var compiled = catalogue.compiled(.topics).filter { wanted.contains($0.entry.entity) }
        // A topic that no catalogue has is looked for by its own words.
        compiled += wanted.filter { !known.contains($0) }.compactMap { self.compiled(TopicPhrase.entry($0)) }
        guard section.mode == "allow" else { return (compiled.map { Rule($0, action: action) }, nil) }
        return (compiled.map { Rule($0, action: .allow) }, action)
    }

    /// The topics that a policy speaks of; all that the catalogue knows where it names none.
    func topics(_ section: TopicsSection) -> [String] {
        section.topics.isEmpty ? catalogue.entities(of: .topics) : section.topics
    }

    /// What counts of a detector without a policy's word.
    package static func leastScore(_ detector: Detector) -> Double {
        switch detector {
        case .pii: defaultMinimumScore
        case .injection: 0
        case .toxicity, .bias, .code: Double(defaultThreshold) / 100
        case .topics, .custom: 0
        }
    }

    private func customRules(_ patterns: [CustomPattern], _ direction: Direction) -> [Rule] {
        patterns.filter { $0.action != .allow && $0.looks(direction) }.compactMap { item in
            compiled(Self.entry(item)).map { Rule($0, action: item.action) }
        }
    }

    private func compiled(_ entry: DetectorEntry) -> CompiledEntry? {
        let key = CustomKey(id: entry.id, pattern: entry.pattern)
        if let known = custom.withLock({ $0[key] }) { return known }
        guard let fresh = try? CompiledEntry(entry) else { return nil }
        custom.withLock { custom in
            if custom.count >= Self.keptPatterns { custom.removeAll() }
            custom[key] = fresh
        }
        return fresh
    }

    static func entry(_ item: CustomPattern) -> DetectorEntry {
        DetectorEntry(
            id: "custom.\(item.name)",
            detector: .custom,
            entity: item.name,
            pattern: item.words.isEmpty ? item.pattern : WordList.pattern(item.words),
            options: item.words.isEmpty ? .unicode : [.unicode, .caseless],
            trigger: WordList.trigger(item.words),
            lead: 0,
            reach: item.words.isEmpty ? 0 : 2 * WordList.longest,
            score: 1
        )
    }

    /// The names of patterns that gave up too often, by detector.
    package func quarantined(_ detector: Detector) -> [String] {
        let entries = detector == .custom ? custom.withLock { Array($0.values) } : catalogue.compiled(detector)
        return entries.filter(\.quarantine.isClosed).map(\.entry.id).sorted()
    }
}
