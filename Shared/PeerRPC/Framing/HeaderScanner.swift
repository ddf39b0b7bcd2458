#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Reads a frame's header block byte by byte, keeping its place across cuts.
///
/// Strict on purpose: a bare line feed, a control character or a name that is not a token ends the connection at once
/// instead of letting it wait for a blank line that will never come.
struct HeaderScanner: Sendable {
    enum Progress: Equatable {
        case needsMore
        /// The block ended; its length in bytes, blank line included.
        case complete(Int)
        case broken(FrameError)
    }

    private enum Phase {
        case lineStart
        case name
        case value
        case lineFeed
        case lastLineFeed
    }

    /// The longest header block.
    static let limit = 8 << 10

    private(set) var length: Int?
    private(set) var head = FrameHead()
    private var phase = Phase.lineStart
    private var offset = 0
    private var lineStart = 0
    private var colon = 0

    /// Goes on where it stopped; `bytes` starts at the first byte of the block each time.
    mutating func scan(_ bytes: UnsafeRawBufferPointer) -> Progress {
        if offset == 0, let count = scanPlain(bytes) { return .complete(count) }
        let end = min(bytes.count, Self.limit)
        while offset < end {
            let byte = bytes[offset]
            switch phase {
            case .lineStart:
                lineStart = offset
                if byte == 0x0D {
                    phase = .lastLineFeed
                } else {
                    guard Self.isToken(byte) else { return .broken(.brokenHeader) }
                    phase = .name
                }
            case .name:
                if byte == 0x3A {
                    colon = offset
                    phase = .value
                } else if !Self.isToken(byte) {
                    return .broken(.brokenHeader)
                }
            case .value:
                if byte == 0x0D {
                    phase = .lineFeed
                } else if byte == 0x7F || (byte < 0x20 && byte != 0x09) {
                    return .broken(.brokenHeader)
                }
            case .lineFeed:
                guard byte == 0x0A, readField(bytes) else { return .broken(.brokenHeader) }
                phase = .lineStart
            case .lastLineFeed:
                guard byte == 0x0A else { return .broken(.brokenHeader) }
                return .complete(offset + 1)
            }
            offset += 1
        }
        return offset >= Self.limit ? .broken(.headerTooLong(limit: Self.limit)) : .needsMore
    }

    /// Reads the block that this module's own peers write when nothing but a length, perhaps a deadline and a trace
    /// is to be said; `nil`, with nothing changed, for any other.
    private mutating func scanPlain(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard Self.begins(bytes, at: 0, with: "Content-Length: ") else { return nil }
        var at = 16
        guard let length = Self.digits(bytes, &at) else { return nil }
        var deadline: Int?
        if Self.begins(bytes, at: at, with: "\r\nDeadline: ") {
            at += 12
            guard let number = Self.digits(bytes, &at) else { return nil }
            deadline = min(number, longestDeadlineMilliseconds)
        }
        var traceparent: String?
        if Self.begins(bytes, at: at, with: "\r\nTraceparent: 00-"), bytes.count - at > 72 {
            // One of version 00 has 55 characters, all of them digits and dashes.
            let value = UnsafeRawBufferPointer(rebasing: bytes[(at + 15)..<(at + 70)])
            guard value.allSatisfy({ Self.isToken($0) }) else { return nil }
            traceparent = String(decoding: value, as: UTF8.self)
            at += 70
        }
        guard Self.begins(bytes, at: at, with: "\r\n\r\n") else { return nil }
        self.length = length
        head.deadline = deadline
        head.traceparent = traceparent
        return at + 4
    }

    private static func begins(_ bytes: UnsafeRawBufferPointer, at start: Int, with text: StaticString) -> Bool {
        guard let base = bytes.baseAddress, bytes.count - start >= text.utf8CodeUnitCount else { return false }
        return memcmp(base + start, text.utf8Start, text.utf8CodeUnitCount) == 0
    }

    /// One to eighteen digits, as many as there are, with the place after them.
    private static func digits(_ bytes: UnsafeRawBufferPointer, _ at: inout Int) -> Int? {
        let first = at
        var number = 0
        while at < bytes.count, at - first < 18, bytes[at] >= 0x30, bytes[at] <= 0x39 {
            number = number &* 10 &+ Int(bytes[at] &- 0x30)
            at += 1
        }
        return at > first ? number : nil
    }

    private mutating func readField(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var first = colon + 1
        var last = offset - 1
        while first < last, bytes[first] == 0x20 || bytes[first] == 0x09 { first += 1 }
        while last > first, bytes[last - 1] == 0x20 || bytes[last - 1] == 0x09 { last -= 1 }
        let name = UnsafeRawBufferPointer(rebasing: bytes[lineStart..<colon])
        let value = UnsafeRawBufferPointer(rebasing: bytes[first..<last])
        switch name.count {
        case 14 where Self.matches(name, "content-length"):
            guard length == nil, let number = Self.decimal(value) else { return false }
            length = number
        case 8 where Self.matches(name, "deadline"):
            let isNegative = value.first == 0x2D
            let digits = isNegative ? UnsafeRawBufferPointer(rebasing: value.dropFirst()) : value
            guard let number = Self.decimal(digits) else { return false }
            head.deadline = isNegative ? 0 : min(number, longestDeadlineMilliseconds)
        case 11 where Self.matches(name, "traceparent"):
            if value.count <= 128 { head.traceparent = String(decoding: value, as: UTF8.self) }
        case 13 where Self.matches(name, "authorization"):
            head.authorization = Array(value)
        default:
            break
        }
        return true
    }

    /// Digits alone, at most eighteen of them: nothing that could overflow.
    private static func decimal(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard !bytes.isEmpty, bytes.count <= 18 else { return nil }
        var number = 0
        for byte in bytes {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            number = number &* 10 &+ Int(byte &- 0x30)
        }
        return number
    }

    private static func matches(_ name: UnsafeRawBufferPointer, _ lowercase: StaticString) -> Bool {
        for index in 0..<name.count where name[index] | 0x20 != lowercase.utf8Start[index] { return false }
        return true
    }

    /// The token characters of RFC 9110, 5.6.2.
    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x61...0x7A, 0x41...0x5A, 0x30...0x39: true
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true
        default: false
        }
    }
}
