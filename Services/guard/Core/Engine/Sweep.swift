import Patterns

/// Runs one rule over a part of a text, the same way for a whole text and for a stream.
///
/// A match that is rejected does not use up its text: the search goes on one scalar further. So what is found does not
/// depend on where a stream was cut.
struct Sweep {
    let rule: Rule
    let index: Int
    let text: CheckedText
    /// Whether more text may come behind the end.
    let isOpen: Bool
    /// How many more matches change anything; see ``Rule/mostMatches``.
    private(set) var room = Int.max
    /// The same for all rules of its group, of matches that act; see ``RuleGroups``.
    private(set) var groupRoom = Int.max

    var hasRoom: Bool { room > 0 && groupRoom > 0 }

    init(rule: Rule, index: Int, text: CheckedText, isOpen: Bool, room: Int = .max, groupRoom: Int = .max) {
        self.rule = rule
        self.index = index
        self.text = text
        self.isOpen = isOpen
        self.room = room
        self.groupRoom = groupRoom
    }

    /// Adds what counts.
    ///
    /// - Parameters:
    ///   - start: Where the search begins.
    ///   - last: The last place where a match may begin.
    ///   - end: Where the text ends.
    ///   - bench: Whose matcher is used.
    ///   - budget: What is left for this rule on this text.
    ///   - found: Where matches go.
    /// - Returns: Where undecided text begins; the end when nothing is open, and behind the last place where there is one.
    mutating func run(
        from start: Int,
        last: Int = .max,
        to end: Int,
        _ bench: Workbench,
        _ budget: inout MatchBudget,
        into found: inout [Found]
    ) -> Int {
        let compiled = rule.compiled
        guard !compiled.quarantine.isClosed else { return end }
        var at = start
        while at < end, at <= last {
            let result: MatchResult
            do throws(MatchFault) {
                result = try bench.matcher.find(
                    compiled.pattern,
                    in: text,
                    from: at,
                    last: last,
                    to: end,
                    isOpen: isOpen,
                    bound: compiled.bound,
                    budget: &budget
                )
            } catch {
                compiled.quarantine.note()
                bench.hasFaulted = true
                return end
            }
            switch result {
            case .none: return min(end, last == .max ? end : last + 1)
            case .partial(let from):
                guard isRefused(before: from) else { return from }
                at = next(from, before: end)
            case .match(let range):
                guard let verdict = judge(range, end: end) else {
                    at = next(range.lowerBound, before: end)
                    continue
                }
                guard case .counts(let match) = verdict else { return range.lowerBound }
                if match.score >= rule.minimumScore {
                    found.append(match)
                    room -= rule.isEnough(match.score) ? 1 : 0
                    groupRoom -= rule.acts(match.score) ? 1 : 0
                    guard hasRoom else { return end }
                }
                at = max(match.range.upperBound, next(range.lowerBound, before: end))
            }
        }
        return min(at, end)
    }

    private enum Verdict {
        case counts(Found)
        /// What follows will tell.
        case undecided
    }

    private func judge(_ range: Range<Int>, end: Int) -> Verdict? {
        let compiled = rule.compiled
        guard !range.isEmpty, !isRefused(before: range.lowerBound) else { return nil }
        if isOpen, range.upperBound + compiled.rightContext > end { return .undecided }
        if range.upperBound < text.count, compiled.after.contains(text[range.upperBound]) { return nil }
        var match = Candidate(text: text, range: range, score: compiled.score)
        guard compiled.check.isPossible(match) else { return nil }
        if !compiled.context.isEmpty, compiled.context.stands(before: range.lowerBound, in: text) {
            match.hasContext = true
            match.score = max(match.score, compiled.contextScore)
        }
        guard compiled.check.accepts(&match) else { return nil }
        return .counts(Found(rule: index, range: match.range, score: match.score))
    }

    private func isRefused(before index: Int) -> Bool {
        index > 0 && rule.compiled.before.contains(text[index - 1])
    }

    /// The next place where a match may begin.
    ///
    /// Those behind a byte that refuses it are passed over here, for less than what the pattern would take to match there: a
    /// run of a megabyte of digits is tried once and not a million times.
    private func next(_ index: Int, before end: Int) -> Int {
        var next = index + 1
        while next < end, isRefused(before: next) { next += 1 }
        return rule.compiled.isUnicode ? text.boundary(after: next) : next
    }
}

/// A match under examination; a check may make it shorter or more sure.
struct Candidate {
    let text: CheckedText
    var range: Range<Int>
    var score: Double
    var hasContext = false

    init(text: CheckedText, range: Range<Int>, score: Double) {
        self.text = text
        self.range = range
        self.score = score
    }

    var bytes: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: text.base + range.lowerBound, count: range.count)
    }

    /// The byte at a distance behind the match.
    func following(_ distance: Int) -> UInt8? {
        let index = range.upperBound + distance
        return index < text.count ? text[index] : nil
    }

    /// The byte at a distance before the match, 1 for the nearest.
    func preceding(_ distance: Int) -> UInt8? {
        let index = range.lowerBound - distance
        return index >= 0 ? text[index] : nil
    }
}
