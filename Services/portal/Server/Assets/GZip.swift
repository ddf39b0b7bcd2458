/// Packs text as gzip (RFC 1952) with deflate's fixed codes (RFC 1951): what pages need, without a C library.
enum GZip {
    private static let window = 32_768
    private static let shortest = 4
    private static let longest = 258
    /// Places that are looked at for a repetition.
    private static let tries = 48

    /// Whether a browser takes gzip.
    static func isAccepted(_ header: String?) -> Bool {
        guard let header else { return false }
        return header.split(separator: ",").contains { part in
            let words = part.split(separator: ";").map { $0.drop { $0 == " " } }
            return words.first?.prefix { $0 != " " } == "gzip"
                && !words.dropFirst().contains { $0.hasPrefix("q=0") && !$0.hasPrefix("q=0.") }
        }
    }

    static func compressed(_ bytes: [UInt8]) -> [UInt8] {
        var output = BitWriter()
        output.bytes = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
        output.put(0b011, 3)
        deflate(bytes, &output)
        output.code(256)
        output.flush()
        for value in [crc32(bytes), UInt32(truncatingIfNeeded: bytes.count)] {
            for shift in stride(from: 0, to: 32, by: 8) {
                output.bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(shift)))
            }
        }
        return output.bytes
    }

    private static func deflate(_ bytes: [UInt8], _ output: inout BitWriter) {
        var heads = [Int32](repeating: -1, count: 1 << 15)
        var previous = [Int32](repeating: -1, count: bytes.count)
        func slot(_ at: Int) -> Int {
            let word =
                UInt32(bytes[at]) | UInt32(bytes[at + 1]) << 8 | UInt32(bytes[at + 2]) << 16 | UInt32(bytes[at + 3])
                << 24
            return Int((word &* 2_654_435_761) >> 17)
        }
        func enter(_ at: Int) {
            guard at + shortest <= bytes.count else { return }
            let slot = slot(at)
            previous[at] = heads[slot]
            heads[slot] = Int32(at)
        }
        func match(_ at: Int) -> (length: Int, distance: Int) {
            guard at + shortest <= bytes.count else { return (0, 0) }
            var best = (length: 0, distance: 0)
            var candidate = Int(heads[slot(at)])
            var left = tries
            let end = min(bytes.count - at, longest)
            while candidate >= 0, at - candidate <= window, left > 0 {
                var length = 0
                while length < end, bytes[candidate + length] == bytes[at + length] { length += 1 }
                if length > best.length { best = (length, at - candidate) }
                if length == end { break }
                candidate = Int(previous[candidate])
                left -= 1
            }
            return best.length >= shortest ? best : (0, 0)
        }
        var at = 0
        while at < bytes.count {
            let found = match(at)
            enter(at)
            if found.length == 0 {
                output.code(Int(bytes[at]))
                at += 1
                continue
            }
            // A longer repetition may begin one byte later.
            if found.length < 32, match(at + 1).length > found.length + 1 {
                output.code(Int(bytes[at]))
                at += 1
                continue
            }
            output.repetition(found.length, found.distance)
            for step in 1..<found.length { enter(at + step) }
            at += found.length
        }
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { sum, _ in sum & 1 == 1 ? 0xEDB8_8320 ^ sum >> 1 : sum >> 1 }
    }

    static func crc32(_ bytes: [UInt8]) -> UInt32 {
        var sum: UInt32 = 0xFFFF_FFFF
        for byte in bytes { sum = table[Int((sum ^ UInt32(byte)) & 0xFF)] ^ sum >> 8 }
        return ~sum
    }
}

/// Bits in the order that deflate wants.
private struct BitWriter {
    private static let lengthBase = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258,
    ]
    private static let lengthBits = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    private static let distanceBase = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
        6145,
        8193, 12_289, 16_385, 24_577,
    ]

    var bytes: [UInt8] = []
    private var held: UInt64 = 0
    private var count = 0

    mutating func put(_ value: Int, _ bits: Int) {
        held |= UInt64(value) << UInt64(count)
        count += bits
        while count >= 8 {
            bytes.append(UInt8(truncatingIfNeeded: held))
            held >>= 8
            count -= 8
        }
    }

    mutating func flush() {
        if count > 0 { put(0, 8 - count) }
    }

    /// A literal, the end, or a length, in the fixed code.
    mutating func code(_ symbol: Int) {
        switch symbol {
        case ..<144: reversed(0x30 + symbol, 8)
        case ..<256: reversed(0x190 + symbol - 144, 9)
        case ..<280: reversed(symbol - 256, 7)
        default: reversed(0xC0 + symbol - 280, 8)
        }
    }

    mutating func repetition(_ length: Int, _ distance: Int) {
        let index = Self.lengthBase.lastIndex { $0 <= length } ?? 0
        code(257 + index)
        put(length - Self.lengthBase[index], Self.lengthBits[index])
        let place = Self.distanceBase.lastIndex { $0 <= distance } ?? 0
        reversed(place, 5)
        put(distance - Self.distanceBase[place], place < 4 ? 0 : place / 2 - 1)
    }

    /// Codes go from their highest bit on.
    private mutating func reversed(_ value: Int, _ bits: Int) {
        var turned = 0
        for bit in 0..<bits where value >> bit & 1 == 1 { turned |= 1 << (bits - 1 - bit) }
        put(turned, bits)
    }
}
