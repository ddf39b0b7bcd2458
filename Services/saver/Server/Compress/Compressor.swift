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
    let headroom: HeadroomSaver
    /// What is left to answer in when a server beside has not.
    private static let margin = Duration.milliseconds(20)

    func compress(
        _ request: CompressRequest,
        until deadline: ContinuousClock.Instant?
    ) async throws(ServiceError) -> CompressReply {
        let book = try await book(request.epoch)
        var reply = CompressReply(epoch: book.epoch)
        // What a plan leaves alone is left alone altogether.
        guard !request.facts.holdout else { return reply }
        let settings = book.effective(for: request.scope)
        reply.directives = state.directives.directives(
            settings,
            structuredOutput: request.facts.structuredOutput,
            hasTools: request.facts.hasTools
        )
        if settings.rtk || request.trial { reply.replacements = try await shrink(request, until: deadline) }
        // A trial shows what is the same for everybody: the rules.
        guard let setting = settings.headroom, !request.trial else { return reply }
        reply.replacements += await headroom.replacements(
            request,
            except: Set(reply.replacements.map(\.segment)),
            setting,
            until: deadline.map { $0 - Self.margin }
        )
        return reply
    }

    private func shrink(
        _ request: CompressRequest,
        until deadline: ContinuousClock.Instant?
    ) async throws(ServiceError) -> [Replacement] {
        let segments = request.segments.filter { segment in
            segment.kind == .toolResult && segment.text.utf8.count <= Self.longestText
        }
        let length = segments.reduce(0) { $0 + $1.text.utf8.count }
        if length <= Self.longestOnLoop {
            return Self.shrink(segments, engine, until: deadline)
        }
        let engine = engine
        return try await threads.run { Self.shrink(segments, engine, until: deadline) }
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
            guard let saving = engine.shrink(ToolResult(segment)) else { continue }
            replacements.append(Replacement(saving, segment: segment.id))
        }
        return replacements
    }
}
