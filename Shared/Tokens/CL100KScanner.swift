/// Splits text as the regular expression of cl100k does.
///
/// 1. `'(?i:[sdmt]|ll|ve|re)`
/// 2. `[^\r\n\p{L}\p{N}]?+\p{L}++`
/// 3. `\p{N}{1,3}+`
/// 4. ` ?[^\s\p{L}\p{N}]++[\r\n]*+`
/// 5. `\s++$`
/// 6. `\s*[\r\n]`
/// 7. `\s+(?!\S)`
/// 8. `\s`
///
/// The first alternative that matches wins. Marks are no letters here: they stand in runs of punctuation. Written out it
/// reads no byte more often than three times.
struct CL100KScanner: PieceScanner {
    let text: UnsafeRawBufferPointer
    let vocabulary: Vocabulary

    init(_ text: UnsafeRawBufferPointer, _ vocabulary: Vocabulary) {
        self.text = text
        self.vocabulary = vocabulary
    }

    func end(ofPieceAt start: Int) -> Int {
        let first = character(at: start)
        let next = start + first.length
        switch first.kind {
        case .upper, .lower, .letter:
            return letters(at: next)
        case .number:
            return number(at: start)
        case .newline:
            return whiteSpace(at: start)
        case .space:
            if let word = word(at: next) { return word }
            if text[start] == Self.space, let end = punctuation(at: next) { return end }
            return whiteSpace(at: start)
        case .mark, .other:
            if let end = contraction(at: start) { return end }
            if let word = word(at: next) { return word }
            return punctuation(at: start) ?? next
        }
    }

    // MARK: The alternatives

    /// Alternative 1; `nil` when none stands here.
    @inline(__always)
    private func contraction(at position: Int) -> Int? {
        guard text[position] == UInt8(ascii: "'"), position + 1 < text.count else { return nil }
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

    /// Alternative 2 behind its optional first character; `nil` when no letter stands here.
    @inline(__always)
    private func word(at start: Int) -> Int? {
        let end = letters(at: start)
        return end > start ? end : nil
    }

    @inline(__always)
    private func letters(at start: Int) -> Int {
        var position = start
        var current = character(at: position)
        while current.kind.isLetter {
            position += current.length
            current = character(at: position)
        }
        return position
    }

    /// Alternative 4 behind its space.
    @inline(__always)
    private func punctuation(at start: Int) -> Int? {
        var position = start
        var current = character(at: position)
        while current.kind.isPunctuation, current.length > 0 {
            position += current.length
            current = character(at: position)
        }
        guard position > start else { return nil }
        while position < text.count, text[position] == UInt8(ascii: "\r") || text[position] == UInt8(ascii: "\n") {
            position += 1
        }
        return position
    }

    /// Alternatives 5 to 8.
    private func whiteSpace(at start: Int) -> Int {
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
        if position == text.count { return position }
        if let lastNewline { return lastNewline }
        // The last one goes with what follows, unless it is alone.
        return lastStart == start ? position : lastStart
    }
}
