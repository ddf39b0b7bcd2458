/// Where values begin and end.
extension RedactionScanner {
    /// The value behind a separator, without quotes and scheme; `nil` when there is none worth hiding.
    func namedValue(from start: Int, toEndOfLine: Bool) -> (range: Range<Int>, isQuoted: Bool)? {
        var position = skipSpaces(from: start)
        if follows("Optional(", at: position) { position += 9 }
        while position + 1 < bytes.count, bytes[position] == UInt8(ascii: "["), isQuoteOrEscape(bytes[position + 1]) {
            position += 1
        }
        var opening = position
        while opening < bytes.count, opening - position < 8, bytes[opening] == UInt8(ascii: "\\") { opening += 1 }
        if opening < bytes.count, bytes[opening] == 0x22 || bytes[opening] == 0x27 {
            let end = closingQuote(bytes[opening], escapes: opening - position, from: opening + 1)
            let inner = afterScheme(opening + 1, limit: end)
            return inner < end ? (inner..<end, true) : nil
        }
        guard position < bytes.count else { return nil }
        let inner = afterScheme(position, limit: bytes.count)
        let end = toEndOfLine ? lineEnd(from: inner) : valueEnd(from: inner)
        guard inner < end, !isPlainWord(inner..<end) else { return nil }
        return (inner..<end, false)
    }

    /// The start of what follows `Bearer` or its like, or `nil` when nothing does.
    func valueStart(afterScheme end: Int) -> Int? {
        var start = end
        while start < bytes.count, start - end < 4 {
            if bytes[start] == 0x20 || bytes[start] == 0x09 {
                start += 1
            } else if follows("%20", at: start) {
                start += 3
            } else {
                break
            }
        }
        return start > end && start < bytes.count ? start : nil
    }

    /// Where an unquoted value ends.
    func valueEnd(from start: Int) -> Int {
        var end = start
        // A mark made earlier has brackets; it belongs to the value that holds it.
        while end < bytes.count {
            if tables.classes[Int(bytes[end])].contains(.endsValue) {
                guard follows("[redacted]", at: end) else { break }
                end += Redactor.mark.utf8.count
            } else {
                end += 1
            }
        }
        return end
    }

    func equals(_ range: Range<Int>, _ lowercase: StaticString) -> Bool {
        guard range.count == lowercase.utf8CodeUnitCount else { return false }
        let text = UnsafeBufferPointer(start: lowercase.utf8Start, count: lowercase.utf8CodeUnitCount)
        return zip(bytes[range], text).allSatisfy { $0 | 0x20 == $1 }
    }

    /// Whether exactly these bytes stand at the position.
    @inline(__always)
    func follows(_ text: StaticString, at position: Int) -> Bool {
        let count = text.utf8CodeUnitCount
        guard position < bytes.count, bytes[position] == text.utf8Start[0], bytes.count - position >= count else {
            return false
        }
        for offset in 1..<count where bytes[position + offset] != text.utf8Start[offset] { return false }
        return true
    }

    func hasSuffix(_ range: Range<Int>, _ suffix: String) -> Bool {
        bytes[range].suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
    }

    private func skipSpaces(from start: Int) -> Int {
        var position = start
        while position < bytes.count, position - start < 16, bytes[position] == 0x20 || bytes[position] == 0x09 {
            position += 1
        }
        return position
    }

    private func isQuoteOrEscape(_ byte: UInt8) -> Bool {
        byte == 0x22 || byte == 0x27 || byte == UInt8(ascii: "\\")
    }

    /// The end of a quoted value: its quote with no more backslashes before it than the opening one had.
    ///
    /// Without any, an even number of them escapes itself and not the quote. An unclosed quote runs to the end of the text.
    private func closingQuote(_ quote: UInt8, escapes: Int, from start: Int) -> Int {
        var backslashes = 0
        var position = start
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\\") {
                backslashes += 1
            } else {
                let isClosing = escapes == 0 ? backslashes.isMultiple(of: 2) : backslashes <= escapes
                if byte == quote, isClosing { return position - (escapes == 0 ? 0 : backslashes) }
                backslashes = 0
            }
            position += 1
        }
        return bytes.count
    }

    private static let schemes: [StaticString] = ["bearer", "basic", "digest", "token", "apikey", "negotiate"]

    /// Past a known authentication scheme, whose name is no secret.
    private func afterScheme(_ start: Int, limit: Int) -> Int {
        var end = start
        while end < limit, end - start < 10, tables.classes[Int(bytes[end])].contains(.alphanumeric) { end += 1 }
        guard Self.schemes.contains(where: { equals(start..<end, $0) }), let value = valueStart(afterScheme: end),
            value < limit
        else { return start }
        return value
    }

    private func lineEnd(from start: Int) -> Int {
        var end = start
        while end < bytes.count, bytes[end] >= 0x20, !isQuoteOrEscape(bytes[end]) { end += 1 }
        return end
    }

    private static let plainWords: [StaticString] = ["null", "nil", "none", "true", "false", "undefined"]

    private func isPlainWord(_ range: Range<Int>) -> Bool {
        Self.plainWords.contains { equals(range, $0) }
    }
}
