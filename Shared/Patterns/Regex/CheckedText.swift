import Glibc

/// Text that is known to be UTF-8, so that no match checks it again; valid as long as what it was made from.
package struct CheckedText {
    /// Where an empty text points to: PCRE2 wants an address.
    private static let nothing: StaticString = ""

    package let base: UnsafePointer<UInt8>
    package let count: Int

    /// Takes the bytes of a Swift string, or of anything else that was checked.
    package init(valid bytes: UnsafeBufferPointer<UInt8>) {
        base = bytes.baseAddress ?? Self.nothing.utf8Start
        count = bytes.count
    }

    /// Checks bytes from elsewhere.
    package init?(checking bytes: UnsafeBufferPointer<UInt8>) {
        self.init(valid: bytes)
        // Most of it is ASCII, which is told sooner than a string is made.
        guard firstNonASCII(from: 0) < count else { return }
        guard String(validating: bytes, as: UTF8.self) != nil else { return nil }
    }

    @inline(__always)
    package subscript(index: Int) -> UInt8 { base[index] }

    package var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: count) }

    /// The nearest boundary of scalars at or before a place.
    package func boundary(before index: Int) -> Int {
        guard index < count else { return count }
        var at = max(0, index)
        while at > 0, base[at] & 0xC0 == 0x80 { at -= 1 }
        return at
    }

    /// The nearest boundary of scalars at or behind a place.
    package func boundary(after index: Int) -> Int {
        var at = max(0, index)
        while at < count, base[at] & 0xC0 == 0x80 { at += 1 }
        return min(at, count)
    }

    // MARK: Passing over what is plain

    /// Where the next byte of a value stands; the end when there is none.
    package func first(_ byte: UInt8, from index: Int) -> Int {
        guard index < count, let found = memchr(base + index, Int32(byte), count - index) else { return count }
        return found - UnsafeMutableRawPointer(mutating: base)
    }

    /// Where the next byte beyond ASCII stands; the end when there is none.
    package func firstNonASCII(from index: Int) -> Int {
        var at = index
        while at + 8 <= count, word(at) & Self.every(0x80) == 0 { at += 8 }
        while at < count, base[at] < 0x80 { at += 1 }
        return at
    }

    /// Where the next digit or colon stands, which are neighbours in ASCII; the end when there is none.
    package func firstDigitOrColon(from index: Int) -> Int {
        var at = index
        while at + 8 <= count {
            let word = word(at)
            let low = word & Self.every(0x7F)
            // The high bit of each byte: above 2F, below 3B, and no byte beyond ASCII; nothing is carried between bytes.
            let isAbove = low &+ Self.every(0x7F - 0x2F)
            let isBelow = Self.every(0x7F + 0x3B) &- low
            let found = isAbove & isBelow & ~word & Self.every(0x80)
            if found != 0 { return at + found.trailingZeroBitCount >> 3 }
            at += 8
        }
        while at < count, base[at] &- 0x30 > 0x0A { at += 1 }
        return at
    }

    @inline(__always)
    private func word(_ index: Int) -> UInt64 {
        UInt64(littleEndian: UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self))
    }

    @inline(__always)
    private static func every(_ byte: UInt64) -> UInt64 { byte &* 0x0101_0101_0101_0101 }
}
