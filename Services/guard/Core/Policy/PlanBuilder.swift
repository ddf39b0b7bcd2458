package import Contracts
import Patterns
import Synchronization

/// Turns merged policies into plans that run; compiles each custom pattern once.
package final class PlanBuilder: Sendable {
    package static let defaultMinimumScore = 0.5
    package static let defaultPIIAction = GuardAction.mask
    package static let defaultInjectionAction = GuardAction.warn
    /// Custom patterns that stay compiled; more are compiled again when their plan is made.
    private static let keptPatterns = 1024

    private struct CustomKey: Hashable {
        var name: String
        var pattern: String
    }

    private let catalogue: Catalogue
    private let custom = Mutex<[CustomKey: CompiledEntry]>([:])

    package init(_ catalogue: Catalogue = .builtin) {
        self.catalogue = catalogue
    }

    /// Everything that a policy looks for in one direction.
    package func plan(_ policy: EffectivePolicy, _ direction: Direction) -> DetectionPlan {
        let rules =
            piiRules(policy.pii, direction) + injectionRules(policy.injection, direction) + customRules(policy.custom)
        guard !rules.isEmpty else { return .nothing }
        return DetectionPlan(rules: rules, strategy: MaskStrategy(policy.pii.strategy))
    }

    /// A plan with all detectors: those that it has not only note what they find.
    func trial(_ plan: DetectionPlan) -> DetectionPlan {
        let known = Set(plan.rules.map(\.entry.id))
        let others = (catalogue.compiled(.pii) + catalogue.compiled(.injection)).filter { !known.contains($0.entry.id) }
        let rules = others.map {
            Rule($0, action: .logOnly, minimumScore: $0.entry.detector == .pii ? Self.defaultMinimumScore : 0)
        }
        return DetectionPlan(rules: plan.rules + rules, strategy: plan.strategy)
    }

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

    /// Custom patterns look both ways.
    private func customRules(_ patterns: [CustomPattern]) -> [Rule] {
        patterns.filter { $0.action != .allow }.compactMap { item in
            compiled(item).map { Rule($0, action: item.action) }
        }
    }

    private func compiled(_ item: CustomPattern) -> CompiledEntry? {
        let key = CustomKey(name: item.name, pattern: item.pattern)
        if let known = custom.withLock({ $0[key] }) { return known }
        guard let fresh = try? CompiledEntry(Self.entry(item)) else { return nil }
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
            pattern: item.pattern,
            options: .unicode,
            trigger: .everywhere,
            lead: 0,
            reach: 0,
            score: 1
        )
    }

    /// The names of patterns that gave up too often, by detector.
    package func quarantined(_ detector: Detector) -> [String] {
        let entries = detector == .custom ? custom.withLock { Array($0.values) } : catalogue.compiled(detector)
        return entries.filter(\.quarantine.isClosed).map(\.entry.id).sorted()
    }
}
