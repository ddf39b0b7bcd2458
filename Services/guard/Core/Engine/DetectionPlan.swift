package import Contracts
import Patterns
import Synchronization

/// A pattern with what a policy says about its matches.
package struct Rule: Sendable {
    package let compiled: CompiledEntry
    package let action: GuardAction
    /// Matches that are less sure are dropped.
    package let minimumScore: Double
    /// Matches less bad than this are only noted.
    package let minimumSeverity: Severity

    package init(
        _ compiled: CompiledEntry,
        action: GuardAction,
        minimumScore: Double = 0,
        minimumSeverity: Severity = .low
    ) {
        self.compiled = compiled
        self.action = action
        self.minimumScore = minimumScore
        self.minimumSeverity = minimumSeverity
    }

    package var entry: DetectorEntry { compiled.entry }

    /// Whether a match changes what goes on.
    var intervenes: Bool { action.changesText || action == .block }

    /// Matches in one text that are looked for at most.
    ///
    /// What masks must find every one. All others settle what is done with the first that acts; the rest is only told, and as
    /// many as this are told of no text that somebody wrote. So a megabyte of one attack costs what its first pages do.
    var mostMatches: Int { action.changesText ? .max : 128 }

    /// How bad a match is: the entry's word for data, the certainty for instructions.
    func severity(_ score: Double) -> Severity {
        guard compiled.detector == .injection else { return compiled.severity }
        return score >= 0.8 ? .high : score >= 0.6 ? .medium : .low
    }

    /// Whether the policy's action is taken for a match of that score; otherwise it is only noted.
    func acts(_ score: Double) -> Bool { severity(score).rank >= minimumSeverity.rank }

    /// Whether another match of that score is as good as all that may follow.
    func isEnough(_ score: Double) -> Bool { compiled.hasOneScore || acts(score) }
}

/// Everything that a policy looks for in one direction, ready to run over texts.
package final class DetectionPlan: Sendable {
    package let rules: [Rule]
    package let strategy: MaskStrategy
    let prefilter: LiteralPrefilter
    /// By rule.
    let reaches: [TriggerReach]
    let groups: RuleGroups
    /// The rules that wait for each shape.
    let onDigits: [Int]
    let onDots: [Int]
    let onColons: [Int]
    let onAccounts: [Int]
    let onCoins: [Int]
    let onInvisible: [Int]
    /// The rules that run over all of every text.
    let everywhere: [Int]
    let needsShapes: Bool
    /// The rules for what a moderation endpoint finds, by entity.
    let moderation: [String: Int]
    /// The rules for topics that a text is near to, by topic.
    let meaning: [String: Int]
    /// The detectors with rules that read text with disguises taken off.
    let foldedDetectors: DetectorSet
    /// Whether what is written in base64 and the like is read too.
    let readsEncoded: Bool
    /// What is done about a user's text that is about none of the allowed topics.
    package let offTopic: GuardAction?
    /// What answers are held to as a whole.
    package let answers: AnswerRule?

    /// Makes a plan.
    ///
    /// - Parameters:
    ///   - rules: What to look for.
    ///   - strategy: How matches are masked.
    ///   - offTopic: What is done about a text that is about none of the allowed topics.
    ///   - answers: What answers are held to as a whole.
    ///   - prefilters: Where the prefilter is from: plans that wait for the same literals share one.
    package init(
        rules: [Rule],
        strategy: MaskStrategy = .replace,
        offTopic: GuardAction? = nil,
        answers: AnswerRule? = nil,
        prefilters: PrefilterStore = PrefilterStore()
    ) {
        self.rules = rules
        reaches = rules.map { TriggerReach($0.compiled) }
        groups = RuleGroups(rules)
        self.offTopic = offTopic
        self.answers = answers
        self.strategy = strategy
        var literals: [[String]] = []
        for rule in rules {
            if case .literals(let words) = rule.entry.trigger { literals.append(words) } else { literals.append([]) }
        }
        prefilter = prefilters.prefilter(literals)
        func waiting(for trigger: Trigger) -> [Int] { rules.indices.filter { rules[$0].entry.trigger == trigger } }
        onDigits = waiting(for: .digits)
        onDots = waiting(for: .dotted)
        onColons = waiting(for: .colons)
        onAccounts = waiting(for: .accounts)
        onCoins = waiting(for: .coins)
        onInvisible = waiting(for: .invisible)
        everywhere = waiting(for: .everywhere)
        needsShapes = !(onDigits + onDots + onColons + onAccounts + onCoins).isEmpty
        let folded = rules.filter(\.compiled.readsFolded).map(\.compiled.detectorBit)
        foldedDetectors = folded.reduce([]) { $0.union($1) }
        moderation = Self.places(of: rules, Self.moderationPrefix)
        meaning = Self.places(of: rules, Self.meaningPrefix)
        readsEncoded = rules.contains { $0.compiled.readsDecoded }
    }

    static let moderationPrefix = "moderation."
    static let meaningPrefix = "meaning."

    /// The rules whose matches come from one engine outside, by entity.
    private static func places(of rules: [Rule], _ prefix: String) -> [String: Int] {
        let own = rules.indices.filter { rules[$0].entry.id.hasPrefix(prefix) }
        return Dictionary(own.map { (rules[$0].entry.entity, $0) }) { first, _ in first }
    }

    /// Whether a moderation endpoint is to be asked.
    package var isModerated: Bool { !moderation.isEmpty }

    package var isEmpty: Bool { rules.isEmpty }

    package static let nothing = DetectionPlan(rules: [])
}

/// Prefilters by their literals: a table of a few hundred kilobytes each, and most policies look for the same.
package final class PrefilterStore: Sendable {
    private static let most = 16

    private let known = Mutex<[[[String]]: LiteralPrefilter]>([:])

    package init() {}

    func prefilter(_ literals: [[String]]) -> LiteralPrefilter {
        if let own = known.withLock({ $0[literals] }) { return own }
        let fresh = LiteralPrefilter(literals)
        known.withLock { known in
            if known.count >= Self.most { known.removeAll() }
            known[literals] = fresh
        }
        return fresh
    }
}
