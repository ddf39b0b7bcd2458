import Contracts
import SaverCore

/// Answers `Compress`.
struct Compressor: Sendable {
    /// Requests with more text than this are worked on by a thread.
    private static let longestOnLoop = 64 << 10
    /// A text longer than this goes out as it is: a tool that prints so much is rare, and its agent cuts it.
    private static let longestText = 8 << 20

    let engine: SaverEngine
    let state: SettingsState
    let earlier: EarlierEpochs
    let threads: TextThreads

    func compress(
        _ request: CompressRequest,
        until deadline: ContinuousClock.Instant?
    ) async throws(ServiceError) -> CompressReply {
        let book = try await book(request.epoch)
        var reply = CompressReply(epoch: book.epoch)
        // What is held out, to compare, is left alone altogether.
        guard !request.facts.holdout else { return reply }
        let settings = book.effective(for: request.scope)
        reply.directives = state.directives.directives(
            settings,
            structuredOutput: request.facts.structuredOutput,
            hasTools: request.facts.hasTools
        )
        guard settings.rtk || request.trial else { return reply }
        let segments = request.segments.filter { segment in
            segment.kind == .toolResult && segment.text.utf8.count <= Self.longestText
        }
        let length = segments.reduce(0) { $0 + $1.text.utf8.count }
        if length <= Self.longestOnLoop {
            reply.replacements = Self.shrink(segments, engine, until: deadline)
        } else {
            let engine = engine
            reply.replacements = try await threads.run { Self.shrink(segments, engine, until: deadline) }
        }
        return reply
    }

    /// The settings of the version asked for, as long as they are kept.
    private func book(_ epoch: String?) async throws(ServiceError) -> SettingsBook {
        let current = state.book
        guard let epoch, epoch != current.epoch else { return current }
        return try await earlier.book(epoch) ?? current
    }

    /// Each text by itself; nobody waits for the rest once the deadline has passed.
    private static func shrink(
        _ segments: [CompressSegment],
        _ engine: SaverEngine,
        until deadline: ContinuousClock.Instant?
    ) -> [Replacement] {
        var replacements: [Replacement] = []
        for segment in segments {
            if let deadline, ContinuousClock.now >= deadline { break }
            let result = ToolResult(
                text: Array(segment.text.utf8),
                toolName: segment.toolName,
                command: segment.command,
                isError: segment.isError
            )
            guard let saving = engine.shrink(result) else { continue }
            replacements.append(
                Replacement(
                    segment: segment.id,
                    text: String(decoding: saving.text, as: UTF8.self),
                    saver: saving.saver,
                    rule: saving.rule,
                    tokensBefore: saving.tokensBefore,
                    tokensAfter: saving.tokensAfter
                )
            )
        }
        return replacements
    }
}
