/// The bytes of one log line in the making.
struct LogLine {
    private let format: LogFormat
    private let longestValue: Int
    private var bytes: [UInt8] = []
    /// Names taken in a JSON line; a repeated one would hide the first from most readers.
    private static let reserved: Set<String> = ["time", "level", "logger", "message"]

    init(format: LogFormat, longestValue: Int) {
        self.format = format
        self.longestValue = longestValue
        bytes.reserveCapacity(256)
    }

    mutating func begin(time: Int64, level: String, label: String, message: String) {
        switch format {
        case .text:
            WallClock.append(iso8601: time, to: &bytes)
            bytes.append(UInt8(ascii: " "))
            bytes.append(contentsOf: level.utf8)
            bytes.append(UInt8(ascii: " "))
            escape(label, in: .bare)
            bytes.append(contentsOf: ": ".utf8)
            escape(message, in: .bare)
        case .json:
            bytes.append(contentsOf: "{\"time\":\"".utf8)
            WallClock.append(iso8601: time, to: &bytes)
            bytes.append(contentsOf: "\",\"level\":\"".utf8)
            bytes.append(contentsOf: level.utf8)
            bytes.append(UInt8(ascii: "\""))
            member("logger", label)
            member("message", message)
        }
    }

    mutating func field(_ key: String, _ value: String) {
        switch format {
        case .text:
            bytes.append(UInt8(ascii: " "))
            word(key)
            bytes.append(UInt8(ascii: "="))
            word(value)
        case .json:
            member(Self.reserved.contains(key) ? "metadata.\(key)" : key, value)
        }
    }

    mutating func end() -> [UInt8] {
        if format == .json { bytes.append(UInt8(ascii: "}")) }
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    private mutating func member(_ key: String, _ value: String) {
        bytes.append(UInt8(ascii: ","))
        quoted(key)
        bytes.append(UInt8(ascii: ":"))
        quoted(value)
    }

    /// As it is, or in quotes where it would not read as one word.
    private mutating func word(_ text: String) {
        let isPlain =
            !text.isEmpty
            && text.utf8.allSatisfy { byte in
                byte > 0x20 && byte != 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "=")
                    && byte != UInt8(ascii: "\\")
            }
        if isPlain { escape(text, in: .bare) } else { quoted(text) }
    }

    private mutating func quoted(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        escape(text, in: .quotes)
        bytes.append(UInt8(ascii: "\""))
    }

    // MARK: Escaping

    private enum Surroundings {
        case bare
        case quotes
    }

    private mutating func escape(_ text: String, in surroundings: Surroundings) {
        let total = text.utf8.count
        var taken = 0
        for scalar in text.unicodeScalars {
            let width = UTF8.width(scalar)
            if taken + width > longestValue {
                bytes.append(contentsOf: "…(+\(total - taken) bytes)".utf8)
                return
            }
            taken += width
            switch scalar {
            case "\n": bytes.append(contentsOf: "\\n".utf8)
            case "\r": bytes.append(contentsOf: "\\r".utf8)
            case "\t": bytes.append(contentsOf: "\\t".utf8)
            case "\"" where surroundings == .quotes: bytes.append(contentsOf: "\\\"".utf8)
            case "\\" where surroundings == .quotes: bytes.append(contentsOf: "\\\\".utf8)
            default:
                if Self.isHarmless(scalar) {
                    bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
                } else {
                    codePoint(scalar)
                }
            }
        }
    }

    /// False for what can move a cursor, end a line or turn the reading direction.
    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: false
        default: true
        }
    }

    /// `\u001b`; every scalar that is escaped lies in the basic plane.
    private mutating func codePoint(_ scalar: Unicode.Scalar) {
        bytes.append(contentsOf: "\\u".utf8)
        for shift in stride(from: UInt32(12), through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: scalar.value >> shift) & 0xF
            bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }
}
