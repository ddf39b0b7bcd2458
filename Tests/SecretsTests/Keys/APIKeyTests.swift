import Secrets
import Testing

@Suite("API keys")
struct APIKeyTests {
    /// Its checksum comes from Python's zlib.
    static let known = "kr_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa3jSbQ5"

    @Test("a made key has the documented shape and is accepted without a look-up")
    func made() {
        for _ in 0..<200 {
            let key = APIKey.generate()
            #expect(key.secret.hasPrefix("kr_") && key.secret.utf8.count == 42)
            #expect(APIKey.shape(of: key.secret) == .made)
            #expect(APIKey.accepts(key.secret))
        }
    }

    @Test("made keys do not repeat and use the whole alphabet")
    func entropy() {
        let keys = (0..<1000).map { _ in APIKey.generate().secret }
        #expect(Set(keys).count == keys.count)
        var counts: [Character: Int] = [:]
        for key in keys { for character in key.dropFirst(3).prefix(33) { counts[character, default: 0] += 1 } }
        // 33 000 draws from 62: 532 each, deviation 23; seven deviations either way.
        #expect(counts.count == 62)
        #expect(counts.values.allSatisfy { (372...692).contains($0) })
    }

    @Test("the checksum is CRC-32 in base62")
    func checksum() {
        #expect(APIKey.shape(of: Self.known) == .made)
    }

    @Test("every single wrong character is recognised offline", arguments: 3..<42)
    func mistyped(position: Int) {
        var characters = Array(Self.known)
        characters[position] = characters[position] == "x" ? "y" : "x"
        #expect(APIKey.shape(of: String(characters)) == .mistyped)
        #expect(!APIKey.accepts(String(characters)))
    }

    @Test("every swap of neighbours is recognised offline")
    func transposed() {
        let key = Array(APIKey.generate().secret)
        for index in 3..<41 where key[index] != key[index + 1] {
            var other = key
            other.swapAt(index, index + 1)
            #expect(!APIKey.accepts(String(other)))
        }
    }

    @Test(
        "a key of the caller's choosing needs kr_, 32 characters and no odd ones",
        arguments: [
            ("kr_0123456789abcdef0123456789abc", true), ("kr_0123456789abcdef0123456789ab", false),
            ("sk-0123456789abcdef0123456789abcdef", false), ("kr_with space 456789abcdef0123456789", false),
            ("kr_tab\t3456789abcdef0123456789abc", false), ("kr_ümlaut56789abcdef0123456789abcdef", false),
            ("kr_!#%&()*+,-./:;<=>?@[]^_{|}~0123456789", true), ("", false), ("kr_", false),
            ("kr_" + String(repeating: "a.", count: 126), true), ("kr_" + String(repeating: "a.", count: 127), false),
        ]
    )
    func chosen(text: String, isAcceptable: Bool) {
        #expect(APIKey.isChosenKeyAcceptable(text) == isAcceptable)
        #expect((APIKey(chosen: text) != nil) == isAcceptable)
    }

    @Test("lists show the first and the last four characters only")
    func display() {
        #expect(APIKey.display(of: Self.known) == "kr_aaaa…SbQ5")
        let key = APIKey.generate()
        #expect("\(key)" == key.display && String(reflecting: key) == key.display)
        var dumped = ""
        dump(key, to: &dumped)
        #expect(!dumped.contains(key.secret))
        #expect(APIKey.display(of: "kr_short") == "kr_…")
    }

    @Test("the digest is SHA-256 in lower-case hexadecimal")
    func digest() {
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(APIKey.digestHex("abc") == expected)
        #expect(APIKey.digest(Array("abc".utf8)) == hex(expected))
    }
}
