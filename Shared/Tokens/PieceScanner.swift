/// Splits text into the pieces inside which bytes are merged.
///
/// A byte that is not part of valid UTF-8 is a character of its own, of class other.
protocol PieceScanner {
    var text: UnsafeRawBufferPointer { get }
    var vocabulary: Vocabulary { get }

    /// Whether a run of punctuation takes the slashes behind it, as it takes line breaks.
    static var runsTakeSlashes: Bool { get }
    /// Whether white space that ends the text is one piece, also behind its last line break.
    static var lastSpaceIsWhole: Bool { get }

    /// Where the piece ends that begins at a position before the text's end.
    func end(ofPieceAt start: Int) -> Int
}

extension PieceScanner {
    /// The byte that may go with a run of punctuation.
    static var space: UInt8 { UInt8(ascii: " ") }

    /// `\p{N}{1,3}`.
    func number(at start: Int) -> Int {
        var position = start
        for _ in 0..<3 {
            let current = character(at: position)
            guard current.kind == .number else { break }
            position += current.length
        }
        return position
    }

    /// The end of `(?i:'s|'t|'re|'ve|'m|'ll|'d)`; `nil` when none stands here.
    @inline(__always)
    func contraction(at position: Int) -> Int? {
        guard position + 1 < text.count, text[position] == UInt8(ascii: "'") else { return nil }
        let third = position + 2 < text.count ? text[position + 2] : 0
        switch text[position + 1] | 0x20 {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"):
            return position + 2
        case UInt8(ascii: "r"), UInt8(ascii: "v"):
            return third | 0x20 == UInt8(ascii: "e") ? position + 3 : nil
        case UInt8(ascii: "l"):
            return third | 0x20 == UInt8(ascii: "l") ? position + 3 : nil
        default:
            // "ſ" is a small s to an expression that ignores case.
            return text[position + 1] == 0xC5 && third == 0xBF ? position + 3 : nil
        }
    }

    /// `[^\s\p{L}\p{N}]+[\r\n]*`, or `[\r\n/]*` at its end; `nil` when no punctuation stands here.
    @inline(__always)
    func punctuation(at start: Int) -> Int? {
        var position = start
        var current = character(at: position)
        while current.kind.isPunctuation, current.length > 0 {
            position += current.length
            current = character(at: position)
        }
        guard position > start else { return nil }
        while position < text.count {
            switch text[position] {
            case UInt8(ascii: "\r"), UInt8(ascii: "\n"): position += 1
            case UInt8(ascii: "/") where Self.runsTakeSlashes: position += 1
            default: return position
            }
        }
        return position
    }

    /// White space up to its last line break; without one all of it but the character that goes with what follows.
    func whiteSpace(at start: Int) -> Int {
        var position = start
        var lastStart = start
        var lastNewline: Int?
        var current = character(at: position)
        while current.kind.isWhiteSpace {
            lastStart = position
            position += current.length
            if current.kind == .newline { lastNewline = position }
            current = character(at: position)
        }
        let isLast = position == text.count
        if let lastNewline, !(isLast && Self.lastSpaceIsWhole) { return lastNewline }
        // What is alone goes with nothing.
        return isLast || lastStart == start ? position : lastStart
    }

    // MARK: Characters

    /// The character at a position; of length zero and class other at the end.
    @inline(__always)
    func character(at position: Int) -> (kind: CharacterClass, length: Int) {
        guard position < text.count else { return (.other, 0) }
        let byte = text[position]
        if byte < 0x80 { return (vocabulary.characterClass(ascii: byte), 1) }
        return multibyte(byte, at: position)
    }

    private func multibyte(_ first: UInt8, at position: Int) -> (kind: CharacterClass, length: Int) {
        let length: Int
        var scalar: UInt32
        let least: UInt32
        switch first {
        case 0xC2...0xDF: (length, scalar, least) = (2, UInt32(first & 0x1F), 0x80)
        case 0xE0...0xEF: (length, scalar, least) = (3, UInt32(first & 0x0F), 0x800)
        case 0xF0...0xF4: (length, scalar, least) = (4, UInt32(first & 0x07), 0x10000)
        default: return (.other, 1)
        }
        guard position + length <= text.count else { return (.other, 1) }
        for offset in 1..<length {
            let byte = text[position + offset]
            guard byte & 0xC0 == 0x80 else { return (.other, 1) }
            scalar = scalar << 6 | UInt32(byte & 0x3F)
        }
        let isSurrogate = 0xD800...0xDFFF ~= scalar
        guard scalar >= least, scalar <= 0x10FFFF, !isSurrogate else { return (.other, 1) }
        return (vocabulary.characterClass(scalar: scalar), length)
    }
}
