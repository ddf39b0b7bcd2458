import Patterns

/// Pieces of text that are looked for in a match in one pass, in either case and wherever words begin or end.
///
/// A match is examined where it stands: as a string of its own it would cost more than the search that found it.
struct Phrases: Sendable {
    private let phrases: [[UInt8]]
    private let firsts: ByteSet

    /// Each in small letters.
    init(_ phrases: [String]) {
        self.phrases = phrases.map { Array($0.utf8) }
        var firsts = ByteSet.none
        for first in self.phrases.compactMap(\.first) {
            firsts.insert(first)
            if ByteSet.letters.contains(first) { firsts.insert(first & ~0x20) }
        }
        self.firsts = firsts
    }

    /// Whether one of them stands in a part of a text.
    func stand(in text: CheckedText, _ range: Range<Int>) -> Bool {
        let firsts = firsts
        for index in range where firsts.contains(text[index]) {
            for phrase in phrases where Self.stands(phrase, at: index, before: range.upperBound, in: text) {
                return true
            }
        }
        return false
    }

    private static func stands(_ phrase: [UInt8], at start: Int, before end: Int, in text: CheckedText) -> Bool {
        guard start + phrase.count <= end else { return false }
        for offset in phrase.indices where ASCII.folded(text[start + offset]) != phrase[offset] { return false }
        return true
    }
}
