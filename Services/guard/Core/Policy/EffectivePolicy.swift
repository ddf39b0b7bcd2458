package import Contracts

/// What holds for a request: the policies of its scopes merged field by field, the most specific one winning.
///
/// `entities`, `topics` and `categories` are fields: a non-empty one replaces the wider one whole. Custom patterns add up; one
/// of the same name replaces the wider one. External engines are allowed where no scope forbids them.
package struct EffectivePolicy: Hashable, Sendable {
    package var onFailure = "auto"
    package var allowsExternalEngines = true
    package var pii = PIISection()
    package var injection = InjectionSection()
    package var topics = TopicsSection()
    package var toxicity = ScoredSection()
    package var bias = ScoredSection()
    package var code = ScoredSection()
    package var json = JSONSection()
    package var custom: [CustomPattern] = []

    package init() {}

    /// Lays a more specific policy over this one.
    package mutating func apply(_ item: PolicyItem) {
        if item.onFailure != "auto" { onFailure = item.onFailure }
        allowsExternalEngines = allowsExternalEngines && item.allowExternalEngines
        if let section = item.pii { pii.apply(section) }
        if let section = item.injection { injection.apply(section) }
        if let section = item.topics { topics.apply(section) }
        if let section = item.toxicity { toxicity.apply(section) }
        if let section = item.bias { bias.apply(section) }
        if let section = item.code { code.apply(section) }
        if let section = item.json { json.apply(section) }
        for pattern in item.custom {
            custom.removeAll { $0.name == pattern.name }
            custom.append(pattern)
        }
    }
}

extension PIISection {
    mutating func apply(_ other: PIISection) {
        enabled = other.enabled ?? enabled
        direction = other.direction ?? direction
        action = other.action ?? action
        strategy = other.strategy ?? strategy
        minScore = other.minScore ?? minScore
        engine = other.engine ?? engine
        if !other.entities.isEmpty { entities = other.entities }
    }
}

extension InjectionSection {
    mutating func apply(_ other: InjectionSection) {
        enabled = other.enabled ?? enabled
        direction = other.direction ?? direction
        action = other.action ?? action
        severity = other.severity ?? severity
    }
}

extension TopicsSection {
    mutating func apply(_ other: TopicsSection) {
        enabled = other.enabled ?? enabled
        direction = other.direction ?? direction
        action = other.action ?? action
        mode = other.mode ?? mode
        engine = other.engine ?? engine
        embedder = other.embedder ?? embedder
        similarityThreshold = other.similarityThreshold ?? similarityThreshold
        if !other.topics.isEmpty { topics = other.topics }
    }
}

extension ScoredSection {
    mutating func apply(_ other: ScoredSection) {
        enabled = other.enabled ?? enabled
        direction = other.direction ?? direction
        action = other.action ?? action
        threshold = other.threshold ?? threshold
        engine = other.engine ?? engine
        if !other.categories.isEmpty { categories = other.categories }
    }
}

extension JSONSection {
    mutating func apply(_ other: JSONSection) {
        enabled = other.enabled ?? enabled
        action = other.action ?? action
        answerSchema = other.answerSchema ?? answerSchema
        buffer = other.buffer ?? buffer
    }
}

extension Direction {
    /// The directions that a policy's word stands for; `nil` is the default of most sections.
    static func all(of text: String?) -> Set<Direction> {
        switch text {
        case "outbound": [.outbound]
        case "both": [.inbound, .outbound]
        default: [.inbound]
        }
    }
}
