import Crypto
import Patterns

/// Addresses of Bitcoin, by their checksums.
enum CoinCheck {
    private static let base58 = Array("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".utf8)
    private static let bech32 = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8)
    /// Version, hash and checksum.
    private static let length = 25

    /// Base 58 of a version, twenty bytes of hash and the first four of SHA-256 twice over these.
    static func accepts(_ match: Candidate) -> Bool {
        var bytes = [UInt8](repeating: 0, count: length)
        for character in match.bytes {
            guard let digit = base58.firstIndex(of: character) else { return false }
            var carry = digit
            for index in bytes.indices.reversed() {
                carry += 58 * Int(bytes[index])
                bytes[index] = UInt8(carry & 0xFF)
                carry >>= 8
            }
            guard carry == 0 else { return false }
        }
        guard bytes[0] == 0 || bytes[0] == 5 else { return false }
        let digest = SHA256.hash(data: Array(SHA256.hash(data: bytes.prefix(21))))
        return bytes.suffix(4).elementsEqual(digest.prefix(4))
    }

    /// The polynomial of BIP 173 (1) or BIP 350 (0x2BC830A3) over prefix and data.
    static func acceptsSegwit(_ match: Candidate) -> Bool {
        var values: [Int] = []
        let prefix = match.bytes.prefix(2).map { $0 | 0x20 }
        values += prefix.map { Int($0 >> 5) } + [0] + prefix.map { Int($0 & 31) }
        for byte in match.bytes.dropFirst(3) {
            let lower = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
            guard let digit = bech32.firstIndex(of: lower) else { return false }
            values.append(digit)
        }
        let generators = [0x3B6A_57B2, 0x2650_8E6D, 0x1EA1_19FA, 0x3D42_33DD, 0x2A14_62B3]
        var sum = 1
        for value in values {
            let top = sum >> 25
            sum = (sum & 0x1FF_FFFF) << 5 ^ value
            for (bit, generator) in generators.enumerated() where top >> bit & 1 == 1 { sum ^= generator }
        }
        return sum == 1 || sum == 0x2BC8_30A3
    }
}
