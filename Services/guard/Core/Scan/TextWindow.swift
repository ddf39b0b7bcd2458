import Contracts
import Patterns

/// What a window lets go.
struct WindowRelease {
    var bytes: [UInt8] = []
    var found: [Found] = []
    var isBlocked = false
    /// Bytes of the text before the place that the matches count from.
    var base = 0
}

/// One text while it comes: holds back what could still become a match and lets the rest go at once.
///
/// Each rule runs over the text once. It stands where its search has come to: everything before is decided, because no text to
/// come can start a match there. What goes on ends at the earliest such place of the rules that mask or block, so for every cut
/// the same is released as if the whole text had been masked at once. Where a match is longer than the window, or stays open for
/// longer, it is replaced from its start and its text swallowed until it is decided.
struct TextWindow {
    /// Bytes kept before what is searched: context words, and what assertions look at.
    private static let leftContext = ContextWords.longestSpan + 32
    /// The longest that a match is waited for.
    private static let longestMatch = 8192
    /// Text that piles up before rules that hold nothing back look at it: at each piece of some bytes most of their time would
    /// go into starting.
    private static let batch = 512
    /// How much is let pile up before the decided part is dropped.
    private static let slack = 2048

    private let plan: DetectionPlan
    private let masker: Masker
    private let window: Int
    /// Text from ``base`` on, and where each byte stands in ``source``; none where the two are the same.
    private var text: [UInt8] = []
    private var source: [UInt8] = []
    private var places: [Int]?
    /// Bytes of the channel before the first of ``text``.
    private var base = 0
    /// The first byte that was not let go.
    private var released = 0
    /// Where each rule's search has come to.
    private var resume: [Int]
    /// Masking matches that are not let go yet.
    private var waiting: [Found] = []
    /// The rule whose open match was replaced before it was decided, and where that match starts.
    private var swallowing: (rule: Int, start: Int)?

    init(_ plan: DetectionPlan, _ masker: Masker, window: Int, isEscaped: Bool) {
        self.plan = plan
        self.masker = masker
        self.window = window
        resume = [Int](repeating: 0, count: plan.rules.count)
        places = isEscaped ? [] : nil
    }

    var holdsText: Bool { released < text.count }

    // MARK: Taking in

    mutating func append(_ bytes: some Collection<UInt8>) {
        text.append(contentsOf: bytes)
    }

    /// Takes in decoded text with its source; `starts` are places in that source.
    mutating func append(_ bytes: ArraySlice<UInt8>, source added: ArraySlice<UInt8>, starts: ArraySlice<Int>) {
        text.append(contentsOf: bytes)
        let offset = source.count - added.startIndex
        for start in starts { places?.append(start + offset) }
        source.append(contentsOf: added)
    }

    // MARK: Letting go

    /// Searches what is new and lets go what is decided; in the end, when nothing follows, that is everything.
    mutating func advance(isFinal: Bool, _ bench: Workbench) -> WindowRelease {
        var release = WindowRelease(base: base)
        let openFrom = search(isFinal: isFinal, bench, &release)
        var limit = isFinal ? text.count : openFrom
        if let blocked = firstBlock(release.found) {
            limit = min(limit, blocked.range.lowerBound)
            release.isBlocked = true
        }
        endSwallowing()
        limit = beforeOpenMatches(limit)
        letGo(to: max(limit, released), &release)
        if !isFinal, !release.isBlocked { force(&release) }
        trim()
        return release
    }

    /// Runs the rules and returns where the first open match of one that intervenes may start.
    private mutating func search(isFinal: Bool, _ bench: Workbench, _ release: inout WindowRelease) -> Int {
        var openFrom = text.count
        var found: [Found] = []
        text.withUnsafeBufferPointer { bytes in
            let text = CheckedText(valid: bytes)
            for index in plan.rules.indices {
                if !isFinal, !plan.rules[index].intervenes, text.count - resume[index] < Self.batch { continue }
                var sweep = Sweep(rule: plan.rules[index], index: index, text: text, isOpen: !isFinal)
                var budget = MatchBudget()
                resume[index] = sweep.run(from: resume[index], to: text.count, bench, &budget, into: &found)
                if plan.rules[index].intervenes {
                    openFrom = min(openFrom, resume[index])
                } else if text.count - resume[index] > Self.longestMatch {
                    resume[index] = text.count
                }
            }
        }
        release.found = found
        for match in found where plan.action(on: match) == .mask { waiting.append(match) }
        return openFrom
    }

