import Contracts
import Dialects
import RouterCore

/// A guard's answer, checked against the texts that it is about.
struct InspectAnswer {
    /// Why an answer cannot be used.
    struct Fault: Error {
        var reason: String
    }

    /// The verdict on one text.
    struct Verdict {
        var verdict: RememberedVerdict
        /// Whether it holds for the same text again.
        var isCacheable: Bool
    }

    /// The strictest action.
    private(set) var action: GuardAction
    /// By the place of the text in the request.
    private(set) var verdicts: [Int: Verdict] = [:]

    /// - Parameters:
    ///   - reply: What the guard said.
    ///   - segments: The request's texts.
    ///   - asked: The places of those it was asked about.
    /// - Throws: ``Fault`` when the answer is about something else, or cannot be carried out.
    init(_ reply: InspectReply, _ segments: [TextSegment], asked: [Int]) throws(Fault) {
        guard reply.action.strictness != nil else { throw Fault(reason: "unknown_action") }
        action = reply.action
        let known = Set(asked)
        var edits: [Int: [TextEdit]] = [:]
        for edit in reply.edits {
            guard known.contains(edit.segment) else { throw Fault(reason: "unknown_segment") }
            edits[edit.segment, default: []].append(edit)
        }
        var fired: [Int: [String]] = [:]
        for finding in reply.findings where known.contains(finding.segment) {
            fired[finding.segment, default: []].append(Self.label(finding))
        }
        let said = Dictionary(reply.segments.map { ($0.id, $0) }) { first, _ in first }
        let restores = Dictionary(reply.restores.map { ($0.placeholder, $0) }) { first, _ in first }
        for index in asked {
            let own = edits[index] ?? []
            let made = try Self.verdict(reply, said[index], own, fired[index] ?? [], restores, segments[index])
            action = action.stricter(made.action)
            let isCacheable = said[index].map { $0.cacheable && !$0.contextDependent } ?? false
            verdicts[index] = Verdict(verdict: made, isCacheable: isCacheable)
        }
        // A block that no single text is blamed for would be forgotten with the next question.
        if reply.action == .block, !verdicts.values.contains(where: { $0.verdict.action == .block }) { forgetful() }
    }

    /// It was made under other policies than the router knows of: nothing of it is remembered.
    mutating func forgetful() {
        for index in verdicts.keys { verdicts[index]?.isCacheable = false }
    }

    private static func verdict(
        _ reply: InspectReply,
        _ said: SegmentVerdict?,
        _ edits: [TextEdit],
        _ fired: [String],
        _ restores: [String: Restore],
        _ segment: TextSegment
    ) throws(Fault) -> RememberedVerdict {
        var action = said?.action ?? (edits.isEmpty ? .allow : .mask)
        guard action.strictness != nil else { throw Fault(reason: "unknown_action") }
        if action == .allow, edits.isEmpty, fired.isEmpty { return .allowed }
        var content: [ContentEdit] = []
        var reason = reply.reason
        do throws(TextSpliceError) {
            content = try TextSplice.contentEdits(edits, of: segment)
        } catch {
            guard error == .brokenArguments else { throw Fault(reason: "bad_edit") }
            action = .block
            reason = "masking would break the arguments of a tool call"
        }
        return RememberedVerdict(
            action: action,
            edits: content,
            restores: edits.isEmpty ? [] : Self.restores(restores, of: edits),
            fired: fired,
            decisionID: reply.decisionID,
            reason: reason
        )
    }

    /// Longer replacements that are searched for placeholders inside them; of more, all pairs are taken.
    private static let searchLimit = 64

    /// The pairs that the edits of one text brought in.
    private static func restores(_ restores: [String: Restore], of edits: [TextEdit]) -> [Restore] {
        guard let shortest = restores.keys.map(\.utf8.count).min() else { return [] }
        var found: [String: Restore] = [:]
        for edit in edits {
            if let restore = restores[edit.replacement] {
                found[restore.placeholder] = restore
            } else if edit.replacement.utf8.count > shortest {
                guard restores.count <= searchLimit else { return Array(restores.values) }
                for restore in restores.values where edit.replacement.contains(restore.placeholder) {
                    found[restore.placeholder] = restore
                }
            }
        }
        return found.values.sorted { $0.placeholder < $1.placeholder }
    }

    /// What fired, for a header: never the text.
    static func label(_ finding: Finding) -> String {
        "\(finding.detector):\(finding.entity)=\(finding.action.rawValue)"
    }
}
