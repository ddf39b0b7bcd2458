import JSON
import Testing

@Suite("Generated documents")
struct GeneratedDocumentTests {
    @Test("what is written reads back the same, and is written the same again", arguments: 0..<20)
    func roundTrip(seed: Int) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            let tree = Tree.random(&generator)
            let document = try JSONDocument(tree.written)
            #expect(Tree(document.root) == tree.normal)
            #expect(Tree(document.root).written == tree.written)
            #expect(document.bytes == tree.written)
        }
    }

    @Test("white space and the spelling of characters do not change what is read", arguments: 100..<120)
    func spelling(seed: Int) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            let tree = Tree.random(&generator)
            let text = tree.spelled(&generator)
            let document = try JSONDocument(text)
            #expect(Tree(document.root) == tree.normal)
            #expect(ReferenceGrammar.offence(in: text) == nil)
        }
    }

    @Test("a mutated document is judged as the slow grammar judges it, to the byte", arguments: 1000..<1040)
    func mutation(seed: Int) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            var text = Tree.random(&generator, depth: 4).spelled(&generator)
            for _ in 0..<1 + generator.below(3) { Self.mutate(&text, &generator) }
            expectVerdict(of: text)
        }
    }

    @Test("noise of JSON's own bytes is judged as the slow grammar judges it, to the byte", arguments: 2000..<2020)
    func noise(seed: Int) {
        let pool =
            Array("{}[]\",:\\u0041-+.eEtrufalsn 12\n/b".utf8) + [
                0, 0x1F, 0x7F, 0x80, 0xC3, 0xA9, 0xED, 0xA0, 0xF0, 0x9F, 0xFF,
            ]
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            var text = (0..<generator.below(60)).map { _ in pool[generator.below(pool.count)] }
            // Inside a string noise lives longer.
            if generator.chance(2) { text.insert(UInt8(ascii: "\""), at: 0) }
            expectVerdict(of: text)
        }
    }

    @Test("dense escapes are judged as the slow grammar judges them, to the byte", arguments: 3000..<3020)
    func escapes(seed: Int) {
        let pool = [
            "\\\\", "\\\"", "\\n", "\\u00e9", "\\ud83d", "\\ude00", "a", "\\", "\\u12", "/", "\\/", "é", "😀", "u",
            "\\x", "\"", "\u{1}",
        ]
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            let valid = generator.chance(2)
            let parts = (0..<generator.below(30)).map { _ in pool[generator.below(valid ? 7 : pool.count)] }
            expectVerdict(of: Array(("[\"" + parts.joined() + "\", \"and something after it\"]").utf8))
        }
    }

    /// Parses, compares with the slow grammar, and uses whatever was accepted.
    private func expectVerdict(of text: [UInt8]) {
        let expected = ReferenceGrammar.offence(in: text)
        do throws(JSONError) {
            let document = try JSONDocument(text)
            #expect(expected == nil, "accepted \(text)")
            let tree = Tree(document.root)
            #expect((try? JSONDocument(tree.written)).map { Tree($0.root) } == tree)
        } catch {
            #expect(error.offset == expected, "\(error) in \(text)")
            #expect((error.reason == .unexpectedEnd) == (error.offset == text.count))
        }
    }

    private static func mutate(_ text: inout [UInt8], _ generator: inout SeededGenerator) {
        let at = generator.below(text.count + 1)
        switch generator.below(6) {
        case 0:
            text.insert(UInt8(truncatingIfNeeded: generator.next()), at: at)
        case 1 where at < text.count:
            text.remove(at: at)
        case 2 where at < text.count:
            text[at] = UInt8(truncatingIfNeeded: generator.next())
        case 3 where at < text.count:
            text[at] ^= 1 << UInt8(generator.below(8))
        case 4:
            text.removeSubrange(at...)
        default:
            let from = generator.below(text.count + 1)
            text.insert(contentsOf: text[min(at, from)..<max(at, from)].prefix(40), at: at)
        }
    }
}
