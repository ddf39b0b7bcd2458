import Testing
import Tokens

@Suite("Tokens are counted as OpenAI counts them")
struct TokenCounterTests {
    private let counter = TokenCounter.o200k

    @Test("in many languages, code, tool outputs, emoji and random text, id by id")
    func samples() throws {
        let samples = try Sample.all()
        try #require(samples.count > 1000)
        for sample in samples {
            for (counter, ids) in [(TokenCounter.o200k, sample.o200k), (.cl100k, sample.cl100k)] {
                #expect(counter.encode(sample.text.utf8) == ids, "\(sample.name): \(sample.text.debugDescription)")
                #expect(counter.count(sample.text.utf8) == ids.count, "\(sample.name)")
            }
        }
    }

    @Test("a token that every vocabulary has to have: each byte alone", arguments: [TokenCounter.o200k, .cl100k])
    func bytes(counter: TokenCounter) {
        var ids: Set<Int> = []
        for byte in UInt8.min...UInt8.max { ids.formUnion(counter.encode([byte])) }
        #expect(ids.count == 256)
    }

    @Test(
        "bytes that are no UTF-8 count as they are",
        arguments: [
            [0x80], [0xFF, 0xFE], [0xC0, 0xAF], [0xE4, 0xB8], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
            [0x61, 0xC3], [0x20, 0xF0, 0x9F], [0xE0, 0x80, 0x80, 0x61],
        ] as [[UInt8]]
    )
    func invalid(bytes: [UInt8]) {
        let count = counter.count(bytes)
        #expect(count == counter.encode(bytes).count)
        #expect((1...bytes.count).contains(count))
    }

    @Test("a collection without contiguous storage counts like an array")
    func collections() {
        let text = Array("The quick brown fox — 狐 — jumps.".utf8)
        #expect(counter.count(text.lazy.map { $0 }) == counter.count(text))
        #expect(counter.count(text[4...]) == counter.count(Array(text[4...])))
        #expect(counter.count([UInt8]()) == 0)
    }

    /// 16 KiB make a part; the reference counts are tiktoken's.
    @Test(
        "a long word is cut and comes out right but for a token or two at each cut",
        arguments: [
            ("a", 1_048_576, 131_072), ("ab", 65_536, 32_768), ("=", 131_072, 2048),
            (" ", 131_072, 1024), ("\u{4E2D}", 40_000, 40_000),
        ]
    )
    func longPieces(part: String, repeats: Int, expected: Int) {
        let text = [UInt8](String(repeating: part, count: repeats).utf8)
        let cuts = text.count / (16 << 10) + 1
        #expect((expected...expected + 2 * cuts).contains(counter.count(text)))
    }
}
