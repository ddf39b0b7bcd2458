package import Contracts

/// What an engine outside found in a text.
package struct ExternalMatch: Hashable, Sendable {
    package var entity: String
    /// Bytes of the text's UTF-8.
    package var range: Range<Int>
    package var score: Double

    package init(entity: String, range: Range<Int>, score: Double) {
        self.entity = entity
        self.range = range
        self.score = score
    }
}

/// What came of asking an engine outside about the segments of a request, by their place in it.
package struct ExternalLook: Sendable {
    package var matches: [Int: [ExternalMatch]]
    /// Segments that it should have been asked about and gave no answer for: their verdict is not to be remembered.
    package var missed: Set<Int>

    package init(matches: [Int: [ExternalMatch]] = [:], missed: Set<Int> = []) {
        self.matches = matches
        self.missed = missed
    }

    package static let none = ExternalLook()
}

/// What an engine outside, such as Presidio, is to look for, and the plan that acts on what it finds.
///
/// The plan holds a rule for each entity of that engine, which no text triggers by itself, in place of the native rules for the same
/// entities; what the engine does not know (`ID_NIK` and the like) stays native.
package struct ExternalPlan: Sendable {
    package let plan: DetectionPlan
    /// The entities to ask for, in order.
    package let entities: [String]
    /// What scores less is not wanted.
    package let minimumScore: Double
    /// Whether the native detectors can stand in: they know every entity that is masked or blocked.
    package let hasSubstitute: Bool
    private let rules: [String: Int]

    init(plan: DetectionPlan, entities: [String], minimumScore: Double, hasSubstitute: Bool) {
        self.plan = plan
        self.entities = entities
        self.minimumScore = minimumScore
        self.hasSubstitute = hasSubstitute
        var rules: [String: Int] = [:]
        for (index, rule) in plan.rules.enumerated() where rule.entry.id.hasPrefix(Self.prefix) {
            rules[rule.entry.entity] = index
        }
        self.rules = rules
    }

    /// The same with another plan that begins with the same rules.
    func with(_ plan: DetectionPlan) -> ExternalPlan {
        ExternalPlan(plan: plan, entities: entities, minimumScore: minimumScore, hasSubstitute: hasSubstitute)
    }

    /// What counts of the engine's answer; entities that were not asked for do not.
    func found(_ matches: [ExternalMatch]) -> [Found] {
        matches.compactMap { match in
            guard !match.range.isEmpty, let index = rules[match.entity],
                match.score >= plan.rules[index].minimumScore
            else { return nil }
            return Found(rule: index, range: match.range, score: match.score)
        }
    }

    // MARK: Entities

    static let prefix = "external."
    /// Ours, which no engine outside knows.
    private static let ownPrefix = "ID_"

    /// Whether an entity's name can be one of an engine outside.
    package static func isName(_ text: String) -> Bool {
        (2...64).contains(text.utf8.count) && !text.hasPrefix(ownPrefix)
            && text.utf8.allSatisfy { byte in
                (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "_")
            }
    }
}

extension DetectorEntry {
    /// An entry that no text triggers and no text matches: its matches come from outside.
    static func outside(
        _ prefix: String,
        _ detector: Detector,
        _ entity: String,
        severity: Severity
    ) -> DetectorEntry {
        DetectorEntry(
            id: prefix + entity,
            detector: detector,
            entity: entity,
            pattern: "(?!)",
            trigger: .literals([]),
            lead: 0,
            reach: 0,
            score: 1,
            severity: severity
        )
    }
}

extension PlanBuilder {
    /// The engines' names in policies.
    package static let presidio = "presidio"
    package static let openAI = "openai"

    /// Rules for what a moderation endpoint finds, beside the native ones; no text triggers them.
    func moderationRules(_ policy: EffectivePolicy, _ direction: Direction) -> [Rule] {
        let section = policy.toxicity
        let action = section.action ?? Self.defaultLanguageAction
        guard section.enabled == true, section.engine == Self.openAI, policy.allowsExternalEngines, action != .allow,
            Direction.all(of: section.direction).contains(direction)
        else { return [] }
        let least = Double(section.threshold ?? Self.defaultThreshold) / 100
        let wanted = Set(section.categories.map { $0.uppercased() })
        return Self.moderated.filter { wanted.isEmpty || wanted.contains($0) }.compactMap { entity in
            let entry = DetectorEntry.outside(DetectionPlan.moderationPrefix, .toxicity, entity, severity: .high)
            return (try? CompiledEntry(entry)).map { Rule($0, action: action, minimumScore: least) }
        }
    }

    /// What such an endpoint can find, by our names.
    private static let moderated = ["HARASSMENT", "HATE", "SELF_HARM", "SEXUAL", "VIOLENCE"]

    /// What a policy has an engine outside look for in one direction; `nil` where the native detectors do the work.
    package func external(_ policy: EffectivePolicy, _ direction: Direction) -> ExternalPlan? {
        let section = policy.pii
        guard section.enabled == true, section.engine == Self.presidio, policy.allowsExternalEngines,
            Direction.all(of: section.direction).contains(direction)
        else { return nil }
        let action = section.action ?? Self.defaultPIIAction
        let least = section.minScore ?? Self.defaultMinimumScore
        let native = Dictionary(
            catalogue.entries.filter { $0.detector == .pii }.map { ($0.entity, $0) },
            uniquingKeysWith: { one, _ in one }
        )
        let wanted: [(entity: String, action: GuardAction)] =
            section.entities.isEmpty
            ? native.values.filter { !$0.isOptIn }.map { ($0.entity, action) }
            : section.entities.map { ($0.key, $0.value.isEmpty ? action : GuardAction(rawValue: $0.value)) }
        let asked = wanted.filter { $0.action != .allow && ExternalPlan.isName($0.entity) }
            .sorted { $0.entity < $1.entity }
        let rules = asked.compactMap { item -> Rule? in
            let severity = native[item.entity]?.severity ?? .medium
            let entry = DetectorEntry.outside(ExternalPlan.prefix, .pii, item.entity, severity: severity)
            return (try? CompiledEntry(entry)).map { Rule($0, action: item.action, minimumScore: least) }
        }
        guard !rules.isEmpty else { return nil }
        let names = Set(asked.map(\.entity))
        let kept = plan(policy, direction)
        let others = kept.rules.filter { $0.entry.detector != .pii || !names.contains($0.entry.entity) }
        return ExternalPlan(
            plan: DetectionPlan(
                rules: rules + others,
                strategy: kept.strategy,
                offTopic: kept.offTopic,
                answers: kept.answers,
                prefilters: prefilters
            ),
            entities: asked.map(\.entity),
            minimumScore: least,
            hasSubstitute: rules.allSatisfy { !$0.intervenes || native[$0.entry.entity] != nil }
        )
    }
}

extension DetectionPlan {
    /// What counts of a moderation endpoint's answer.
    func found(byModeration matches: [ExternalMatch]) -> [Found] { found(matches, moderation) }

    /// The topics that a text is near enough to.
    func found(byMeaning matches: [ExternalMatch]) -> [Found] { found(matches, meaning) }

    private func found(_ matches: [ExternalMatch], _ places: [String: Int]) -> [Found] {
        matches.compactMap { match in
            guard let index = places[match.entity], match.score >= rules[index].minimumScore else { return nil }
            return Found(rule: index, range: match.range, score: match.score)
        }
    }
}