    private func firstBlock(_ found: [Found]) -> Found? {
        found.filter { plan.action(on: $0) == .block }.min { $0.range.lowerBound < $1.range.lowerBound }
    }

    /// A match that begins before the limit and ends behind it waits for what may overlap it, and so does what it overlaps.
    private func beforeOpenMatches(_ limit: Int) -> Int {
        var limit = limit
        for match in waiting.sorted(by: { $0.range.upperBound > $1.range.upperBound }) {
            guard match.range.upperBound > limit else { break }
            limit = min(limit, match.range.lowerBound)
        }
        return limit
    }

    private mutating func letGo(to limit: Int, _ release: inout WindowRelease) {
        let ready = waiting.filter { $0.range.upperBound <= limit }
        waiting.removeAll { $0.range.upperBound <= limit }
        for span in MaskSpans.merged(ready, plan) {
            let start = max(span.range.lowerBound, released)
            guard span.range.upperBound > released else { continue }
            copy(to: start, &release)
            // What was replaced from its start is not replaced again.
            if start == span.range.lowerBound {
                write(span.rule, span.range, &release)
            }
            released = span.range.upperBound
        }
        copy(to: limit, &release)
    }

    private mutating func copy(to end: Int, _ release: inout WindowRelease) {
        guard end > released else { return }
        if let places {
            release.bytes += source[places[released]..<(end < places.count ? places[end] : source.count)]
        } else {
            release.bytes += text[released..<end]
        }
        released = end
    }

    private func write(_ rule: Int, _ range: Range<Int>?, _ release: inout WindowRelease) {
        let entity = plan.rules[rule].entry.entity
        let placeholder = text.withUnsafeBufferPointer { bytes in
            masker.replacement(entity, range.map { UnsafeBufferPointer(rebasing: bytes[$0]) })
        }
        release.bytes += (places == nil ? placeholder : JSONEscape.escaped(placeholder)).utf8
    }

    // MARK: Matches longer than the window

    /// Replaces an open match from its start when it has held back a window of text.
    private mutating func force(_ release: inout WindowRelease) {
        guard holdsWindow else { return }
        if let (rule, start) = swallowing {
            released = text.count
            // Nothing is waited for for ever.
            if text.count - start > Self.longestMatch { resume[rule] = text.count }
            return
        }
        let open = plan.rules.indices.filter { plan.rules[$0].intervenes }.min { resume[$0] < resume[$1] }
        guard let rule = open, resume[rule] < text.count else { return }
        let match = Found(rule: rule, range: released..<text.count, score: plan.rules[rule].entry.score)
        release.found.append(match)
        guard plan.rules[rule].action != .block else {
            release.isBlocked = true
            return
        }
        // Of what began before the open match and runs into it nothing is left either.
        write(rule, nil, &release)
        swallowing = (rule, resume[rule])
        released = text.count
    }

    private var holdsWindow: Bool {
        guard text.count - released >= window else { return swallowing != nil && released < text.count }
        var scalars = 0
        for byte in text[released...] where byte & 0xC0 != 0x80 { scalars += 1 }
        return scalars >= window || swallowing != nil
    }

    /// Once the replaced match is decided, its text ends with it, or, if it was none, with what was swallowed.
    private mutating func endSwallowing() {
        guard let (rule, start) = swallowing, resume[rule] != start else { return }
        swallowing = nil
        if let match = waiting.first(where: { $0.rule == rule && $0.range.lowerBound == start }) {
            // What was swallowed behind it was held back for nothing.
            released = match.range.upperBound
            waiting.removeAll { $0 == match }
        }
        waiting.removeAll { $0.range.upperBound <= released }
    }

    // MARK: Forgetting

    private mutating func trim() {
        var keep = released
        for place in resume { keep = min(keep, place) }
        for match in waiting { keep = min(keep, match.range.lowerBound) }
        keep -= Self.leftContext
        guard keep > Self.slack else { return }
        while keep > 0, text[keep] & 0xC0 == 0x80 { keep -= 1 }
        text.removeSubrange(..<keep)
        if let old = places {
            let first = old[keep]
            source.removeSubrange(..<first)
            places = old[keep...].map { $0 - first }
        }
        base += keep
        released -= keep
        for index in resume.indices { resume[index] -= keep }
        for index in waiting.indices { waiting[index].range = waiting[index].range.moved(by: -keep) }
        if let (rule, start) = swallowing { swallowing = (rule, start - keep) }
    }
}

extension Range<Int> {
    func moved(by offset: Int) -> Range<Int> { lowerBound + offset..<upperBound + offset }
}
