import Patterns
import Testing

@Suite("The literal prefilter")
struct LiteralPrefilterTests {
    private func scan(_ filter: LiteralPrefilter, _ text: String) -> [LiteralPrefilter.Hit] {
        var text = text
        var hits: [LiteralPrefilter.Hit] = []
        text.withUTF8 { filter.scan(CheckedText(valid: $0)) { hits.append($0) } }
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

    @Test("long literals are told where they stand in full, in either case and beyond ASCII")
    func long() {
        let filter = LiteralPrefilter([["ignore previous", "ignore the"], ["忽略之前", "忽略"], ["ignor"]])
        #expect(
            Set(scan(filter, "IGNORE previous, ignore p 忽略之前 忽略了 ignor"))
                == [
                    .init(pattern: 0, start: 0, end: 15), .init(pattern: 2, start: 0, end: 5),
                    .init(pattern: 2, start: 17, end: 22), .init(pattern: 1, start: 26, end: 38),
                    .init(pattern: 1, start: 26, end: 32), .init(pattern: 1, start: 39, end: 45),
                    .init(pattern: 2, start: 49, end: 54),
                ]
        )
    }

    @Test("a table of tens of thousands of words stays small, and none is lost")
    func many() {
        var generator = SeededGenerator(state: 9)
        let words = (0..<30_000).map { _ in
            String(
                decoding: (0..<12).map { _ in UInt8.random(in: 0x61...0x7A, using: &generator) },
                as: UTF8.self
            )
        }
        let filter = LiteralPrefilter([words])
        #expect(filter.tableSize <= 65_536 * 64 * 2)
        let hits = scan(filter, words.prefix(200).joined(separator: " "))
        #expect(Set(hits.map(\.start)).isSuperset(of: (0..<200).map { $0 * 13 }))
    }

    @Test("none means nothing to look for")
    func empty() {
        #expect(LiteralPrefilter([]).isEmpty && LiteralPrefilter([[""], []]).isEmpty)
        #expect(scan(LiteralPrefilter([[]]), "abc").isEmpty)
    }

    @Test(
        "agrees with a plain search on random text, each told once and in order",
        arguments: [(200, 0...60), (60, 200...1100), (8, 3900...9000)]
    )
    func random(rounds: Int, length: ClosedRange<Int>) {
        var generator = SeededGenerator(state: 7)
        for _ in 0..<rounds {
            let words = (0..<5).map { _ in Self.word(1...9, &generator) }
            let text = Self.word(length, &generator)
            let filter = LiteralPrefilter(words.map { [$0] })
            var expected: Set<LiteralPrefilter.Hit> = []
            let bytes = Array(text.lowercased().utf8)
            for (pattern, word) in words.enumerated() {
                let word = word.lowercased().utf8.map { $0 }
                for start in bytes.indices where bytes[start...].starts(with: word) {
                    expected.insert(.init(pattern: pattern, start: start, end: start + word.count))
                }
            }
            let hits = scan(filter, text)
            #expect(Set(hits) == expected && hits.count == expected.count, "\(words) in \(text)")
            // Five bytes tell words apart, so a hit is told where its fifth byte is, or its last.
            let told = hits.map { min($0.end, $0.start + 5) }
            #expect(told == told.sorted())
        }
    }

    private static func word(_ length: ClosedRange<Int>, _ generator: inout SeededGenerator) -> String {
        String(
            (0..<Int.random(in: length, using: &generator)).map { _ in "abcdeBé".randomElement(using: &generator) ?? "a"
            }
        )
    }
}

/// The same numbers at every run.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
