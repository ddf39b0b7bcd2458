package import Contracts
import Patterns

/// How topics are told by what a text means: the vector of the text is near that of a topic.
package struct MeaningPlan: Sendable {
    /// The model that makes vectors, as `provider/model`; `nil` where no policy names one.
    package let embedder: String?
    /// The topics, by the names that findings have.
    package let topics: [String]
    /// Whether a text that was asked about is not told by its words as well.
    package let replacesWords: Bool
    private let words: DetectionPlan
    private let direction: Direction

    init(
        embedder: String?,
        topics: [String],
        replacesWords: Bool,
        words: DetectionPlan,
        direction: Direction
    ) {
        self.embedder = embedder
        self.topics = topics
        self.replacesWords = replacesWords
        self.words = words
        self.direction = direction
    }

    /// Whether a text has to be asked about: it is one that topics are looked for in and, where words come first, they say nothing.
    ///
    /// - Parameters:
    ///   - segment: The text.
    ///   - bench: Memory of this thread.
    /// - Returns: Whether it has.
    package func asks(about segment: InspectSegment, _ bench: Workbench) -> Bool {
        guard !Inspector.skipped(segment, direction).contains(.topics) else { return false }
        guard !replacesWords else { return true }
        var text = segment.text
        return text.withUTF8 {
            Engine.search(words, CheckedText(valid: $0), bench)
            return bench.found.isEmpty
        }
    }

    /// A topic as it is put to the model: the names of the catalogue are joined by hyphens.
    package static func phrase(_ topic: String) -> String { topic.replacing("-", with: " ") }

    /// Whether a text can name a model here: a provider and its own name for the model.
    ///
    /// A chain would not do: vectors of two models cannot be compared.
    package static func isEmbedder(_ name: String) -> Bool {
        let parts = name.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        return name.utf8.count <= longestEmbedder && parts.count == 2
            && parts.allSatisfy { $0.contains { !$0.isWhitespace } }
    }

    package static let longestEmbedder = 512
}

extension PlanBuilder {
    /// The engines' names in policies, and the one in figures.
    package static let embedding = "embedding"
    package static let hybrid = "hybrid"
    /// How near a text must be to a topic, as the cosine of the angle between their vectors.
    package static let defaultSimilarity = 0.6

    /// Whether a policy has topics told by their meaning.
    package static func goesByMeaning(_ section: TopicsSection?) -> Bool {
        section?.engine == embedding || section?.engine == hybrid
    }

    private func goesByMeaning(_ policy: EffectivePolicy, _ direction: Direction) -> Bool {
        let section = policy.topics
        return section.enabled == true && Self.goesByMeaning(section) && policy.allowsExternalEngines
            && (section.action ?? Self.defaultLanguageAction) != .allow
            && Direction.all(of: section.direction).contains(direction)
    }

    /// Rules for the topics that a text may be near to, beside those for its words; no text triggers them.
    func meaningRules(_ policy: EffectivePolicy, _ direction: Direction) -> [Rule] {
        guard goesByMeaning(policy, direction) else { return [] }
        let section = policy.topics
        let action = section.mode == "allow" ? .allow : section.action ?? Self.defaultLanguageAction
        let least = section.similarityThreshold ?? Self.defaultSimilarity
        return topics(section).compactMap { topic in
            let entry = DetectorEntry.outside(DetectionPlan.meaningPrefix, .topics, topic, severity: .medium)
            return (try? CompiledEntry(entry)).map { Rule($0, action: action, minimumScore: least) }
        }
    }

    /// How a policy has topics told by their meaning in one direction; `nil` where their words do.
    func meaning(_ policy: EffectivePolicy, _ direction: Direction) -> MeaningPlan? {
        guard goesByMeaning(policy, direction) else { return nil }
        return MeaningPlan(
            embedder: policy.topics.embedder,
            topics: topics(policy.topics),
            replacesWords: policy.topics.engine == Self.embedding,
            words: DetectionPlan(rules: topicRules(policy.topics, direction).rules, prefilters: prefilters),
            direction: direction
        )
    }
}
