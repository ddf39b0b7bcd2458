import Secrets
import Testing

@Suite("Key derivation")
struct KeyDerivationTests {
    // RFC 5869, appendix A.1 to A.3.
    @Test(
        "HKDF-SHA256 gives the RFC's results",
        arguments: [
            (
                "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9",
                "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
            ),
            (
                sequence(0x00), sequence(0x60), sequence(0xB0),
                """
                b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da\
                3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87
                """
            ),
            (
                "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "",
                "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
            ),
        ]
    )
    func hkdf(secret: String, salt: String, info: String, expected: String) {
        let output = hex(expected)
        #expect(Subkey.hkdf(secret: hex(secret), salt: hex(salt), info: hex(info), count: output.count) == output)
    }

    /// The 80 consecutive bytes that the RFC's long vector uses.
    private static func sequence(_ first: UInt8) -> String {
        (0..<80 as Range<UInt8>).map { index in
            let byte = String(first + index, radix: 16)
            return byte.count == 1 ? "0" + byte : byte
        }.joined()
    }

    @Test("random bytes come in the number asked for and differ", arguments: [0, 1, 7, 8, 9, 32, 1000])
    func random(count: Int) {
        #expect(randomBytes(count).count == count)
        if count >= 8 { #expect(randomBytes(count) != randomBytes(count)) }
    }

    @Test("a comparison sees every differing byte and every differing length")
    func comparison() {
        let secret = [UInt8](0..<64)
        #expect(constantTimeEquals(secret, secret))
        #expect(constantTimeEquals([], []))
        #expect(!constantTimeEquals(secret, Array(secret.dropLast())))
        for index in secret.indices {
            var other = secret
            other[index] ^= 0x10
            #expect(!constantTimeEquals(secret, other))
        }
    }
}
