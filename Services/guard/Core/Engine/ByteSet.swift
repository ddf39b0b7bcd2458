import Patterns

extension CheckedText {
    /// The same as the module's own, which across modules is a call; every loop of the guard reads bytes.
    @inline(__always)
    subscript(index: Int) -> UInt8 { base[index] }
}

/// A set of bytes, looked up in a few instructions.
package struct ByteSet: Hashable, Sendable {
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    package init() {}

    /// The bytes of an ASCII text.
    package init(_ text: StaticString) {
        for index in 0..<text.utf8CodeUnitCount { insert(text.utf8Start[index]) }
    }

    package mutating func insert(_ byte: UInt8) {
        let bit = UInt64(1) << UInt64(byte & 63)
        switch byte >> 6 {
        case 0: words.0 |= bit
        case 1: words.1 |= bit
        case 2: words.2 |= bit
        default: words.3 |= bit
        }
    }

    @inline(__always)
    package func contains(_ byte: UInt8) -> Bool {
        let word =
            switch byte >> 6 {
            case 0: words.0
            case 1: words.1
            case 2: words.2
            default: words.3
            }
        return word >> UInt64(byte & 63) & 1 != 0
    }

    package func union(_ other: ByteSet) -> ByteSet {
        var result = self
        result.words.0 |= other.words.0
        result.words.1 |= other.words.1
        result.words.2 |= other.words.2
        result.words.3 |= other.words.3
        return result
    }

    package var isEmpty: Bool { words.0 | words.1 | words.2 | words.3 == 0 }

    package static func == (one: ByteSet, other: ByteSet) -> Bool { one.words == other.words }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }

    package static let none = ByteSet()
    package static let digits = ByteSet("0123456789")
    package static let letters = ByteSet("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    /// What `\w` matches.
    package static let word = digits.union(letters).union(ByteSet("_"))
}
