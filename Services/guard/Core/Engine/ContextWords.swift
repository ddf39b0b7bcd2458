import Patterns

/// Words that make a match more likely when they stand shortly before it.
package struct ContextWords: Sendable {
    /// The most bytes before a match that any entry may look at; a stream keeps as many.
    package static let longestSpan = 64

    /// By their first letter, a to z; every word begins with one.
    private let words: [[[UInt8]]]
    private let span: Int
    let isEmpty: Bool

    init(_ words: [String], span: Int) {
        var byLetter = [[[UInt8]]](repeating: [], count: 26)
        for word in words.map({ Array($0.lowercased().utf8) }) {
            guard let first = word.first, Self.isLetter(first) else { continue }
            byLetter[Int(first - 0x61)].append(word)
        }
        self.words = byLetter
        self.span = min(span, Self.longestSpan)
        isEmpty = words.isEmpty
    }

    /// Whether one of them stands within the span before a place, as a whole word.
    ///
    /// `bound` is where to begin, when that is nearer than the span.
    func stands(before index: Int, since bound: Int = 0, in text: CheckedText) -> Bool {
        let first = max(bound, index - span)
        var start = first
        while start < index {
            let letter = Self.folded(text[start])
            // The letter before the span tells whether its first word is a whole one.
            if Self.isLetter(letter), start == bound || !Self.isLetter(text[start - 1]) {
                for word in words[Int(letter - 0x61)] where Self.isWord(word, at: start, before: index, in: text) {
                    return true
                }
            }
            start += 1
        }
        return false
    }

    private static func isWord(_ word: [UInt8], at start: Int, before index: Int, in text: CheckedText) -> Bool {
        let end = start + word.count
        guard end <= index, end == index || !isLetter(text[end]) else { return false }
        for offset in word.indices where folded(text[start + offset]) != word[offset] { return false }
        return true
    }

    private static func folded(_ byte: UInt8) -> UInt8 {
        (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte | 0x20)
    }
}
