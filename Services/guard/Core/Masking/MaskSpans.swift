import Contracts

/// A stretch of text that something stands in place of.
struct MaskSpan: Hashable, Sendable {
    var range: Range<Int>
    /// The rule that gives the replacement its name.
    var rule: Int
}

enum MaskSpans {
    /// The stretches to replace: matches that overlap are replaced together, by the name of the best of them, so that nothing of
    /// any of them is left.
    ///
    /// - Returns: In order, without overlap.
    static func merged(_ found: [Found], _ plan: DetectionPlan) -> [MaskSpan] {
        let masked = found.filter { plan.rules[$0.rule].action.changesText && plan.acts(on: $0) }
        guard !masked.isEmpty else { return [] }
        var spans: [MaskSpan] = []
        var best: Found?
        for match in masked.sorted(by: plan.precedes) {
            if let last = spans.last, match.range.lowerBound < last.range.upperBound, let leader = best {
                let upper = max(last.range.upperBound, match.range.upperBound)
                let winner = plan.isBetter(match, than: leader) ? match : leader
                best = winner
                spans[spans.count - 1] = MaskSpan(range: last.range.lowerBound..<upper, rule: winner.rule)
            } else {
                best = match
                spans.append(MaskSpan(range: match.range, rule: match.rule))
            }
        }
        return spans
    }
}

extension DetectionPlan {
    /// How bad a match is: the entry's word for data, the certainty for instructions.
    func severity(of match: Found) -> Severity {
        rules[match.rule].severity(match.score)
    }

    /// Whether the policy's action is taken for it; otherwise it is only noted.
    func acts(on match: Found) -> Bool {
        rules[match.rule].acts(match.score)
    }

    func action(on match: Found) -> GuardAction {
        acts(on: match) ? rules[match.rule].action : .logOnly
    }

    /// The order of text, longer matches first.
    func precedes(_ one: Found, _ other: Found) -> Bool {
        if one.range.lowerBound != other.range.lowerBound { return one.range.lowerBound < other.range.lowerBound }
        if one.range.upperBound != other.range.upperBound { return one.range.upperBound > other.range.upperBound }
        return one.rule < other.rule
    }

    /// Which of two overlapping matches says what is there.
    func isBetter(_ one: Found, than other: Found) -> Bool {
        let (first, second) = (action(on: one).rank, action(on: other).rank)
        if first != second { return first > second }
        if one.score != other.score { return one.score > other.score }
        if one.range.count != other.range.count { return one.range.count > other.range.count }
        return one.rule < other.rule
    }

    /// What is told of matches: of those that overlap and come from the same detector the better ones, in the order of the text.
    func told(_ found: [Found]) -> [Found] {
        guard found.count > 1 else { return found }
        var kept: [Found] = []
        var cluster: [Found] = []
        var end = 0
        for match in found.sorted(by: precedes) {
            if match.range.lowerBound >= end {
                if cluster.count == 1 { kept.append(cluster[0]) } else { kept += best(of: cluster) }
                cluster.removeAll(keepingCapacity: true)
            }
            cluster.append(match)
            end = max(end, match.range.upperBound)
        }
        kept += best(of: cluster)
        kept.sort(by: precedes)
        return kept
    }

    /// A cluster longer than this is cut: many matches on one stretch say no more than a few.
    private static let longestCluster = 64

    private func best(of cluster: [Found]) -> [Found] {
        guard cluster.count > 1 else { return cluster }
        var kept: [Found] = []
        for match in cluster.prefix(Self.longestCluster).sorted(by: { isBetter($0, than: $1) }) {
            let detector = rules[match.rule].entry.detector
            let isCovered = kept.contains {
                $0.range.overlaps(match.range) && rules[$0.rule].entry.detector == detector
            }
            if !isCovered { kept.append(match) }
        }
        return kept
    }
}
