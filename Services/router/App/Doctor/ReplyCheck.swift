package import Contracts

/// Holds a guard's answer against what the contract asks of it.
package enum ReplyCheck {
    /// The first thing that is wrong with an answer; `nil` when it keeps to the contract.
    package static func problem(_ reply: InspectReply, to request: InspectRequest) -> String? {
        let texts = Dictionary(
            request.segments.map { ($0.id, Array($0.text.utf8)) },
            uniquingKeysWith: { first, _ in first }
        )
        let words = GuardAction.known.map(\.rawValue).joined(separator: ", ")
        guard GuardAction.known.contains(reply.action) else {
            return "the action \(reply.action.rawValue) is none of \(words)"
        }
        for finding in reply.findings {
            guard let text = texts[finding.segment] else { return unknown(finding.segment, "a finding") }
            guard GuardAction.known.contains(finding.action) else {
                return "a finding's action \(finding.action.rawValue) is none of \(words)"
            }
            do throws(EditedText.Problem) {
                try EditedText.check(finding.range, in: text)
            } catch {
                return "a finding of \(finding.entity): \(error)"
            }
        }
        return problem(reply.edits, texts) ?? contradiction(reply)
    }

    private static func problem(_ edits: [TextEdit], _ texts: [Int: [UInt8]]) -> String? {
        for (segment, edits) in Dictionary(grouping: edits, by: \.segment) {
            guard let text = texts[segment] else { return unknown(segment, "an edit") }
            do throws(EditedText.Problem) {
                _ = try EditedText.apply(edits, to: text)
            } catch {
                return error.description
            }
        }
        return nil
    }

    private static func contradiction(_ reply: InspectReply) -> String? {
        if reply.action == .mask, reply.edits.isEmpty { return "the action is mask, but there are no edits" }
        let changes: Set<GuardAction> = [.mask, .block]
        if !reply.edits.isEmpty, !changes.contains(reply.action) {
            return "there are edits, but the action is \(reply.action.rawValue)"
        }
        return nil
    }

    private static func unknown(_ segment: Int, _ what: String) -> String {
        "\(what) is about the segment \(segment), which was not sent"
    }
}
