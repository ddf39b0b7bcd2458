import Patterns
import Testing

@Suite("The literal prefilter")
struct LiteralPrefilterTests {
    private func scan(_ filter: LiteralPrefilter, _ text: String) -> [LiteralPrefilter.Hit] {
        var text = text
        var hits: [LiteralPrefilter.Hit] = []
        text.withUTF8 { filter.scan(CheckedText(valid: $0), into: &hits) }
        return hits
    }

    @Test("finds every literal of every pattern, overlapping ones too")
    func overlapping() {
        let filter = LiteralPrefilter([["he", "hers"], ["she"], ["his", "he"]])
        let hits = scan(filter, "uSHers his")
        let expected: [LiteralPrefilter.Hit] = [
            .init(pattern: 1, start: 1, end: 4), .init(pattern: 0, start: 2, end: 4),
            .init(pattern: 2, start: 2, end: 4), .init(pattern: 0, start: 2, end: 6),
            .init(pattern: 2, start: 7, end: 10),
        ]
        #expect(Set(hits) == Set(expected))
        #expect(hits.count == 5)
    }

    @Test("none means nothing to look for")
    func empty() {
        #expect(LiteralPrefilter([]).isEmpty && LiteralPrefilter([[""], []]).isEmpty)
        #expect(scan(LiteralPrefilter([[]]), "abc").isEmpty)
    }

    @Test("agrees with a plain search on random text")
    func random() {
        var generator = SeededGenerator(state: 7)
        for _ in 0..<200 {
            let words = (0..<5).map { _ in Self.word(1...4, &generator) }
            let text = Self.word(0...60, &generator)
            let filter = LiteralPrefilter(words.map { [$0] })
            var expected: Set<LiteralPrefilter.Hit> = []
            let bytes = Array(text.utf8)
            for (pattern, word) in words.enumerated() {
                let word = Array(word.utf8)
                for start in bytes.indices where bytes[start...].starts(with: word) {
                    expected.insert(.init(pattern: pattern, start: start, end: start + word.count))
                }
            }
            #expect(Set(scan(filter, text)) == expected, "\(words) in \(text)")
        }
    }

    private static func word(_ length: ClosedRange<Int>, _ generator: inout SeededGenerator) -> String {
        String(
            (0..<Int.random(in: length, using: &generator)).map { _ in "abcé".randomElement(using: &generator) ?? "a" }
        )
    }
}

/// The same numbers at every run.
private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
