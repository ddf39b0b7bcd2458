import Secrets
import Testing

@Suite("Password hashes")
struct PasswordHashTests {
    // RFC 7914, section 12, all but the one that takes a gigabyte.
    @Test(
        "scrypt gives the RFC's results",
        arguments: [
            (
                "", "", 4, 1, 1,
                """
                77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17\
                e8d3e0fb2e0d3628cf35e20c38d18906
                """
            ),
            (
                "password", "NaCl", 10, 8, 16,
                """
                fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830da\
                c727afb94a83ee6d8360cbdfa2cc0640
                """
            ),
            (
                "pleaseletmein", "SodiumChloride", 14, 8, 1,
                """
                7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9\
                e61e85dc0d651e40dfcf017b45575887
                """
            ),
        ]
    )
    func vectors(password: String, salt: String, ln: Int, r: Int, p: Int, expected: String) throws {
        let cost = PasswordHash.Cost(logarithm: ln, blockSize: r, parallelism: p)
        #expect(try PasswordHash.derive(password, salt: Array(salt.utf8), cost: cost, count: 64) == hex(expected))
    }

    // Made by Python's hashlib.scrypt.
    static let stored = "$scrypt$ln=15,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$puHF8wsl4P5tR3JANsCleZiOQes+05KY2PoHbUEpMGQ"

    @Test("a hash made elsewhere verifies, and only for its password")
    func foreignHash() {
        #expect(PasswordHash.verify("correct horse", against: Self.stored))
        #expect(!PasswordHash.verify("correct horsf", against: Self.stored))
        #expect(!PasswordHash.needsRehash(Self.stored))
    }

    @Test("hashing salts, names its costs and verifies")
    func roundTrip() throws {
        let first = try PasswordHash.hash("päss wörd")
        let second = try PasswordHash.hash("päss wörd")
        #expect(first != second)
        #expect(first.hasPrefix("$scrypt$ln=15,r=8,p=1$"))
        #expect(PasswordHash.verify("päss wörd", against: first))
        #expect(!PasswordHash.verify("", against: first))
    }

    @Test("cheaper hashes are to be renewed")
    func rehash() {
        #expect(PasswordHash.needsRehash(Self.stored.replacing("ln=15", with: "ln=14")))
        #expect(PasswordHash.needsRehash("rubbish"))
    }

    @Test(
        "a hash that is unreadable, or would cost too much to check, matches nothing and takes no time",
        arguments: [
            "", "$", "$$$$", "scrypt", "$scrypt$ln=15,r=8,p=1$$", "$argon2id$v=19$m=65536,t=1,p=4$c2FsdA$aGFzaA",
            stored.replacing("ln=15", with: "ln=30"), stored.replacing("r=8", with: "r=4096"),
            stored.replacing("p=1", with: "p=100000"), stored.replacing("ln=15", with: "ln=-1"),
            stored.replacing("ln=15", with: "ln=15,ln=15"), stored.replacing("ln=15", with: "ln=999999999999999999999"),
            stored.replacing("puHF", with: "pu!!"), stored + "$", String(repeating: "$", count: 100_000),
        ]
    )
    func hostile(hash: String) {
        let start = ContinuousClock.now
        #expect(!PasswordHash.verify("correct horse", against: hash))
        #expect(ContinuousClock.now - start < .seconds(5))
    }

    @Test("an endless password is refused before any work")
    func tooLong() {
        #expect(throws: SecretsError.self) { try PasswordHash.hash(String(repeating: "x", count: 1025)) }
    }
}
