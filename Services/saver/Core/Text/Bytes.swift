#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Looking at a stretch of bytes; literals are ASCII or UTF-8 and cost no allocation.
extension ArraySlice<UInt8> {
    package func starts(_ literal: StaticString) -> Bool {
        let length = literal.utf8CodeUnitCount
        guard count >= length else { return false }
        let start = literal.utf8Start
        for offset in 0..<length where self[startIndex + offset] != start[offset] { return false }
        return true
    }

    package func ends(_ literal: StaticString) -> Bool {
        let length = literal.utf8CodeUnitCount
        guard count >= length else { return false }
        return suffix(length).starts(literal)
    }

    package func equals(_ literal: StaticString) -> Bool {
        count == literal.utf8CodeUnitCount && starts(literal)
    }

    /// Where the literal stands first.
    package func position(of literal: StaticString) -> Int? {
        let length = literal.utf8CodeUnitCount
        guard length > 0, count >= length else { return nil }
        let wanted = literal.utf8Start
        let rare = literal.rarestOffset
        return withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return nil }
            var at = rare
            let end = bytes.count - length + rare + 1
            while at < end, let found = memchr(base + at, Int32(wanted[rare]), end - at) {
                let start = UnsafeRawPointer(found) - base - rare
                if memcmp(base + start, wanted, length) == 0 { return startIndex + start }
                at = start + rare + 1
            }
            return nil
        }
    }

    package func contains(_ literal: StaticString) -> Bool { position(of: literal) != nil }

    /// Without the blanks before it.
    package var trimmedStart: ArraySlice<UInt8> { drop { $0.isBlank } }

    /// Without blanks, and a CR, after it.
    package var trimmedEnd: ArraySlice<UInt8> {
        var end = endIndex
        while end > startIndex, self[end - 1].isBlank || self[end - 1] == .carriageReturn { end -= 1 }
        return self[startIndex..<end]
    }

    package var isBlankLine: Bool { allSatisfy { $0.isBlank || $0 == .carriageReturn } }

    /// `ab:cd:…`: bytes of two digits each, a colon between them and perhaps after the last.
    package var isHexadecimalBytes: Bool {
        guard count >= 2 else { return false }
        for (offset, byte) in enumerated() where offset % 3 == 2 ? byte != .colon : !byte.isHexadecimalDigit {
            return false
        }
        return true
    }

    /// How many bytes at the start are digits.
    package var leadingDigits: Int {
        var index = startIndex
        while index < endIndex, self[index].isDigit { index += 1 }
        return index - startIndex
    }

    /// The number that the bytes are, when they are one of at most nine digits.
    package var number: Int? {
        guard (1...9).contains(count), leadingDigits == count else { return nil }
        return reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// The words between blanks, at most that many; the last one holds the rest.
    package func fields(_ limit: Int) -> [ArraySlice<UInt8>] {
        var fields: [ArraySlice<UInt8>] = []
        var rest = trimmedStart
        while !rest.isEmpty, fields.count < limit - 1 {
            let end = rest.firstIndex { $0.isBlank } ?? rest.endIndex
            fields.append(rest[rest.startIndex..<end])
            rest = rest[end...].trimmedStart
        }
        if !rest.isEmpty { fields.append(rest) }
        return fields
    }
}

extension [UInt8] {
    /// Whether a byte is anywhere in it, at the speed of the C library.
    package func holds(_ byte: UInt8) -> Bool {
        withUnsafeBytes { bytes in
            bytes.baseAddress.map { memchr($0, Int32(byte), bytes.count) != nil } ?? false
        }
    }

    package mutating func append(_ literal: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    package mutating func appendLine(_ line: some Collection<UInt8>) {
        append(contentsOf: line)
        append(.newline)
    }
}

extension StaticString {
    /// Where the byte stands that texts hold least often: a search that looks for it stops least.
    fileprivate var rarestOffset: Int {
        var (best, rarity) = (0, -1)
        for offset in 0..<utf8CodeUnitCount {
            let candidate = Self.rarity(utf8Start[offset])
            if candidate > rarity { (best, rarity) = (offset, candidate) }
        }
        return best
    }

    private static func rarity(_ byte: UInt8) -> Int {
        switch byte {
        case .space, .newline, UInt8(ascii: "e"), UInt8(ascii: "t"), UInt8(ascii: "s"): 0
        case .dot, .slash, .hyphen, .colon, 0x30...0x39: 1
        case UInt8(ascii: "a")...UInt8(ascii: "z"): 2
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): 3
        default: 4
        }
    }
}
