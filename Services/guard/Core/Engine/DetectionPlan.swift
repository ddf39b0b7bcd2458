package import Contracts
import Patterns

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
}

/// Everything that a policy looks for in one direction, ready to run over texts.
package final class DetectionPlan: Sendable {
    package let rules: [Rule]
    package let strategy: MaskStrategy
    let prefilter: LiteralPrefilter
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
    /// The rules that read text with disguises taken off.
    let onFolded: [Int]
    /// Whether what is written in base64 and the like is read too.
    let readsEncoded: Bool
    /// What is done about a user's text that is about none of the allowed topics.
    package let offTopic: GuardAction?

    package init(rules: [Rule], strategy: MaskStrategy = .replace, offTopic: GuardAction? = nil) {
        self.rules = rules
        self.offTopic = offTopic
        self.strategy = strategy
        var literals: [[String]] = []
        for rule in rules {
            if case .literals(let words) = rule.entry.trigger { literals.append(words) } else { literals.append([]) }
        }
        prefilter = LiteralPrefilter(literals)
        func waiting(for trigger: Trigger) -> [Int] { rules.indices.filter { rules[$0].entry.trigger == trigger } }
        onDigits = waiting(for: .digits)
        onDots = waiting(for: .dotted)
        onColons = waiting(for: .colons)
        onAccounts = waiting(for: .accounts)
        onCoins = waiting(for: .coins)
        onInvisible = waiting(for: .invisible)
        everywhere = waiting(for: .everywhere)
        needsShapes = !(onDigits + onDots + onColons + onAccounts + onCoins).isEmpty
        onFolded = rules.indices.filter { rules[$0].compiled.readsFolded }
        readsEncoded = onFolded.contains { rules[$0].compiled.detector == .injection }
    }

    package var isEmpty: Bool { rules.isEmpty }

    package static let nothing = DetectionPlan(rules: [])
}
