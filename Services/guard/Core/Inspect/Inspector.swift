package import Contracts
import JSON
import Patterns

/// Judges texts as a whole.
package struct Inspector: Sendable {
    /// Findings told in one answer; the rest is acted upon all the same.
    package static let mostFindings = 1000
    /// Placeholders told in one answer.
    package static let mostRestores = 10_000

    private let masker: Masker
    private let prepared: PolicyBook.Prepared

    package init(_ prepared: PolicyBook.Prepared, tag: @escaping Masker.Tag) {
        self.prepared = prepared
        masker = Masker(prepared.plan.strategy, tag: tag)
    }

    /// Judges the texts of a request.
    ///
    /// - Parameters:
    ///   - request: What is asked.
    ///   - bench: Memory of this thread.
    ///   - look: What an engine outside has found; without it, or for a segment that it was not asked about, the native detectors
    ///     do the work.
    ///   - moderation: What a moderation endpoint has found.
    ///   - meaning: The topics that texts are near to.
    /// - Returns: The verdict without a decision's id and the policies' version, which are the server's.
    package func inspect(
        _ request: InspectRequest,
        _ bench: Workbench,
        _ look: ExternalLook = .none,
        moderation: ExternalLook = .none,
        meaning: ExternalLook = .none
    ) -> InspectReply {
        var reply = InspectReply(action: .allow)
        let direction = request.direction
        let check = Self.answerCheck(prepared.plan, request)
        guard !prepared.plan.isEmpty || prepared.plan.offTopic != nil || check != nil || !look.matches.isEmpty else {
            reply.segments = request.segments.map { SegmentVerdict(id: $0.id, action: .allow, cacheable: true) }
            return reply
        }
        var reasons = Reasons()
        var placeholders: Set<String> = []
        for (place, segment) in request.segments.enumerated() {
            bench.hasFaulted =
                look.missed.contains(place) || moderation.missed.contains(place) || meaning.missed.contains(place)
            let outside = Outside(
                personal: look.matches[place],
                moderated: moderation.matches[place] ?? [],
                meant: meaning.matches[place]
            )
            var text = segment.text
            let judged = text.withUTF8 {
                judge(segment, CheckedText(valid: $0), direction, bench, outside)
            }
            var action = judged.action
            if bench.hasFaulted, prepared.policy.onFailure == "closed" {
                action = .block
                reasons.add("a detector gave up", .block)
            }
            for standing in judged.standings { reasons.add(standing.name, standing.action) }
            if let check, segment.kind == .text,
                let fault = check.judge(Array(segment.text.utf8), isTooLong: false, bench.matcher)
            {
                action = action.stricter(check.action)
                reasons.add(fault.reason, check.action)
                reply.findings.append(fault.finding(segment: segment.id, check.action))
            }
            reply.segments.append(SegmentVerdict(id: segment.id, action: action, cacheable: !bench.hasFaulted))
            reply.action = reply.action.stricter(action)
            reply.edits += judged.edits
            reply.findings += judged.findings.prefix(max(0, Self.mostFindings - reply.findings.count))
            for restore in judged.restores where reply.restores.count < Self.mostRestores {
                if placeholders.insert(restore.placeholder).inserted { reply.restores.append(restore) }
            }
        }
        reply.reason = reasons.text
        return reply
    }

    /// What the texts of an answer are held to as a whole; next to a call of a tool, text is talk.
    private static func answerCheck(_ plan: DetectionPlan, _ request: InspectRequest) -> AnswerCheck? {
        guard request.direction == .outbound, !request.segments.contains(where: { $0.kind == .toolArguments }) else {
            return nil
        }
        return plan.answers?.check(request.answerSchema)
    }

    // MARK: One text

    struct Judgement {
        var action = GuardAction.allow
        var edits: [TextEdit] = []
        /// The first ones; see ``mostFindings``.
        var findings: [Finding] = []
        /// What each rule's matches come to, one of a kind, in the order of the text.
        var standings: [(name: String, action: GuardAction)] = []
        var restores: [Restore] = []
    }

    /// What engines outside have found in one text; `nil` where one was not asked about it.
    private struct Outside {
        var personal: [ExternalMatch]?
        var moderated: [ExternalMatch]
        var meant: [ExternalMatch]?

        func found(in plan: DetectionPlan) -> [Found] {
            plan.found(byModeration: moderated) + plan.found(byMeaning: meant ?? [])
        }
    }

    private func judge(
        _ segment: InspectSegment,
        _ text: CheckedText,
        _ direction: Direction,
        _ bench: Workbench,
        _ outside: Outside
    ) -> Judgement {
        var judgement = Judgement()
        // What a text means was asked in place of its words.
        let dropsWords = outside.meant != nil && prepared.meaning?.replacesWords ?? false
        if let matches = outside.personal, let external = prepared.external {
            let skipped = Self.skipped(segment, direction)
            let found =
                external.found(matches.filter { $0.range.upperBound <= text.count })
                + outside.found(in: external.plan)
            let words = Words(skipped: skipped, dropsTopics: dropsWords)
            judge(external.plan, segment, text, words, bench, adding: found, into: &judgement) { $0 }
            return judgement
        }
        let plan = prepared.plan
        let words = Words(skipped: Self.skipped(segment, direction), dropsTopics: dropsWords)
        guard segment.kind == .toolArguments else {
            let found = outside.found(in: plan)
            judge(plan, segment, text, words, bench, adding: found, into: &judgement) { $0 }
            return judgement
        }
        var strings = JSONStrings()
        strings.read(Array(text.bytes))
        let isJSON = strings.mode == .json
        for case .text(let decoded, let source) in strings.parts {
            strings.decoded[decoded].withUnsafeBufferPointer { bytes in
                let text = CheckedText(repaired: bytes)
                judge(plan, segment, text, words, bench, isJSON: isJSON, into: &judgement) { range in
                    let places = strings.places
                    func place(_ index: Int) -> Int {
                        index < decoded.count ? places[decoded.lowerBound + index] : source.upperBound
                    }
                    return place(range.lowerBound)..<place(range.upperBound)
                }
            }
        }
        return judgement
    }

    /// The detectors that a text is nothing for.
    ///
    /// In the operator's own texts nothing is an injection or an attack on somebody, and a request is about what its last user
    /// turn is about.
    static func skipped(_ segment: InspectSegment, _ direction: Direction) -> DetectorSet {
        if isOwn(segment) { return [.injection, .toxicity, .topics] }
        let isSaid = segment.kind == .text && (direction == .outbound || segment.lastUser)
        return isSaid ? [] : [.topics]
    }

    /// Whether a text is the operator's.
    package static func isOwn(_ segment: InspectSegment) -> Bool {
        segment.kind == .system || segment.role == "system" || segment.role == "developer"
    }

    /// What of a text's own words does not count.
    private struct Words {
        var skipped: DetectorSet
        /// Whether topics are told by meaning alone.
        var dropsTopics: Bool
    }

    /// Searches one stretch of text; `map` leads to the segment's bytes.
    private func judge(
        _ plan: DetectionPlan,
        _ segment: InspectSegment,
        _ text: CheckedText,
        _ words: Words,
        _ bench: Workbench,
        isJSON: Bool = false,
        adding further: [Found] = [],
        into judgement: inout Judgement,
        map: (Range<Int>) -> Range<Int>
    ) {
        Engine.search(plan, text, skipping: words.skipped, bench)
        if words.dropsTopics {
            bench.found.removeAll { plan.rules[$0.rule].compiled.detector == .topics }
        }
        bench.found += further
        if segment.kind == .toolResult { Self.weighOrigin(plan, bench) }
        if let action = plan.offTopic, !words.skipped.contains(.topics) {
            judgeTopic(plan, action, segment.id, text, bench, &judgement)
        }
        guard !bench.found.isEmpty else { return }
        tell(plan.told(bench.found), plan, segment.id, &judgement, map)
        // One for all matches of a rule, where it does not tell of the value.
        var known = [String?](repeating: nil, count: plan.rules.count)
        let spans = MaskSpans.merged(bench.found, plan)
        judgement.edits.reserveCapacity(judgement.edits.count + spans.count)
        for span in spans {
            let value = UnsafeBufferPointer(rebasing: text.bytes[span.range])
            let placeholder = known[span.rule] ?? masker.replacement(plan.rules[span.rule].entry.entity, value)
            if !masker.tellsValues { known[span.rule] = placeholder }
            judgement.edits.append(
                TextEdit(
                    segment: segment.id,
                    range: map(span.range),
                    replacement: isJSON ? JSONEscape.escaped(placeholder) : placeholder
                )
            )
            guard masker.isReversible else { continue }
            judgement.restores.append(
                Restore(placeholder: placeholder, original: String(decoding: value, as: UTF8.self))
            )
        }
    }
}

