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

    /// What a request lost.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - guarded: What the guard made of its texts.
    ///   - saved: What savers made of them.
    ///   - target: The first target's provider and model.
    ///   - hash: The keyed hash of this installation.
    /// - Returns: A row for the record; `nil` when nothing was lost.
    func loss(
        _ request: PreparationRequest,
        _ guarded: GuardedTexts,
        _ saved: SavedTexts,
        target: String,
        hash: (KeyParts) -> MemoryKey
    ) -> Saving? {
        let facts = request.facts
        guard facts.root.range.count >= Self.smallestRequest, Self.isCached(request) else { return nil }
        var places: [Place] = []
        let trail = Self.trail(request, guarded, saved, &places)
        // A client's side jobs (titles, agents of agents) run under its conversation, but begin with other words.
        var parts = KeyParts()
        parts.add("prefix")
        parts.add(request.conversation.high)
        parts.add(request.conversation.low)
        parts.add(target)
        let start = request.segments.all.first { $0.kind == .text && $0.role == "user" }
        parts.add(start.map { segment in segment.rawContent.withUnsafeBytes { QuickHash.of($0) } } ?? 0)
        guard let difference = table.note(trail, for: hash(parts)) else { return nil }
        let tokens = difference.lostBytes / Self.bytesPerToken
        guard tokens >= Self.smallestRequest / Self.bytesPerToken else { return nil }
        let place = places.indices.contains(difference.piece) ? places[difference.piece] : nil
        return Saving(
            saver: Self.saver,
            rule: Self.cause(difference, place, request, guarded),
            tokensBefore: 0,
            tokensAfter: tokens,
            priceClass: "cache_lost",
            place: place.map { Self.text(of: $0, request) } ?? "the end"
        )
    }

    /// Anthropic's models cache up to marks and nothing without one; others cache by themselves.
    private static func isCached(_ request: PreparationRequest) -> Bool {
        guard request.facts.dialect == .anthropicMessages else { return true }
        return request.segments.all.contains(where: \.hasCacheMark)
    }

    // MARK: The trail

    /// Where a piece stands; the segment is `nil` for the list of tools.
    private struct Place {
        var segment: Int?
        var offset: Int
    }

    private static func trail(
        _ request: PreparationRequest,
        _ guarded: GuardedTexts,
        _ saved: SavedTexts,
        _ places: inout [Place]
    ) -> PrefixTrail {
        var trail = PrefixTrail(now: .now)
        func add(_ text: ArraySlice<UInt8>, _ segment: Int?, change: UInt64) {
            let before = trail.count
            text.withUnsafeBytes { trail.add($0, change: change) }
            for piece in 0..<trail.count - before {
                places.append(Place(segment: segment, offset: piece * PrefixTrail.pieceLength))
            }
        }
        if let tools = request.facts.root.member("tools") { add(tools.raw, nil, change: 0) }
        for (index, segment) in request.segments.all.enumerated() {
            let change = change(saved.saving(index), guarded.verdict(index))
            add(segment.rawContent, index, change: change)
        }
        return trail
    }

    /// Stands for what is sent instead of a text; 0 for nothing.
    private static func change(_ saving: RememberedSaving?, _ verdict: RememberedVerdict?) -> UInt64 {
        if let bytes = saving?.bytes { return bytes.withUnsafeBytes { QuickHash.of($0) } | 1 }
        var change: UInt64 = 0
        for edit in verdict?.edits ?? [] {
            let hash = edit.bytes.withUnsafeBytes { QuickHash.of($0) }
            change = change &* 31 &+ hash ^ UInt64(truncatingIfNeeded: edit.range.lowerBound) | 1
        }
        return change
    }

    // MARK: The cause

    private static func cause(
        _ difference: PrefixTrail.Difference,
        _ place: Place?,
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

    private static func text(of place: Place, _ request: PreparationRequest) -> String {
        guard let index = place.segment else { return "tools, byte \(place.offset)" }
        let segment = request.segments.all[index]
        let name = segment.kind == .system ? "system" : "message \(segment.turn + 1)"
        return "\(name), byte \(place.offset)"
    }
}
