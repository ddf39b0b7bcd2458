import Contracts
import Dialects
import JSON
import RouterCore

/// Finds out where a request stops being what its conversation sent before, and why: from there on its provider's cache
/// does not help.
struct CacheDoctor: Sendable {
    static let saver = "prompt-cache"
    /// No provider caches fewer than 1024 tokens; smaller requests are not looked at, and smaller losses not told.
    private static let smallestRequest = 4096
    /// Bytes that are counted as one token.
    private static let bytesPerToken = 4

    let table: PrefixTable

    /// Whether anything of a request may stand in a provider's cache.
    static func looksAt(_ request: PreparationRequest) -> Bool {
        guard request.facts.root.range.count >= smallestRequest else { return false }
        // Anthropic's models cache up to marks and nothing without one; others cache by themselves.
        return request.facts.dialect != .anthropicMessages || request.segments.lastMark != nil
    }

    /// What a request lost.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - digests: What its texts are known as.
    ///   - guarded: What the guard made of its texts.
    ///   - saved: What savers made of them.
    ///   - target: The first target's provider and model.
    ///   - hash: The keyed hash of this installation.
    /// - Returns: A row for the record; `nil` when nothing was lost.
    func loss(
        _ request: PreparationRequest,
        _ digests: TextDigests,
        _ guarded: GuardedTexts,
        _ saved: SavedTexts,
        target: String,
        hash: (KeyParts) -> MemoryKey
    ) -> Saving? {
        let trail = Self.trail(request, digests, guarded, saved)
        // A client's side jobs (titles, agents of agents) run under its conversation, but begin with other words.
        var parts = KeyParts()
        parts.add("prefix")
        parts.add(request.conversation.high)
        parts.add(request.conversation.low)
        parts.add(target)
        let start = request.segments.all.firstIndex { $0.kind == .text && $0.role == "user" }
        parts.add(start.map { digests.keys[$0] } ?? MemoryKey(high: 0, low: 0))
        guard let difference = table.note(trail, for: hash(parts)) else { return nil }
        let tokens = difference.lostBytes / Self.bytesPerToken
        guard tokens >= Self.smallestRequest / Self.bytesPerToken else { return nil }
        let place = digests.place(ofBlock: difference.piece)
        return Saving(
            saver: Self.saver,
            rule: Self.cause(difference, place, request, guarded),
            tokensBefore: 0,
            tokensAfter: tokens,
            priceClass: "cache_lost",
            place: place.map { Self.text(of: $0, request) } ?? "the end"
        )
    }

    // MARK: The trail

    private static func trail(
        _ request: PreparationRequest,
        _ digests: TextDigests,
        _ guarded: GuardedTexts,
        _ saved: SavedTexts
    ) -> PrefixTrail {
        var trail = PrefixTrail(now: .now)
        trail.reserve(digests.blocks.count)
        trail.add(digests.blocks[..<digests.toolBlocks], length: digests.toolBytes, change: 0)
        let segments = request.segments.all
        for index in segments.indices {
            let change = saved.saving(index)?.change ?? 0
            trail.add(
                digests.blocks(of: index),
                length: segments[index].contentRange.count,
                change: change != 0 ? change : guarded.verdict(index)?.change ?? 0
            )
        }
        return trail
    }

    // MARK: The cause

    private static func cause(
        _ difference: PrefixTrail.Difference,
        _ place: TextDigests.Place?,
        _ request: PreparationRequest,
        _ guarded: GuardedTexts
    ) -> String {
        guard let place else { return "client" }
        guard let index = place.segment else { return "tools" }
        if difference.isOurs { return guarded.verdict(index)?.edits.isEmpty == false ? "guard" : "saver" }
        let segment = request.segments.all[index]
        guard segment.kind == .system || segment.kind == .text && segment.role == "user" else { return "client" }
        let text = segment.rawContent.dropFirst(place.offset).prefix(PrefixTrail.pieceLength)
        return DateMention.isIn(text) ? "date" : "client"
    }

    private static func text(of place: TextDigests.Place, _ request: PreparationRequest) -> String {
        guard let index = place.segment else { return "tools, byte \(place.offset)" }
        let segment = request.segments.all[index]
        let name = segment.kind == .system ? "system" : "message \(segment.turn + 1)"
        return "\(name), byte \(place.offset)"
    }
}
