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
        let start = literal.utf8Start
        return withUnsafeBufferPointer { bytes in
            var index = 0
            let last = bytes.count - length
            while index <= last {
                if bytes[index] == start[0] {
                    var offset = 1
                    while offset < length, bytes[index + offset] == start[offset] { offset += 1 }
                    if offset == length { return startIndex + index }
                }
                index += 1
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
    package mutating func append(_ literal: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    package mutating func appendLine(_ line: some Collection<UInt8>) {
        append(contentsOf: line)
        append(.newline)
    }
}