extension Inspector {
    /// Takes in matches: all of them are acted upon, and the first are told one by one.
    private func tell(
        _ matches: [Found],
        _ plan: DetectionPlan,
        _ segment: Int,
        _ judgement: inout Judgement,
        _ map: (Range<Int>) -> Range<Int>
    ) {
        // By rule, whether it acts or not.
        var seen = [Bool](repeating: false, count: 2 * plan.rules.count)
        for match in matches {
            let isTold = judgement.findings.count < Self.mostFindings
            let kind = 2 * match.rule + (plan.acts(on: match) ? 1 : 0)
            let isNew = !seen[kind]
            seen[kind] = true
            guard isTold || isNew else { continue }
            let finding = plan.finding(match, segment: segment, range: map(match.range))
            judgement.action = judgement.action.stricter(finding.action)
            if isNew { judgement.standings.append(("\(finding.detector) \(finding.entity)", finding.action)) }
            if isTold { judgement.findings.append(finding) }
        }
    }
}

extension DetectionPlan {
    func finding(_ match: Found, segment: Int, range: Range<Int>) -> Finding {
        let entry = rules[match.rule].entry
        return Finding(
            segment: segment,
            detector: entry.detector.rawValue,
            entity: entry.entity,
            range: range,
            score: match.score,
            severity: severity(of: match),
            action: action(on: match)
        )
    }
}

/// What an answer says about its verdict: detectors and entities behind the strictest action, never text.
struct Reasons {
    private static let most = 4

    private var action = GuardAction.allow
    private var names: [String] = []

    mutating func add(_ name: String, _ action: GuardAction) {
        guard action.rank > 0, action.rank >= self.action.rank else { return }
        if action.rank > self.action.rank {
            self.action = action
            names = []
        }
        if names.count < Self.most, !names.contains(name) { names.append(name) }
    }

    var text: String { names.joined(separator: ", ") }
}

/// Text as the inside of a JSON string.
enum JSONEscape {
    static func escaped(_ text: String) -> String {
        var writer = JSONWriter()
        writer.string(text)
        return String(decoding: writer.bytes.dropFirst().dropLast(), as: UTF8.self)
    }
}

extension CheckedText {
    /// Text that was decoded by us: valid unless its source was not, and then there is nothing in it to look for.
    init(repaired bytes: UnsafeBufferPointer<UInt8>) {
        self = CheckedText(checking: bytes) ?? CheckedText(valid: UnsafeBufferPointer(start: nil, count: 0))
    }
}
