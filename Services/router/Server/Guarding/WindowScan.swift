import Contracts
import Dialects
import RouterCore

/// The window in front of a guard that does not scan streams: texts are inspected in pieces that overlap.
///
/// As long as its text goes on, a channel's last ``window`` bytes are never released, so a match up to that length is seen
/// whole before its first byte could leave. Confined to its event loop.
final class WindowScan {
    /// What is held back, and what of the released text a guard sees again; of text beyond ASCII it is more than 256 letters'
    /// worth in bytes only where letters are short.
    static let window = 1024
    /// The most that is collected of a tool call's arguments, which are inspected whole.
    private static let argumentsLimit = 1 << 20

    private struct Held {
        /// The end of what was released, as the provider wrote it.
        var tail: [UInt8] = []
        /// What is not released.
        var text: [UInt8] = []
    }

    private let rules: GuardRules
    private let scope: RequestScope
    private var channels: [AnswerChannel: Held] = [:]

    init(_ rules: GuardRules, _ scope: RequestScope) {
        self.rules = rules
        self.scope = scope
    }

    func push(
        _ channel: AnswerChannel,
        _ text: String,
        _ link: GuardLink,
        _ request: PreparationRequest
    ) async throws(ScanFailure) -> String {
        channels[channel, default: Held()].text += text.utf8
        let count = channels[channel]?.text.count ?? 0
        if channel.isArguments {
            guard count <= Self.argumentsLimit else { return try await release(channel, keeping: 0, link, request) }
            return ""
        }
        guard count >= 2 * Self.window else { return "" }
        return try await release(channel, keeping: Self.window, link, request)
    }

    func flush(
        _ channel: AnswerChannel,
        _ link: GuardLink,
        _ request: PreparationRequest
    ) async throws(ScanFailure) -> String {
        guard channels[channel]?.text.isEmpty == false else { return "" }
        return try await release(channel, keeping: 0, link, request)
    }

    private func release(
        _ channel: AnswerChannel,
        keeping kept: Int,
        _ link: GuardLink,
        _ request: PreparationRequest
    ) async throws(ScanFailure) -> String {
        guard let held = channels[channel] else { return "" }
        let whole = held.tail + held.text
        let asked = InspectSegment(
            id: 0,
            role: "assistant",
            kind: channel.kind,
            text: String(decoding: whole, as: UTF8.self)
        )
        let edits = try await TextInspection.edits(of: [asked], rules, scope, link, request, isWhole: false)[0] ?? []
        var end = whole.count - kept
        // Not through a character, and not through what is replaced.
        while end > held.tail.count, end < whole.count, whole[end] & 0xC0 == 0x80 { end -= 1 }
        for edit in edits where edit.range.lowerBound < end && edit.range.upperBound > end {
            end = max(held.tail.count, edit.range.lowerBound)
        }
        var out: [UInt8] = []
        var at = held.tail.count
        for edit in edits where edit.range.upperBound > at && edit.range.lowerBound < end {
            // Of a match that began before, what had left has left; the rest of it is replaced.
            out += whole[at..<max(at, edit.range.lowerBound)]
            out += edit.replacement.utf8
            at = edit.range.upperBound
        }
        out += whole[at..<max(at, end)]
        end = max(at, end)
        channels[channel] = Held(tail: Self.tail(whole[..<end]), text: Array(whole[end...]))
        return String(decoding: out, as: UTF8.self)
    }

    /// The end of a text, beginning with a whole character.
    private static func tail(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var tail = text.suffix(window)
        while let first = tail.first, first & 0xC0 == 0x80 { tail.removeFirst() }
        return Array(tail)
    }
}
