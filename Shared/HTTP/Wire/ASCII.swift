/// Byte classes of RFC 9110 and comparisons without case.
enum ASCII {
    /// Whether the byte may stand in a token (a method or a field name).
    static func isToken(_ byte: UInt8) -> Bool {
        let word = byte < 64 ? tokenLow : tokenHigh
        return byte < 128 && (word >> UInt64(byte & 63)) & 1 == 1
    }

    /// Whether the byte may stand in a field value: visible, space, tab, or beyond ASCII.
    static func isFieldValue(_ byte: UInt8) -> Bool {
        byte >= 0x20 ? byte != 0x7F : byte == 0x09
    }

    /// Whether all bytes are visible ASCII or space: eight at a time, for what nearly every field holds.
    ///
    /// - Returns: False for text with a tab or with bytes beyond ASCII too, which then has to be looked at byte by byte.
    static func isPlainFieldValue(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        isPlainFieldValue(UnsafeRawBufferPointer(bytes))
    }

    /// The same of bytes that have no type.
    static func isPlainFieldValue(_ raw: UnsafeRawBufferPointer) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let high = ones &* 0x80
        var at = 0
        while at + 8 <= raw.count {
            let word = raw.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            // Below 0x20 the subtraction borrows into the upper bit; the addition carries 0x7F into it.
            if ((word &- ones &* 0x20) | (word &+ ones) | word) & high != 0 { return false }
            at += 8
        }
        while at < raw.count {
            guard raw[at] >= 0x20, raw[at] < 0x7F else { return false }
            at += 1
        }
        return true
    }

    /// Whether the byte may stand in a request target.
    static func isTarget(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F
    }

    static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10
    }

    // One bit per character, spelled out so that no look-up has to ask first whether they were made: the punctuation
    // ! # $ % & ' * + - . and the digits, then the letters and ^ _ ` | ~.
    private static let tokenLow: UInt64 = 0x03FF_6CFA_0000_0000
    private static let tokenHigh: UInt64 = 0x57FF_FFFF_C7FF_FFFE

    /// Whether the bytes are `word` but for case; `word` is lower case.
    static func matches(_ bytes: Slice<UnsafeRawBufferPointer>, _ word: StaticString) -> Bool {
        guard bytes.count == word.utf8CodeUnitCount else { return false }
        for index in 0..<bytes.count {
            let byte = bytes.base[bytes.startIndex &+ index]
            let folded = byte &- 0x41 < 26 ? byte | 0x20 : byte
            if folded != word.utf8Start[index] { return false }
        }
        return true
    }

    /// Whether the text is `word` but for case; `word` is lower case.
    static func matches(_ text: String, _ word: StaticString) -> Bool {
        guard text.utf8.count == word.utf8CodeUnitCount else { return false }
        var position = word.utf8Start
        for byte in text.utf8 {
            let folded = byte &- 0x41 < 26 ? byte | 0x20 : byte
            if folded != position.pointee { return false }
            position += 1
        }
        return true
    }

    /// The bytes without surrounding spaces and tabs.
    static func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
        var start = bytes.startIndex
        var end = bytes.endIndex
        while start < end, isSpace(bytes.base[start]) { start &+= 1 }
        while end > start, isSpace(bytes.base[end &- 1]) { end &-= 1 }
        return bytes.base[start..<end]
    }

    /// Calls back with each element of a comma-separated list, trimmed, empty ones included.
    static func forEachElement(of list: Slice<UnsafeRawBufferPointer>, _ body: (Slice<UnsafeRawBufferPointer>) -> Void)
    {
        var start = list.startIndex
        for index in list.indices where list.base[index] == UInt8(ascii: ",") {
            body(trimmed(list.base[start..<index]))
            start = index + 1
        }
        body(trimmed(list.base[start..<list.endIndex]))
    }
}
