import Patterns

/// A text with the disguises of letters taken off, and the way back to the original's bytes.
///
/// Invisible characters are left out; full-width and mathematical letters, and Cyrillic and Greek ones that stand in a word
/// with Latin letters, become the letters they look like. Everything else stays as it is.
struct FoldedText {
    private var bytes: [UInt8] = []
    /// Where each byte comes from.
    private var origins: [Int] = []
    private var end = 0

    /// `nil` when there is no disguise in the text, which is nearly always.
    init?(_ text: CheckedText) {
        guard Self.isSuspicious(text) else { return nil }
        bytes.reserveCapacity(text.count)
        origins.reserveCapacity(text.count)
        end = text.count
        fold(text)
    }

    func withText<Result>(_ body: (CheckedText) -> Result) -> Result {
        bytes.withUnsafeBufferPointer { body(CheckedText(valid: $0)) }
    }

    /// The bytes of the original that a range of this text stands for.
    func original(_ range: Range<Int>) -> Range<Int> {
        let start = range.lowerBound < origins.count ? origins[range.lowerBound] : end
        let stop = range.upperBound < origins.count ? origins[range.upperBound] : end
        return start..<max(start, stop)
    }

    // MARK: Looking

    /// Where characters that are not seen stand, neighbours together.
    static func invisible(_ text: CheckedText) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var index = text.firstNonASCII(from: 0)
        while index < text.count {
            let (scalar, length) = Self.scalar(text, at: index)
            if isInvisible(scalar) {
                if let last = ranges.last, last.upperBound == index {
                    ranges[ranges.count - 1] = last.lowerBound..<index + length
                } else {
                    ranges.append(index..<index + length)
                }
            }
            index = text.firstNonASCII(from: index + length)
        }
        return ranges
    }

    private static func isSuspicious(_ text: CheckedText) -> Bool {
        var index = text.firstNonASCII(from: 0)
        while index < text.count {
            let (scalar, length) = Self.scalar(text, at: index)
            if Self.isInvisible(scalar) || Self.plain(scalar) != nil { return true }
            index = text.firstNonASCII(from: index + length)
        }
        return false
    }

    /// The scalar that starts at a byte of valid UTF-8.
    private static func scalar(_ text: CheckedText, at index: Int) -> (value: UInt32, length: Int) {
        let first = UInt32(text[index])
        let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        guard length > 1, index + length <= text.count else { return (first, 1) }
        var value = first & (0x7F >> UInt32(length))
        for offset in 1..<length { value = value << 6 | UInt32(text[index + offset] & 0x3F) }
        return (value, length)
    }

    // MARK: Folding

    private mutating func fold(_ text: CheckedText) {
        var index = 0
        var wordIsMixed: Bool?
        while index < text.count {
            let (scalar, length) = Self.scalar(text, at: index)
            defer { index += length }
            if Self.isInvisible(scalar) { continue }
            if scalar < 0x80, !ByteSet.letters.contains(UInt8(scalar)) { wordIsMixed = nil }
            guard let letter = Self.plain(scalar) else {
                for offset in 0..<length { append(text[index + offset], from: index) }
                continue
            }
            if Self.isForeignLetter(scalar) {
                let isMixed = wordIsMixed ?? Self.hasLatin(text, aroundWordAt: index)
                wordIsMixed = isMixed
                guard isMixed else {
                    for offset in 0..<length { append(text[index + offset], from: index) }
                    continue
                }
            }
            append(letter, from: index)
        }
    }

    private mutating func append(_ byte: UInt8, from index: Int) {
        bytes.append(byte)
        origins.append(index)
    }

    /// Whether the word at a place holds ASCII letters; looks at 64 bytes at most each way.
    private static func hasLatin(_ text: CheckedText, aroundWordAt index: Int) -> Bool {
        var at = index
        while at < min(text.count, index + 64), text[at] >= 0x80 || ByteSet.letters.contains(text[at]) {
            if text[at] < 0x80 { return true }
            at += 1
        }
        at = index - 1
        while at >= max(0, index - 64), text[at] >= 0x80 || ByteSet.letters.contains(text[at]) {
            if text[at] < 0x80 { return true }
            at -= 1
        }
        return false
    }

    private static func isInvisible(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0xAD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x200B...0x200F, 0x202A...0x202E,
            0x2060...0x2064, 0x2066...0x206F, 0xFEFF, 0xE0001...0xE007F:
            true
        default: false
        }
    }

    private static func isForeignLetter(_ scalar: UInt32) -> Bool {
        (0x370...0x52F).contains(scalar)
    }

    /// The ASCII letter that a scalar looks like.
    private static func plain(_ scalar: UInt32) -> UInt8? {
        switch scalar {
        case 0xFF01...0xFF5E: UInt8(scalar - 0xFEE0)
        case 0x1D400...0x1D6A3: mathematical(scalar)
        case 0xA0, 0x2000...0x200A, 0x202F, 0x205F, 0x3000: UInt8(ascii: " ")
        case 0x370...0x52F: lookAlikes[scalar]
        default: nil
        }
    }

    /// Mathematical alphabets of 52 letters each, capitals first.
    private static func mathematical(_ scalar: UInt32) -> UInt8 {
        let letter = UInt8((scalar - 0x1D400) % 52)
        return letter < 26 ? 0x41 + letter : 0x61 + letter - 26
    }

    private static let lookAlikes: [UInt32: UInt8] = {
        let pairs: [(String, String)] = [
            ("абсеёіїјорѕхуһԁԛԝкмтнвьпгиӏ", "abceeiijopsxyhdqwkmthbbnruil"),
            ("АВСЕЁІЇЈКМНОРЅТХУԌЗ", "ABCEEIIJKMHOPSTXYG3"),
            ("αβγεικνορτυχω", "abyeikvoptuxw"),
            ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX"),
        ]
        var table: [UInt32: UInt8] = [:]
        for (foreign, latin) in pairs {
            for (scalar, byte) in zip(foreign.unicodeScalars, latin.utf8) { table[scalar.value] = byte }
        }
        return table
    }()
}
