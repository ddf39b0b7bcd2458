import NIOCore
import NIOHTTP1

extension ByteBuffer {
    /// Writes one header line.
    ///
    /// Bytes that would end or corrupt the line become spaces: nobody can smuggle a field through a value.
    mutating func writeField(_ name: String, _ value: String) {
        writeClean(name)
        writeStaticString(": ")
        writeClean(value)
        writeStaticString("\r\n")
    }

    /// Writes `content-length`.
    mutating func writeContentLength(_ length: Int) {
        writeStaticString("content-length: ")
        writeDecimal(length)
        writeStaticString("\r\n")
    }

    /// Writes a number in decimal digits without making a string.
    mutating func writeDecimal(_ number: Int) {
        writeDigits(number, radix: 10)
    }

    /// Writes a number in hexadecimal digits without making a string.
    mutating func writeHexadecimal(_ number: Int) {
        writeDigits(number, radix: 16)
    }

    private mutating func writeDigits(_ number: Int, radix: Int) {
        var reversed: UInt64 = 0
        var rest = max(0, number)
        var count = 0
        // Up to eight digits fit in one word, which is all a body in memory has; larger numbers take the slow way.
        repeat {
            let digit = UInt8(rest % radix)
            reversed = reversed << 8 | UInt64(digit < 10 ? 0x30 + digit : 0x57 + digit)
            rest /= radix
            count += 1
        } while rest > 0 && count < 8
        if rest > 0 {
            writeString(String(number, radix: radix))
            return
        }
        for _ in 0..<count {
            writeInteger(UInt8(truncatingIfNeeded: reversed))
            reversed >>= 8
        }
    }

    private mutating func writeClean(_ text: String) {
        let start = writerIndex
        writeString(text)
        let isClean = text.utf8.allSatisfy(ASCII.isFieldValue)
        guard !isClean else { return }
        for index in start..<writerIndex {
            if let byte: UInt8 = getInteger(at: index), !ASCII.isFieldValue(byte) { setInteger(UInt8(0x20), at: index) }
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
