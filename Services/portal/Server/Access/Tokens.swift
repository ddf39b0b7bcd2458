package import Secrets

/// Opaque tokens of cookies: 256 random bits, kept here only as their SHA-256.
package enum Tokens {
    private static let byteCount = 32
    private static let digits = Array("0123456789abcdef".utf8)

    /// A new token.
    package static func make() -> String { hex(randomBytes(byteCount)) }

    /// A short random name, for sessions, rows and requests.
    package static func name() -> String { hex(randomBytes(8)) }

    /// What a token is stored as.
    package static func hash(_ token: String) -> String { APIKey.digestHex(token) }

    /// Whether a cookie's value can be a token.
    package static func accepts(_ text: String) -> Bool {
        text.utf8.count == 2 * byteCount
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    /// The token that forms of a session carry: a function of the cookie's token that only this portal can compute.
    package static func csrf(for token: String, key: Subkey) -> String {
        key.withBytes { key in
            hex(
                Subkey.hkdf(
                    secret: Array(token.utf8),
                    salt: key,
                    info: Array("keirouter.csrf.v1".utf8),
                    count: byteCount
                )
            )
        }
    }

    /// The same token under a mask of its own: it reads otherwise in every answer, so that the length of packed pages
    /// says nothing about it (BREACH).
    package static func masked(_ token: String) -> String {
        let bytes = bytes(hex: token) ?? []
        let mask = randomBytes(bytes.count)
        return hex(mask + zip(mask, bytes).map { $0 ^ $1 })
    }

    /// What a masked token stands for; `nil` for a text that is none.
    package static func unmasked(_ text: String) -> String? {
        guard text.utf8.count == 4 * byteCount, let bytes = bytes(hex: text) else { return nil }
        return hex(zip(bytes[..<byteCount], bytes[byteCount...]).map { $0 ^ $1 })
    }

    private static func bytes(hex text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var high: UInt8?
        for digit in text.utf8 {
            guard let value = digits.firstIndex(of: digit) else { return nil }
            if let first = high {
                bytes.append(first << 4 | UInt8(value))
                high = nil
            } else {
                high = UInt8(value)
            }
        }
        return high == nil ? bytes : nil
    }

    /// Compares a token that was sent with the one that was expected.
    package static func matches(_ sent: String?, _ expected: String) -> Bool {
        guard let sent, !expected.isEmpty else { return false }
        return constantTimeEquals(Array(sent.utf8), Array(expected.utf8))
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
