import JSON

/// Walks JSON text member by member without decoding, copying or allocating.
///
/// A stream's frames are many and small, and all but a few carry nothing the router needs. The scanner finds member
/// names where they really are (under any spacing, never inside a string) at the price of one pass over the bytes,
/// and what has to be read exactly is then parsed from the range it found. It forgives stray commas, since it
/// forwards what it reads and does not judge it, and it reports text whose structure breaks off as ``failed``.
struct ShallowScanner {
    /// A member's name: the bytes between its quotes.
    struct Key {
        let range: Range<Int>
        let isEscaped: Bool
    }

    let bytes: UnsafeRawBufferPointer
    private(set) var position: Int
    private(set) var failed = false

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        position = 0
    }

    /// Scans one value inside text that was already walked once.
    init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
        self.bytes = UnsafeRawBufferPointer(rebasing: bytes[range])
        position = 0
    }

    /// The next byte that is not white space, or zero at the end.
    mutating func peek() -> UInt8 {
        while position < bytes.count {
            let byte = bytes[position]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            position += 1
        }
        return 0
    }

    /// Steps into the object at the position; `false` leaves the position where it was.
    mutating func openObject() -> Bool { open(UInt8(ascii: "{")) }

    /// Steps into the array at the position; `false` leaves the position where it was.
    mutating func openArray() -> Bool { open(UInt8(ascii: "[")) }

    private mutating func open(_ bracket: UInt8) -> Bool {
        guard peek() == bracket else { return false }
        position += 1
        return true
    }

    /// The next member's name, the position then being at its value, or `nil` behind the closing brace.
    ///
    /// Each value must be walked to its end before the next name is asked for.
    mutating func nextKey() -> Key? {
        while true {
            switch peek() {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "}"):
                position += 1
                return nil
            case UInt8(ascii: "\""):
                let start = position + 1
                let isEscaped = skipString()
                guard !failed, peek() == UInt8(ascii: ":") else {
                    fail()
                    return nil
                }
                let end = closingQuote
                position += 1
                _ = peek()
                return Key(range: start..<end, isEscaped: isEscaped)
            default:
                fail()
                return nil
            }
        }
    }

    /// Whether another element stands at the position; `false` behind the closing bracket.
    mutating func nextElement() -> Bool {
        while true {
            switch peek() {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "]"):
                position += 1
                return false
            case 0:
                fail()
                return false
            default: return true
            }
        }
    }

    /// Walks over the value at the position and returns its bytes' range.
    @discardableResult
    mutating func skip() -> Range<Int> {
        let first = peek()
        let start = position
        switch first {
        case UInt8(ascii: "\""): _ = skipString()
        case UInt8(ascii: "{"), UInt8(ascii: "["): skipNested()
        default: skipScalar()
        }
        return start..<max(start, position)
    }

    /// Walks over the value and tells how many bytes stand between its quotes; zero for anything but a string.
    mutating func skipCountingText() -> Int {
        guard peek() == UInt8(ascii: "\"") else {
            skip()
            return 0
        }
        return skip().count - 2
    }

    /// Walks over the value and tells whether it is neither null nor false nor an empty string.
    mutating func skipIsPresent() -> (range: Range<Int>, isPresent: Bool) {
        let range = skip()
        guard !failed, let first = bytes[range].first else { return (range, false) }
        let isEmptyString = first == UInt8(ascii: "\"") && range.count == 2
        return (range, first != UInt8(ascii: "n") && first != UInt8(ascii: "f") && !isEmptyString)
    }

    @inline(__always)
    func matches(_ key: Key, _ name: StaticString) -> Bool {
        // Of most names the length says that they are another one.
        guard key.isEscaped || key.range.count == name.utf8CodeUnitCount else { return false }
        return isNamed(key, name)
    }

    private func isNamed(_ key: Key, _ name: StaticString) -> Bool {
        guard !key.isEscaped else { return decodedEquals(key.range, name) }
        return equals(key.range, name)
    }

    /// Whether the value in `range` is the string `text`.
    func holds(_ range: Range<Int>, string text: StaticString) -> Bool {
        guard range.count >= 2, bytes[range.lowerBound] == UInt8(ascii: "\"") else { return false }
        let inner = range.lowerBound + 1..<range.upperBound - 1
        if equals(inner, text) { return true }
        return bytes[inner].contains(UInt8(ascii: "\\")) && decodedEquals(inner, text)
    }

    private func equals(_ range: Range<Int>, _ text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        let expected = text.utf8Start
        for offset in 0..<range.count where bytes[range.lowerBound + offset] != expected[offset] { return false }
        return true
    }

    private func decodedEquals(_ range: Range<Int>, _ text: StaticString) -> Bool {
        guard range.count <= 6 * text.utf8CodeUnitCount else { return false }
        let quoted = [UInt8(ascii: "\"")] + bytes[range] + [UInt8(ascii: "\"")]
        return (try? JSONDocument(quoted))?.root.equals(text) ?? false
    }

    /// Where the last string that was walked over ended.
    private var closingQuote = 0

    /// Returns whether the string holds an escape.
    private mutating func skipString() -> Bool {
        var index = position + 1
        var isEscaped = false
        while index < bytes.count {
            // Eight bytes at a time, up to the first that may matter.
            if index + 8 <= bytes.count {
                let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                let ends = Self.ends(word)
                if ends == 0 {
                    index += 8
                    continue
                }
                index += ends.trailingZeroBitCount >> 3
            }
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                closingQuote = index
                position = index + 1
                return isEscaped
            }
            if byte == UInt8(ascii: "\\") {
                isEscaped = true
                index += 1
            }
            index += 1
        }
        fail()
        return isEscaped
    }

    /// The upper bit of each quote or backslash among the eight bytes, exact up to the lowest of them.
    private static func ends(_ word: UInt64) -> UInt64 {
        let quotes = word ^ 0x2222_2222_2222_2222
        let slashes = word ^ 0x5C5C_5C5C_5C5C_5C5C
        let ones: UInt64 = 0x0101_0101_0101_0101
        return ((quotes &- ones) & ~quotes | (slashes &- ones) & ~slashes) & 0x8080_8080_8080_8080
    }

    private mutating func skipNested() {
        var depth = 0
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                _ = skipString()
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 {
                    position += 1
                    return
                }
            default: break
            }
            position += 1
        }
        fail()
    }

    private mutating func skipScalar() {
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"), 0x20, 0x0A, 0x0D, 0x09:
                if position == start { fail() }
                return
            default: position += 1
            }
        }
        if position == start { fail() }
    }

    private mutating func fail() {
        failed = true
        position = bytes.count
    }
}

extension ShallowScanner {
    /// The value in `range` as a document of its own; `nil` when it is not JSON.
    func document(_ range: Range<Int>) -> JSONDocument? {
        try? JSONDocument(Array(bytes[range]))
    }

    /// The string in `range`, decoded; `nil` for anything else.
    func string(_ range: Range<Int>) -> String? {
        guard range.count >= 2, bytes[range.lowerBound] == UInt8(ascii: "\"") else { return nil }
        return document(range)?.root.string
    }
}
