import Testing

@testable import Patterns

@Suite("Finding words")
struct WordFinderTests {
    /// Everything a finder tells of a part of a text.
    private static func places(_ words: [String], _ text: String, _ range: Range<Int>? = nil) -> [Int] {
        var (text, places) = (text, [Int]())
        text.withUTF8 { bytes in
            let text = CheckedText(valid: bytes)
            WordFinder(words.map { Array($0.utf8) }).scan(text, range ?? 0..<text.count) { places.append($0) }
        }
        return places
    }

    @Test("words stand where they stand, in either case, up to the last byte")
    func words() {
        #expect(Self.places(["say", "send"], "Say it, SEND it, say") == [0, 8, 17])
        #expect(Self.places(["@"], "a@b.co @") == [1, 7])
        #expect(Self.places(["to"], "to go to") == [0, 6])
        #expect(Self.places(["say"], "sa").isEmpty && Self.places(["say"], "").isEmpty)
    }

    @Test("what goes on behind a part is not in it, and what began before neither")
    func part() {
        #expect(Self.places(["send"], "send send send", 1..<10) == [5])
        #expect(Self.places(["send"], "send send send", 5..<8).isEmpty)
    }

    @Test("random words in random texts are where a plain search finds them")
    func random() {
        var generator = SystemRandomNumberGenerator()
        func letters(_ count: Int) -> String {
            String((0..<count).map { _ in ["a", "b", "@", " ", "A"].randomElement(using: &generator) ?? "a" })
        }
        for _ in 0..<300 {
            let words = (0..<4).map { _ in letters(Int.random(in: 1...4, using: &generator)).lowercased() }
            let text = letters(Int.random(in: 0...40, using: &generator))
            let folded = Array(text.lowercased().utf8)
            let expected = folded.indices.filter { start in
                words.contains { folded[start...].starts(with: Array($0.utf8)) }
            }
            #expect(Self.places(words, text) == expected, "\(words) \(text)")
        }
    }
}
