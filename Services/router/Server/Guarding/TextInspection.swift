import Contracts
import Dialects
import RouterCore

/// Asks the guard about texts of an answer.
enum TextInspection {
    /// - Parameters:
    ///   - segments: The texts; their ids are their places.
    ///   - rules: The policies.
    ///   - scope: Where the answer comes from and where it goes.
    ///   - link: The guard.
    ///   - request: Takes note of what is done.
    ///   - isWhole: Whether they are the whole answer, which may be held to the schema that was asked for.
    /// - Returns: What must change, by place.
    /// - Throws: ``ScanFailure`` when a policy stops the answer, or when nobody can judge it and it must not pass unseen.
    static func edits(
        of segments: [InspectSegment],
        _ rules: GuardRules,
        _ scope: RequestScope,
        _ link: GuardLink,
        _ request: PreparationRequest,
        isWhole: Bool
    ) async throws(ScanFailure) -> [Int: [TextEdit]] {
        let inspect = InspectRequest(
            requestID: request.requestID,
            direction: .outbound,
            scope: scope,
            segments: segments,
            answerSchema: isWhole ? request.answerSchema : nil
        )
        let bytes = segments.reduce(0) { $0 + $1.text.utf8.count }
        let reply: InspectReply
        do throws(ServiceError) {
            reply = try await link.inspect(inspect, bytes: bytes, failure: rules.failure, trace: request.trace)
        } catch {
            return try passed(rules, error.reason, link, request)
        }
        guard let edits = checked(reply, segments) else { return try passed(rules, "bad_edit", link, request) }
        note(reply, request)
        if reply.action == .block || reply.segments.contains(where: { $0.action == .block }) {
            throw .blocked(reply.reason)
        }
        return edits
    }

    /// Nobody could judge the texts: they pass unseen, or not at all.
    private static func passed(
        _ rules: GuardRules,
        _ reason: String,
        _ link: GuardLink,
        _ request: PreparationRequest
    ) throws(ScanFailure) -> [Int: [TextEdit]] {
        if let error = link.failed(rules.failure, reason, requestID: request.requestID) { throw .unavailable(error) }
        return [:]
    }

    private static func note(_ reply: InspectReply, _ request: PreparationRequest) {
        var action = reply.action
        for segment in reply.segments { action = action.stricter(segment.action) }
        if !reply.edits.isEmpty { action = action.stricter(.mask) }
        request.note(action, decisionID: reply.decisionID, fired: reply.findings.map(InspectAnswer.label))
    }

    /// The edits by text; `nil` when they do not fit the texts.
    private static func checked(_ reply: InspectReply, _ segments: [InspectSegment]) -> [Int: [TextEdit]]? {
        guard reply.action.strictness != nil else { return nil }
        var edits: [Int: [TextEdit]] = [:]
        for edit in reply.edits {
            guard segments.indices.contains(edit.segment) else { return nil }
            let text = segments[edit.segment].text.utf8
            let last = edits[edit.segment]?.last?.range.upperBound ?? 0
            guard edit.range.lowerBound >= last, edit.range.upperBound <= text.count,
                isBoundary(edit.range.lowerBound, text), isBoundary(edit.range.upperBound, text)
            else { return nil }
            edits[edit.segment, default: []].append(edit)
        }
        return edits
    }

    private static func isBoundary(_ offset: Int, _ text: String.UTF8View) -> Bool {
        guard offset < text.count else { return true }
        return text[text.index(text.startIndex, offsetBy: offset)] & 0xC0 != 0x80
    }

    /// A text with edits made.
    static func text(_ text: String, with edits: [TextEdit]) -> String {
        guard !edits.isEmpty else { return text }
        let bytes = Array(text.utf8)
        var out: [UInt8] = []
        var at = 0
        for edit in edits {
            out += bytes[at..<edit.range.lowerBound]
            out += edit.replacement.utf8
            at = edit.range.upperBound
        }
        out += bytes[at...]
        return String(decoding: out, as: UTF8.self)
    }
}
