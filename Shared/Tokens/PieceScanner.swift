/// Splits text into the pieces inside which bytes are merged.
///
/// A byte that is not part of valid UTF-8 is a character of its own, of class other.
protocol PieceScanner {
    var text: UnsafeRawBufferPointer { get }
    var vocabulary: Vocabulary { get }

    init(_ text: UnsafeRawBufferPointer, _ vocabulary: Vocabulary)

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
