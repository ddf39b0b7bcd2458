/// Splits text as the regular expression of o200k does.
///
/// 1. `[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?`
/// 2. `[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?`
/// 3. `\p{N}{1,3}`
/// 4. ` ?[^\s\p{L}\p{N}]+[\r\n/]*`
/// 5. `\s*[\r\n]+`
/// 6. `\s+(?!\S)`
/// 7. `\s+`
///
/// The first alternative that matches wins, with what a backtracking engine would give back. Written out it reads no
/// byte more often than three times.
struct O200KScanner: PieceScanner {
    let text: UnsafeRawBufferPointer
    let vocabulary: Vocabulary

    init(_ text: UnsafeRawBufferPointer, _ vocabulary: Vocabulary) {
        self.text = text
        self.vocabulary = vocabulary
    }

    /// Where the piece ends that begins at a position before the text's end.
    func end(ofPieceAt start: Int) -> Int {
        let first = character(at: start)
        let next = start + first.length
        switch first.kind {
        case .upper, .lower, .letter:
            return word(at: start)?.end ?? next
        case .mark:
            // As what precedes a word it must be followed by more than capitals; else it is a word itself.
            if let word = word(at: next), !word.isCapitals { return word.end }
            return contraction(at: next)
        case .number:
            return number(at: start)
        case .newline:
            return whiteSpace(at: start)
        case .space:
            if let word = word(at: next) { return word.end }
            if text[start] == Self.space, let end = punctuation(at: next) { return end }
            return whiteSpace(at: start)
        case .other:
            if let word = word(at: next) { return word.end }
            return punctuation(at: start) ?? next
        }
    }

    // MARK: The alternatives

    /// Alternatives 1 and 2 behind their optional first character.
    ///
    /// - Returns: The end, and whether only 2 matched; `nil` when no word stands here.
    @inline(__always)
    private func word(at start: Int) -> (end: Int, isCapitals: Bool)? {
        var position = start
        var lastCaseless: Int?
        var current = character(at: position)
        while current.kind.isUpperOrCaseless {
            position += current.length
            if current.kind.isCaseless { lastCaseless = position }
            current = character(at: position)
        }
        if current.kind == .lower {
            repeat {
                position += current.length
                current = character(at: position)
            } while current.kind.isLowerOrCaseless
            return (contraction(at: position), false)
        }
        // No small letter: the word ends with its last letter that has no case, and capitals behind are the next word.
        if let lastCaseless { return (contraction(at: lastCaseless), false) }
        return position > start ? (contraction(at: position), true) : nil
    }

    /// The end of `'s`, `'re` and so on if it stands here, else the position itself.
    @inline(__always)
    private func contraction(at position: Int) -> Int {
        guard position + 1 < text.count, text[position] == UInt8(ascii: "'") else { return position }
        let third = position + 2 < text.count ? text[position + 2] : 0
        switch text[position + 1] | 0x20 {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"):
            return position + 2
        case UInt8(ascii: "r"), UInt8(ascii: "v"):
            return third | 0x20 == UInt8(ascii: "e") ? position + 3 : position
        case UInt8(ascii: "l"):
            return third | 0x20 == UInt8(ascii: "l") ? position + 3 : position
        default:
            // "ſ" is a small s to an expression that ignores case.
            return text[position + 1] == 0xC5 && third == 0xBF ? position + 3 : position
        }
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
        while position < text.count {
            switch text[position] {
            case UInt8(ascii: "\r"), UInt8(ascii: "\n"), UInt8(ascii: "/"): position += 1
            default: return position
            }
        }
        return position
    }

    /// Alternatives 5, 6 and 7.
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
        if let lastNewline { return lastNewline }
        // The last one goes with what follows, unless it is alone.
        return position == text.count || lastStart == start ? position : lastStart
    }
}
