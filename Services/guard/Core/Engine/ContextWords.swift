import Patterns

/// Words that make a match more likely when they stand shortly before it.
package struct ContextWords: Sendable {
    /// The most bytes before a match that any entry may look at; a stream keeps as many.
    package static let longestSpan = 64

    /// By their first letter, a to z; every word begins with one.
    private let words: [[[UInt8]]]
    /// By the same letter: a bit for each second letter, and the last bit for words that go on otherwise or end.
    ///
    /// Most words of a text begin like none of these, and that is told without looking at any.
    private let seconds: [UInt32]
    private let span: Int
    let isEmpty: Bool

    init(_ words: [String], span: Int) {
        var byLetter = [[[UInt8]]](repeating: [], count: 26)
        var seconds = [UInt32](repeating: 0, count: 26)
        for word in words.map({ Array($0.lowercased().utf8) }) {
            guard let first = word.first, Self.isLetter(first) else { continue }
            byLetter[Int(first - 0x61)].append(word)
            seconds[Int(first - 0x61)] |= word.count > 1 ? Self.bit(word[1]) : .max
        }
        self.words = byLetter
        self.seconds = seconds
        self.span = min(span, Self.longestSpan)
        isEmpty = words.isEmpty
    }

    /// Whether one of them stands within the span before a place, as a whole word.
    ///
    /// `bound` is where to begin, when that is nearer than the span.
    func stands(before index: Int, since bound: Int = 0, in text: CheckedText) -> Bool {
        let first = max(bound, index - span)
        guard first < index else { return false }
        return seconds.withUnsafeBufferPointer { seconds in
            // The letter before the span tells whether its first word is a whole one.
            var wasLetter = first > bound && Self.isLetter(text[first - 1])
            for start in first..<index {
                let isLetter = Self.isLetter(text[start])
                defer { wasLetter = isLetter }
                guard isLetter, !wasLetter else { continue }
                let letter = Int(text[start] | 0x20) - 0x61
                let second = start + 1 < text.count ? Self.bit(text[start + 1]) : Self.otherBit
                guard seconds[letter] & second != 0 else { continue }
                for word in words[letter] where Self.isWord(word, at: start, before: index, in: text) { return true }
            }
            return false
        }
    }

    private static func isWord(_ word: [UInt8], at start: Int, before index: Int, in text: CheckedText) -> Bool {
        let end = start + word.count
        guard end <= index, end == index || !isLetter(text[end]) else { return false }
        for offset in word.indices where ASCII.folded(text[start + offset]) != word[offset] { return false }
        return true
    }

    private static let otherBit = UInt32(1) << 31

    @inline(__always)
    private static func bit(_ byte: UInt8) -> UInt32 {
        isLetter(byte) ? 1 << UInt32((byte | 0x20) - 0x61) : otherBit
    }

    @inline(__always)
    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
}

/// Letters of either case as one.
enum ASCII {
    @inline(__always)
    static func folded(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
}
