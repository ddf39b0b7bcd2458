import Patterns

/// A rule that weighs words instead of looking for a pattern: an entry with the check `weighed`.
package struct SentenceRule: Sendable {
    let weights: SentenceWeights
    /// The words without one of which a window is not weighed: the entry's literals.
    let anchors: Set<UInt64>
    /// How sure a match is that only just counts.
    private let score: Double

    /// `nil` for an entry that has a pattern.
    init?(_ entry: DetectorEntry) {
        guard entry.check == .weighed, case .literals(let words) = entry.trigger else { return nil }
        weights = .builtin
        anchors = Set(words.map { WordHash($0.lowercased()).value })
        score = entry.score
    }

    /// How sure a match is: an order of magnitude beyond the threshold is as sure as it gets.
    private func sureness(_ excess: Int) -> Double { min(0.95, score + Double(excess) / 2000) }

    /// Looks through the surroundings of the words that waited for.
    func search(_ regions: [Range<Int>], _ rule: Rule, _ index: Int, _ text: CheckedText, _ bench: Workbench) {
        for region in regions {
            var start = text.boundary(before: region.lowerBound)
            let end = text.boundary(after: region.upperBound)
            // The rest of a word would be read as another.
            while start > 0, start < end, Self.isWithinWord(text[start - 1]) { start += 1 }
            bench.scorer.begin(at: start)
            _ = bench.scorer.run(self, text, to: end, isOpen: end < text.count) { range, excess in
                let found = Found(rule: index, range: range, score: sureness(excess))
                if found.score >= rule.minimumScore { bench.found.append(found) }
            }
        }
    }

    private static func isWithinWord(_ byte: UInt8) -> Bool {
        byte >= 0x80 || byte == 0x27 || ByteSet.word.contains(byte)
    }

    /// Reads on in a stream.
    ///
    /// - Returns: Where undecided text begins.
    func run(
        _ scorer: inout SentenceScorer,
        _ rule: Rule,
        _ index: Int,
        _ text: CheckedText,
        isOpen: Bool,
        into found: inout [Found]
    ) -> Int {
        var own: [Found] = []
        let open = scorer.run(self, text, to: text.count, isOpen: isOpen) { range, excess in
            let match = Found(rule: index, range: range, score: sureness(excess))
            if match.score >= rule.minimumScore { own.append(match) }
        }
        found += own
        return open
    }
}
