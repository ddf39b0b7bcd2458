import Secrets
import Testing

@Suite("Hash of texts")
struct TextHashTests {
    private static func hash() throws -> TextHash {
        let key = hex("0691927f427ad3d1e8f026487fe0905c95390e1c4489811291a0eef9b13e7803")
        return TextHash(try Subkey(bytes: key))
    }

    private static func bytes(_ hash: (UInt64, UInt64)) -> [UInt8] {
        [hash.0, hash.1].flatMap { word in withUnsafeBytes(of: word.littleEndian) { Array($0) } }
    }

    private static func hashed(_ text: [UInt8], _ hash: TextHash) -> (hash: [UInt8], blocks: [UInt32]) {
        var blocks: [UInt32] = []
        let words = text.withUnsafeBytes { text in hash.hash(text) { blocks.append($0) } }
        return (bytes(words), blocks)
    }

    // From a second implementation in Python, with its numbers of any length.
    @Test(
        "it gives what the definition gives, blocks full and not",
        arguments: [
            (0, "3e9adaadd2f01c6a23ce966d433ab9db"),
            (1, "55c131bd49f71168cb9956d7acec51ad"),
            (15, "ab210daa69de863fbd7cc5adfad96f4e"),
            (16, "0d807ee81ce26e12dd943d0da96008b4"),
            (17, "a833f78d74366277f00f0d39c4a3c547"),
            (1023, "40a5c2e17869eb2a7b7f952e9dd07b3a"),
            (1024, "1f15f6c52288ea377bef78243d706828"),
            (1025, "edafa6677dbb65c73cf01bfea0d8752c"),
            (5000, "6c52f49ea87b29c66ff233e494d99cc5"),
        ]
    )
    func vectors(length: Int, expected: String) throws {
        let text = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 7) }
        let (hash, blocks) = Self.hashed(text, try Self.hash())
        #expect(hash == hex(expected))
        #expect(blocks.count == (length + 1023) / 1024)
    }

    @Test("each byte counts, and so does the length", arguments: [1, 16, 40, 1024, 1500, 2048])
    func sensitivity(length: Int) throws {
        let hash = try Self.hash()
        let text = [UInt8](repeating: 0, count: length)
        var seen: Set<[UInt8]> = [Self.hashed(text, hash).hash, Self.hashed(text + [0], hash).hash]
        #expect(seen.count == 2)
        for place in 0..<length {
            var changed = text
            changed[place] = 0x80
            let outcome = Self.hashed(changed, hash)
            #expect(seen.insert(outcome.hash).inserted, "byte \(place)")
            let before = Self.hashed(text, hash).blocks
            let differing = zip(before, outcome.blocks).enumerated().filter { $1.0 != $1.1 }.map(\.offset)
            #expect(differing == [place / 1024], "the block of byte \(place), and no other")
        }
    }

    @Test("another key gives another hash and other blocks")
    func keys() throws {
        let text = Array("the same text under two keys".utf8)
        let (first, second) = (Self.hashed(text, try Self.hash()), Self.hashed(text, TextHash(.random())))
        #expect(first.hash != second.hash && first.blocks != second.blocks)
    }

    @Test("where a text begins in memory makes no difference", arguments: 0...17)
    func alignment(offset: Int) throws {
        let hash = try Self.hash()
        let text = (0..<1200).map { UInt8(truncatingIfNeeded: $0 * 31) }
        let moved = [UInt8](repeating: 1, count: offset) + text
        let found = moved.withUnsafeBytes { hash.hash(UnsafeRawBufferPointer(rebasing: $0[offset...])) }
        #expect(Self.bytes(found) == Self.hashed(text, hash).hash)
    }
}
