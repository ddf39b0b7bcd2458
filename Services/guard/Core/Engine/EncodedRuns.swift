import Patterns

/// Text inside text: runs of base64, hexadecimal digits, percent and backslash escapes that decode to something readable.
struct EncodedRun {
    var range: Range<Int>
    var decoded: [UInt8]
}

enum EncodedRuns {
    /// What is shorter holds no instruction.
    private static let shortest = 24
    /// How much of a run is decoded; what is longer is a file.
    private static let longest = 16 * 1024
    /// Bytes that must be readable before the rest of a run is decoded.
    private static let sample = 12
    /// Escapes in a row that are worth a look.
    private static let fewestEscapes = 8

    /// Bytes of base64 in both alphabets, without its padding.
    private static let alphabet = ByteSet.word.union(ByteSet("+/-"))
    private static let hexadecimal = ByteSet("0123456789abcdefABCDEF")

    static func all(in text: CheckedText) -> [EncodedRun] {
        var runs: [EncodedRun] = []
        addRuns(text, &runs)
        for sign in [UInt8(ascii: "%"), UInt8(ascii: "\\")] {
            var index = text.first(sign, from: 0)
            while index < text.count { index = text.first(sign, from: escapes(at: index, text, &runs)) }
        }
        return runs
    }

    // MARK: Base64 and hexadecimal

    /// Looks at the last byte first that a run must have, so that most of a text is passed over; no byte is read more than twice.
    private static func addRuns(_ text: CheckedText, _ runs: inout [EncodedRun]) {
        let alphabet = alphabet
        var start = 0
        while start + shortest <= text.count {
            var index = start + shortest - 1
            while index >= start, alphabet.contains(text[index]) { index -= 1 }
            guard index < start else {
                start = index + 1
                continue
            }
            var end = start + shortest
            while end < text.count, alphabet.contains(text[end]) { end += 1 }
            add(start..<end, text, &runs)
            start = end + 1
        }
    }

    private static func add(_ range: Range<Int>, _ text: CheckedText, _ runs: inout [EncodedRun]) {
        let bytes = text.bytes[range].prefix(longest)
        let isHexadecimal = range.count % 2 == 0 && bytes.allSatisfy(hexadecimal.contains)
        guard let decoded = isHexadecimal ? hexadecimalBytes(bytes) : base64Bytes(bytes) else { return }
        var end = range.upperBound
        while end < text.count, end < range.upperBound + 2, text[end] == UInt8(ascii: "=") { end += 1 }
        runs.append(EncodedRun(range: range.lowerBound..<end, decoded: decoded))
    }

    private static func hexadecimalBytes(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> [UInt8]? {
        var decoded: [UInt8] = []
        var high: UInt8?
        for byte in bytes {
            let value = digit(byte)
            guard let first = high else {
                high = value
                continue
            }
            high = nil
            guard isReadable(first << 4 | value) else { return nil }
            decoded.append(first << 4 | value)
        }
        return decoded
    }

    private static func base64Bytes(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> [UInt8]? {
        var decoded: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in bytes {
            bits = bits << 6 | UInt32(sextet(byte))
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            let value = UInt8(truncatingIfNeeded: bits >> UInt32(count))
            // Other scripts may follow; what begins as no text is none.
            guard isReadable(value) || value >= 0x80 && decoded.count >= sample else { return nil }
            if decoded.isEmpty { decoded.reserveCapacity(bytes.count * 3 / 4) }
            decoded.append(value)
        }
        return decoded
    }

    private static func isReadable(_ byte: UInt8) -> Bool {
        (0x20...0x7E).contains(byte) || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    private static func digit(_ byte: UInt8) -> UInt8 {
        byte <= 0x39 ? byte - 0x30 : (byte | 0x20) - 0x61 + 10
    }

    private static func sextet(_ byte: UInt8) -> UInt8 {
        switch byte {
        case 0x41...0x5A: byte - 0x41
        case 0x61...0x7A: byte - 0x61 + 26
        case 0x30...0x39: byte - 0x30 + 52
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        default: 63
        }
    }

    // MARK: Escapes

    /// Reads `%41`, `\x41` and `\u0041` as long as they follow each other, plain letters between them included.
    private static func escapes(at start: Int, _ text: CheckedText, _ runs: inout [EncodedRun]) -> Int {
        var decoded: [UInt8] = []
        var count = 0
        var index = start
        while index < text.count, decoded.count < longest {
            if let (value, length) = escape(at: index, text) {
                decoded.append(value)
                count += 1
                index += length
            } else if ByteSet.word.contains(text[index]) || text[index] == UInt8(ascii: "+"), count > 0 {
                decoded.append(text[index] == UInt8(ascii: "+") ? 0x20 : text[index])
                index += 1
            } else {
                break
            }
        }
        // An escape of the space is in every address; words need more of them.
        if count >= fewestEscapes || count >= 2 && decoded.count >= shortest {
            runs.append(EncodedRun(range: start..<index, decoded: decoded))
        }
        return max(index, start + 1)
    }

    private static func escape(at index: Int, _ text: CheckedText) -> (value: UInt8, length: Int)? {
        func number(_ from: Int, _ count: Int) -> Int? {
            guard from + count <= text.count else { return nil }
            var value = 0
            for at in from..<from + count {
                guard hexadecimal.contains(text[at]) else { return nil }
                value = value << 4 | Int(digit(text[at]))
            }
            return value
        }
        let value: Int?
        let length: Int
        if text[index] == UInt8(ascii: "%") {
            (value, length) = (number(index + 1, 2), 3)
        } else if text[index] == UInt8(ascii: "\\"), index + 1 < text.count {
            switch text[index + 1] {
            case UInt8(ascii: "x"): (value, length) = (number(index + 2, 2), 4)
            case UInt8(ascii: "u"): (value, length) = (number(index + 2, 4), 6)
            default: return nil
            }
        } else {
            return nil
        }
        guard let value, value < 0x100, isReadable(UInt8(value)) else { return nil }
        return (UInt8(value), length)
    }
}
