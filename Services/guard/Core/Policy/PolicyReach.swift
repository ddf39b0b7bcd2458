import Contracts

/// What one policy can lead to, whatever it is merged with.
///
/// A field may stand in one scope and its switch in another: a section that a policy touches counts as soon as any policy switches
/// it on. What the policy itself does not say, a wider one does, or the default where not even the global one does; what a more
/// specific one says is told by that one's own entry.
struct PolicyReach {
    private let wider: [PolicyItem]
    private let all: [PolicyItem]
    private let global: PolicyItem?
    private(set) var directions: Set<Direction> = []
    private(set) var actions: Set<GuardAction> = []

    init(wider: [PolicyItem], all: [PolicyItem], global: PolicyItem?) {
        self.wider = wider
        self.all = all
        self.global = global
    }

    mutating func add(_ item: PolicyItem) {
        if let section = item.pii, isOn(section.enabled, \.pii?.enabled) {
            add(directions: values(section.direction, \.pii?.direction))
            add(pii: section)
        }
        if let section = item.injection, isOn(section.enabled, \.injection?.enabled) {
            add(directions: values(section.direction, \.injection?.direction))
            add(values(section.action, \.injection?.action), default: PlanBuilder.defaultInjectionAction)
        }
        if let section = item.toxicity, isOn(section.enabled, \.toxicity?.enabled) {
            add(directions: values(section.direction, \.toxicity?.direction))
            add(values(section.action, \.toxicity?.action), default: PlanBuilder.defaultLanguageAction)
        }
        if let section = item.bias, isOn(section.enabled, \.bias?.enabled) {
            directions.insert(.outbound)
            add(values(section.action, \.bias?.action), default: PlanBuilder.defaultLanguageAction)
        }
        if let section = item.code, isOn(section.enabled, \.code?.enabled) {
            let named = values(section.direction, \.code?.direction)
            add(directions: named.map { $0 ?? PlanBuilder.codeDirection })
            add(values(section.action, \.code?.action), default: PlanBuilder.defaultLanguageAction)
        }
        if let section = item.json, isOn(section.enabled, \.json?.enabled) {
            directions.insert(.outbound)
            add(values(section.action, \.json?.action), default: PlanBuilder.defaultJSONAction)
        }
        if let section = item.topics, isOn(section.enabled, \.topics?.enabled) {
            add(directions: values(section.direction, \.topics?.direction))
            add(values(section.action, \.topics?.action), default: PlanBuilder.defaultLanguageAction)
        }
        if !item.custom.isEmpty {
            directions.formUnion(Direction.known)
            actions.formUnion(item.custom.map(\.action))
        }
        actions.remove(.allow)
    }

    private func isOn(_ own: Bool?, _ other: (PolicyItem) -> Bool?) -> Bool {
        own ?? all.contains { other($0) == true }
    }

    private mutating func add(pii section: PIISection) {
        let sections = section.entities.isEmpty ? [section] + wider.compactMap(\.pii) : [section]
        let named = sections.flatMap(\.entities.values).filter { !$0.isEmpty }.map(GuardAction.init(rawValue:))
        actions.formUnion(named)
        let allNamed = !section.entities.isEmpty && section.entities.values.allSatisfy { !$0.isEmpty }
        if !allNamed { add(values(section.action, \.pii?.action), default: PlanBuilder.defaultPIIAction) }
    }

    /// The values a field may have; `nil` among them stands for the default.
    private func values<Value>(_ own: Value?, _ other: (PolicyItem) -> Value?) -> [Value?] {
        if let own { return [own] }
        let inherited = wider.compactMap(other)
        return global.flatMap(other) == nil ? inherited + [nil] : inherited
    }

    private mutating func add(directions texts: [String?]) {
        for text in texts { directions.formUnion(Direction.all(of: text)) }
    }

    private mutating func add(_ named: [GuardAction?], default fallback: GuardAction) {
        for action in named { actions.insert(action ?? fallback) }
    }
}
