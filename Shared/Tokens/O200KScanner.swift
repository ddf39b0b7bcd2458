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
    static var runsTakeSlashes: Bool { true }
    static var lastSpaceIsWhole: Bool { false }

    let text: UnsafeRawBufferPointer
    let vocabulary: Vocabulary

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
            return contraction(at: next) ?? next
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
            return (contraction(at: position) ?? position, false)
        }
        // No small letter: the word ends with its last letter that has no case, and capitals behind are the next word.
        if let lastCaseless { return (contraction(at: lastCaseless) ?? lastCaseless, false) }
        return position > start ? (contraction(at: position) ?? position, true) : nil
    }
}
