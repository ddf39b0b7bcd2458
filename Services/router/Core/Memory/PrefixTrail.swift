/// What one request of a conversation sent, piece by piece: where the next one differs, a provider's cache ends.
///
/// A piece is ``pieceLength`` bytes of one text, or what is left of it. Nothing of the texts is kept but hashes, which only have to
/// tell changes apart: nobody gains from making two meet.
package struct PrefixTrail: Sendable {
    /// The finest place that a difference is told by.
    package static let pieceLength = 1024
    /// Pieces that are kept of one request: 20 MB of text.
    package static let maximumPieces = 20_000

    /// What a piece is of.
    package enum Part: UInt8, Sendable {
        case tools
        case system
        case message
    }

    struct Piece: Hashable, Sendable {
        /// As the client wrote it.
        var client: UInt32
        /// As it was sent.
        var sent: UInt32
        /// Where it ends, counted in bytes of all texts.
        var end: UInt32
    }

    /// Where two requests part.
    package struct Difference: Hashable, Sendable {
        /// The place in the list of pieces.
        package var piece: Int
        /// Whether the client wrote the same in both: then we changed what was sent.
        package var isOurs: Bool
        /// Bytes of the earlier request from there on.
        package var lostBytes: Int
    }

    private(set) var pieces: [Piece] = []
    package private(set) var lastUsed: ContinuousClock.Instant

    package init(now: ContinuousClock.Instant) {
        lastUsed = now
    }

    var weight: Int { pieces.capacity * MemoryLayout<Piece>.stride + 64 }
    package var count: Int { pieces.count }
    private var end: UInt32 { pieces.last?.end ?? 0 }

    /// Makes room for pieces.
    package mutating func reserve(_ count: Int) {
        pieces.reserveCapacity(min(count, Self.maximumPieces))
    }

    /// Adds a text.
    ///
    /// - Parameters:
    ///   - blocks: What its pieces in the client's document are known as.
    ///   - length: How many bytes it has there.
    ///   - change: Stands for what we send instead; 0 where we send the text.
    package mutating func add(_ blocks: ArraySlice<UInt32>, length: Int, change: UInt64) {
        let mask = UInt32(truncatingIfNeeded: change ^ change >> 32)
        var left = length
        var end = end
        for block in blocks.prefix(Self.maximumPieces - pieces.count) {
            let bytes = min(left, Self.pieceLength)
            left -= bytes
            end = end.addingReportingOverflow(UInt32(clamping: bytes)).partialValue
            pieces.append(Piece(client: block, sent: block ^ mask, end: end))
        }
    }

    /// Where this request leaves the path of an earlier one; `nil` where it goes all the way and further.
    package func difference(from earlier: PrefixTrail) -> Difference? {
        var index = 0
        let common = min(pieces.count, earlier.pieces.count)
        while index < common, pieces[index].sent == earlier.pieces[index].sent { index += 1 }
        guard index < earlier.pieces.count else { return nil }
        let start = index == 0 ? 0 : earlier.pieces[index - 1].end
        return Difference(
            piece: index,
            isOurs: index < common && pieces[index].client == earlier.pieces[index].client,
            lostBytes: Int(earlier.end &- start)
        )
    }
}

/// A fast hash of bytes for telling changes apart: two words at a time, multiplied to their full width and folded.
package enum QuickHash {
    private static let (first, second, third): (UInt64, UInt64, UInt64) = (
        0x9E37_79B9_7F4A_7C15, 0xD6E8_FEB8_6659_FD93, 0xA076_1D64_78BD_642F
    )

    package static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var hash = first ^ UInt64(truncatingIfNeeded: bytes.count)
        var at = 0
        while at + 16 <= bytes.count {
            let left = bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            let right = bytes.loadUnaligned(fromByteOffset: at + 8, as: UInt64.self)
            hash = fold(left ^ second, right ^ hash)
            at += 16
        }
        var rest: (UInt64, UInt64) = (0, 0)
        var shift: UInt64 = 0
        while at < bytes.count {
            if shift < 64 { rest.0 |= UInt64(bytes[at]) << shift } else { rest.1 |= UInt64(bytes[at]) << (shift - 64) }
            shift += 8
            at += 1
        }
        return fold(rest.0 ^ third, rest.1 ^ hash)
    }

    private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
}
