/// Base64 with the URL alphabet and without padding (RFC 4648, section 5).
enum Base64URL {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xFF, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()

    static func encode(_ bytes: [UInt8]) -> String {
        // Read once: each use of a static value asks whether it has been made.
        let alphabet = alphabet
        return String(unsafeUninitializedCapacity: (bytes.count * 4 + 2) / 3) { output in
            var count = 0
            var at = 0
            func put(_ value: UInt32) {
                output[count] = alphabet[Int(value & 0x3F)]
                count += 1
            }
            while at + 3 <= bytes.count {
                let group = UInt32(bytes[at]) << 16 | UInt32(bytes[at + 1]) << 8 | UInt32(bytes[at + 2])
                put(group >> 18)
                put(group >> 12)
                put(group >> 6)
                put(group)
                at += 3
            }
            if at + 2 == bytes.count {
                let group = UInt32(bytes[at]) << 8 | UInt32(bytes[at + 1])
                put(group >> 10)
                put(group >> 4)
                put(group << 2)
            } else if at + 1 == bytes.count {
                put(UInt32(bytes[at]) >> 2)
                put(UInt32(bytes[at]) << 4)
            }
            return count
        }
    }

    /// The bytes, or `nil` for a foreign character or bits that no encoder leaves.
    static func decode(_ text: Substring) -> [UInt8]? {
        // A native text lends its bytes; walking its view costs several times as much.
        text.utf8.withContiguousStorageIfAvailable(decode) ?? Array(text.utf8).withUnsafeBufferPointer(decode)
    }

    private static func decode(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        let values = values
        var bits = 0
        var pending: UInt32 = 0
        // What is no character of the alphabet leaves its upper bits here.
        var seen: UInt8 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: text.count * 3 / 4 + 1) { output, count in
            for character in text {
                let value = values[Int(character)]
                seen |= value
                pending = (pending << 6 | UInt32(value)) & 0xFFFF
                bits += 6
                if bits >= 8 {
                    bits -= 8
                    output[count] = UInt8(truncatingIfNeeded: pending >> UInt32(bits))
                    count += 1
                }
            }
        }
        guard seen < 64, bits < 6, pending & ((1 << UInt32(bits)) - 1) == 0 else { return nil }
        return bytes
    }
}
