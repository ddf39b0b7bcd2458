import NIOCore

extension ByteBuffer {
    /// Writes a number in hexadecimal digits without making a string.
    mutating func writeHexadecimal(_ number: Int) {
        var reversed: UInt64 = 0
        var rest = max(0, number)
        var count = 0
        // Up to eight digits fit in one word, which is all a body in memory has; larger numbers take the slow way.
        repeat {
            let digit = UInt8(rest & 15)
            reversed = reversed << 8 | UInt64(digit < 10 ? 0x30 + digit : 0x57 + digit)
            rest >>= 4
            count += 1
        } while rest > 0 && count < 8
        if rest > 0 {
            writeString(String(number, radix: 16))
            return
        }
        for _ in 0..<count {
            writeInteger(UInt8(truncatingIfNeeded: reversed))
            reversed >>= 8
        }
    }
}

/// Fields that the edge and the client write themselves.
enum FramingField {
    /// Whether a caller's field of this name is left out because framing belongs to the connection.
    static func isOurs(_ name: String) -> Bool {
        switch name.utf8.count {
        case 10: ASCII.matches(name, "connection") || ASCII.matches(name, "keep-alive")
        case 14: ASCII.matches(name, "content-length")
        case 16: ASCII.matches(name, "proxy-connection")
        case 17: ASCII.matches(name, "transfer-encoding")
        default: false
        }
    }
}
