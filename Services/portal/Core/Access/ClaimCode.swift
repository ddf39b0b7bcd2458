/// The code that the log shows while no password is set: `XXXX-XXXX-XXXX`, 60 bits.
package enum ClaimCode {
    /// Crockford's digits: none looks like another.
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
    /// Random bytes that a code is made of.
    package static let byteCount = 12

    /// A code from random bytes; only five bits of each count.
    package static func make(from random: [UInt8]) -> String {
        let digits = random.prefix(byteCount).map { alphabet[Int($0 & 31)] }
        return stride(from: 0, to: digits.count, by: 4)
            .map { String(decoding: digits[$0..<min($0 + 4, digits.count)], as: UTF8.self) }
            .joined(separator: "-")
    }

    /// What was typed, as the code is written: capitals, no dashes or spaces, O read as 0, I and L as 1.
    ///
    /// - Returns: `nil` when it cannot be a code.
    package static func normalized(_ text: String) -> String? {
        guard text.utf8.count <= 64 else { return nil }
        var digits: [UInt8] = []
        for byte in text.uppercased().utf8 {
            switch byte {
            case UInt8(ascii: "-"), UInt8(ascii: " "): continue
            case UInt8(ascii: "O"): digits.append(UInt8(ascii: "0"))
            case UInt8(ascii: "I"), UInt8(ascii: "L"): digits.append(UInt8(ascii: "1"))
            default:
                guard alphabet.contains(byte) else { return nil }
                digits.append(byte)
            }
        }
        return digits.count == byteCount ? String(decoding: digits, as: UTF8.self) : nil
    }
}
