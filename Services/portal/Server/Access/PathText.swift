/// Text as a part of a path or query.
package enum PathText {
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// Percent-encodes everything but what RFC 3986 calls unreserved.
    ///
    /// - Parameters:
    ///   - text: An id, or a path for a query.
    ///   - keepsSlash: Whether `/` stays, as it may in a query.
    /// - Returns: ASCII text.
    package static func segment(_ text: String, keepsSlash: Bool = false) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "~"):
                bytes.append(byte)
            case UInt8(ascii: "/") where keepsSlash: bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Takes percent-encoding back; what is none stays as it is.
    ///
    /// - Parameters:
    ///   - text: A part of an address or of a form.
    ///   - plusIsSpace: Whether `+` is a space, as it is in forms.
    /// - Returns: The text, with U+FFFD for what is no UTF-8.
    package static func decoded(_ text: Substring, plusIsSpace: Bool = false) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(0x20)
            case UInt8(ascii: "%"):
                let digits = String(decoding: rest.prefix(2), as: UTF8.self)
                guard digits.utf8.count == 2, let value = UInt8(digits, radix: 16) else {
                    bytes.append(byte)
                    continue
                }
                bytes.append(value)
                rest = rest.dropFirst(2)
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
