/// The hash by which the vocabulary finds a token's bucket.
///
/// `scripts/make-vocabulary` computes the same; who changes one changes both.
enum TokenHash {
    private static let golden: UInt64 = 0x9E37_79B9_7F4A_7C15
    private static let multiplier: UInt64 = 0xD6E8_FEB8_6659_FD93

    /// The hash of a token, which has at least one byte.
    @inline(__always)
    static func of(_ token: UnsafeRawPointer, _ count: Int) -> UInt64 {
        var hash = UInt64(truncatingIfNeeded: count) &* golden
        if count >= 8 {
            // Whole words, then the last eight bytes, which may overlap them.
            var offset = 0
            while offset < count - 8 {
                mix(UInt64(littleEndian: token.loadUnaligned(fromByteOffset: offset, as: UInt64.self)), into: &hash)
                offset += 8
            }
            mix(UInt64(littleEndian: token.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)), into: &hash)
        } else if count >= 4 {
            let first = UInt64(UInt32(littleEndian: token.loadUnaligned(as: UInt32.self)))
            let last = UInt64(UInt32(littleEndian: token.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)))
            mix(first | last << 32, into: &hash)
        } else {
            let first = UInt64(token.load(as: UInt8.self))
            let middle = UInt64(token.load(fromByteOffset: count / 2, as: UInt8.self))
            let last = UInt64(token.load(fromByteOffset: count - 1, as: UInt8.self))
            mix(first | middle << 8 | last << 16, into: &hash)
        }
        return hash &* golden
    }

    @inline(__always)
    private static func mix(_ word: UInt64, into hash: inout UInt64) {
        hash = (hash ^ word) &* multiplier
        hash ^= hash >> 32
    }
}
