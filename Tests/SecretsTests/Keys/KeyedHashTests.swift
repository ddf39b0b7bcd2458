import Secrets
import Testing

@Suite("Keyed hash")
struct KeyedHashTests {
    static let referenceKey = [UInt8](0...15).withUnsafeBytes { SipKey(littleEndian: $0) }

    private func bytes(_ hash: (UInt64, UInt64)) -> [UInt8] {
        [hash.0, hash.1].flatMap { word in withUnsafeBytes(of: word.littleEndian) { Array($0) } }
    }

    // The first three are the reference implementation's vectors; the rest come from OpenSSL's SIPHASH.
    @Test(
        "SipHash-2-4-128 gives the reference's results",
        arguments: [
            (0, "a3817f04ba25a8e66df67214c7550293"), (1, "da87c1d86b99af44347659119b22fc45"),
            (2, "8177228da4a45dc7fca38bdef60affe4"), (7, "a1f1ebbed8dbc153c0b84aa61ff08239"),
            (8, "3b62a9ba6258f5610f83e264f31497b4"), (9, "264499060ad9baabc47f8b02bb6d71ed"),
            (15, "5493e99933b0a8117e08ec0f97cfc3d9"), (16, "6ee2a4ca67b054bbfd3315bf85230577"),
            (63, "5150d1772f50834a503e069a973fbd7c"), (64, "1eaf077dc0d4cd3f8cad4d383658a74b"),
            (1000, "24dafa789ae03d86536a4b57372f0ba6"),
        ]
    )
    func vectors(length: Int, expected: String) {
        var hasher = KeyedHasher(Self.referenceKey)
        hasher.append((0..<length).map { UInt8($0 & 255) })
        #expect(bytes(hasher.finish()) == hex(expected))
    }

    @Test("parts of any size hash like the whole", arguments: 1...17)
    func chunking(size: Int) {
        let input = (0..<100).map { UInt8($0) }
        var whole = KeyedHasher(Self.referenceKey)
        whole.append(input)
        var parts = KeyedHasher(Self.referenceKey)
        for start in stride(from: 0, to: input.count, by: size) {
            parts.append(input[start..<min(start + size, input.count)])
        }
        #expect(bytes(parts.finish()) == bytes(whole.finish()))
    }

    @Test("a subkey hashes with a key of its own derivation")
    func subkey() throws {
        let key = try Subkey(bytes: hex("0691927f427ad3d1e8f026487fe0905c95390e1c4489811291a0eef9b13e7803"))
        #expect(bytes(keyedHash(key, "hello".utf8)) == hex("86a362b9ea833fe0219debef35ba41da"))
        #expect(bytes(keyedHash(key, "hello".utf8)) != bytes(keyedHash(.random(), "hello".utf8)))
    }

    @Test("fields do not run together")
    func fields() {
        var left = KeyedHasher(Self.referenceKey)
        left.field("ab")
        left.field("c")
        var right = KeyedHasher(Self.referenceKey)
        right.field("a")
        right.field("bc")
        #expect(bytes(left.finish()) != bytes(right.finish()))
    }

    @Test("a field of text is a field of its bytes, é or not")
    func textFields() {
        var text = KeyedHasher(Self.referenceKey)
        text.field("é and more than one word")
        var raw = KeyedHasher(Self.referenceKey)
        raw.field(Array("é and more than one word".utf8))
        #expect(bytes(text.finish()) == bytes(raw.finish()))
    }
}
