package import Contracts
package import Patterns

/// Which detector a pattern belongs to; findings carry the name.
package enum Detector: String, Hashable, Sendable, CaseIterable {
    case pii
    case injection
    case toxicity
    /// Looked for in answers alone.
    case bias
    case topics
    /// Source code, in answers unless a policy says otherwise.
    case code
    /// The operator's own patterns.
    case custom
}

/// Several detectors.
package struct DetectorSet: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    init(_ detector: Detector) {
        let place = Detector.allCases.firstIndex(of: detector) ?? 0
        self.init(rawValue: 1 << UInt8(place))
    }

    package static let injection = DetectorSet(.injection)
    package static let toxicity = DetectorSet(.toxicity)
    package static let topics = DetectorSet(.topics)
}

/// What must be in a text before a pattern is tried on it.
package enum Trigger: Hashable, Sendable {
    /// One of these, in either case.
    case literals([String])
    /// Nine digits or more with at most three separators between them.
    case digits
    /// Four numbers joined by dots.
    case dotted
    /// Two colons, or three with hexadecimal digits between them.
    case colons
    /// Two capital letters and two digits.
    case accounts
    /// A one or a three with at least 25 letters and digits behind it.
    case coins
    /// Characters that are not seen.
    case invisible
    /// Nothing: the pattern runs over the whole text.
    case everywhere
}

/// Which occurrences of a literal count.
package enum LiteralForm: String, Hashable, Sendable, CaseIterable {
    /// All, also inside words.
    case anywhere
    /// At the start of words.
    case starts
    /// Whole words.
    case words
    /// Whole words in capitals, as written.
    case capitals

    func admits(_ range: Range<Int>, in text: CheckedText) -> Bool {
        guard self != .anywhere else { return true }
        if range.lowerBound > 0, ByteSet.letters.contains(text[range.lowerBound - 1]) { return false }
        if self == .starts { return true }
        if self == .words {
            return range.upperBound == text.count || !ByteSet.letters.contains(text[range.upperBound])
        }
        return text.bytes[range].allSatisfy { $0 & 0x20 == 0 || !ByteSet.letters.contains($0) }
    }
}

/// One pattern of the catalogue, as data; the engine knows nothing else of it.
package struct DetectorEntry: Sendable {
    /// `pii.email`, the name in lists and logs.
    package var id: String
    package var detector: Detector
    /// Presidio's name, or ours.
    package var entity: String
    /// Why the pattern is as it is.
    package var reason = ""
    /// The languages it is for; `*` for any.
    package var languages = ["*"]
    /// The expression; what may stand before and behind it is said by ``before`` and ``after``, not by assertions.
    package var pattern: String
    package var options: PatternOptions = []
    package var trigger: Trigger
    /// What stands around a literal of the trigger.
    package var literalForm = LiteralForm.anywhere
    /// How many bytes a match may start before its trigger.
    package var lead: Int
    /// How many bytes a match may go on behind its trigger.
    package var reach: Int
    /// A match right behind one of these is none.
    package var before: ByteSet = .none
    /// A match right before one of these is none.
    package var after: ByteSet = .none
    /// How many bytes behind a match its check looks at.
    package var peek = 0
    package var check: Check = .none
    /// How sure a match is, 0 to 1.
    package var score: Double
    /// Words within ``contextSpan`` bytes before a match that make it this sure.
    package var context: [String] = []
    package var contextScore = 0.0
    package var contextSpan = ContextWords.longestSpan
    package var severity: Severity = .medium
    /// Whether a policy must name the entity for it to be looked for.
    package var isOptIn = false
    /// Texts that hold a match, and ones that hold none: the tests run every one.
    package var hits: [String] = []
    package var misses: [String] = []
}

/// An entry ready to run, shared by all policies.
package final class CompiledEntry: Sendable {
    package let entry: DetectorEntry
    package let pattern: Pattern
    package let quarantine: Quarantine
    let context: ContextWords
    // What every match is judged by, beside the entry so that nothing is copied.
    let before: ByteSet
    let after: ByteSet
    let check: Check
    let score: Double
    let contextScore: Double
    let isUnicode: Bool
    let detector: Detector
    let literalForm: LiteralForm
    let detectorBit: DetectorSet
    /// Whether it reads text with the disguises of letters taken off.
    let readsFolded: Bool
    /// Whether it reads what is written in base64 and the like.
    let readsDecoded: Bool
    let severity: Severity
    /// Whether every match is as sure as any other: neither its check nor words before it say more.
    let hasOneScore: Bool
    /// How far a try of the pattern looks; `nil` for an operator's own, which may look at all that follows.
    let bound: Int?
    /// Words of which every match holds one, beside those of the trigger.
    ///
    /// They are read from the pattern when it is compiled: later the first requests would wait for it.
    let companions: [WordFinder]
    /// How many bytes behind a match decide about it.
    let rightContext: Int
    /// How far the engine looks around a trigger.
    ///
    /// Literals are told in the order of their ends, so a long one may start before the one told last.
    let lead: Int
    let reach: Int

    private static let mostCompanions = 2

    /// Catalogues have lists of words in their patterns.
    static func limits(_ detector: Detector) -> PatternLimits {
        detector == .custom ? PatternLimits() : PatternLimits(length: 32 * 1024)
    }

    package init(_ entry: DetectorEntry, isBuiltin: Bool = false) throws(PatternError) {
        self.entry = entry
        quarantine = Quarantine(isForOwn: !isBuiltin)
        pattern = try Pattern(entry.pattern, options: entry.options, limits: Self.limits(entry.detector))
        context = ContextWords(entry.context, span: entry.contextSpan)
        before = entry.before
        after = entry.after
        check = entry.check
        score = entry.score
        contextScore = entry.contextScore
        isUnicode = entry.options.contains(.unicode)
        detector = entry.detector
        detectorBit = DetectorSet(entry.detector)
        literalForm = entry.literalForm
        // What looks for disguises must see them.
        readsFolded = [.injection, .toxicity].contains(entry.detector) && entry.trigger != .invisible
        readsDecoded = readsFolded && entry.detector == .injection
        rightContext = max(entry.peek, entry.after.isEmpty ? 0 : 1)
        var longest = 0
        if case .literals(let words) = entry.trigger { longest = words.map(\.utf8.count).max() ?? 0 }
        lead = entry.lead + longest
        // Assertions such as \b see one scalar further.
        reach = entry.reach + 4
        severity = entry.severity
        hasOneScore = entry.context.isEmpty && entry.detector != .pii && entry.detector != .custom
        bound = entry.detector == .custom ? nil : lead + reach
        companions = Self.companions(entry)
    }

    private static func companions(_ entry: DetectorEntry) -> [WordFinder] {
        guard case .literals(let literals) = entry.trigger, entry.detector != .custom else { return [] }
        let required = RequiredWords(entry.pattern, options: entry.options, known: literals)
        return required.sets.prefix(mostCompanions).map(WordFinder.init)
    }
}
