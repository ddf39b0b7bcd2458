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
    static var runsTakeSlashes: Bool { false }
    static var lastSpaceIsWhole: Bool { true }

    let text: UnsafeRawBufferPointer
    let vocabulary: Vocabulary

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
}
