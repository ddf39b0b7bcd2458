/// A position in a distributed trace: the W3C `traceparent` header.
package struct TraceContext: Hashable, Sendable {
    package let traceIDHigh: UInt64
    package let traceIDLow: UInt64
    package let spanID: UInt64
    /// Sampled (1) and random (2); bits this version does not know are dropped, as the specification asks.
    package let flags: UInt8

    private init(high: UInt64, low: UInt64, span: UInt64, flags: UInt8) {
        traceIDHigh = high
        traceIDLow = low
        spanID = span
        self.flags = flags & 0x03
    }

    package var isSampled: Bool { flags & 1 == 1 }

    /// A new trace, with its random bits marked as such and not sampled by anyone yet.
    package static func make() -> TraceContext {
        TraceContext(
            high: IdentifierBits.nextNonZero(),
            low: IdentifierBits.nextNonZero(),
            span: IdentifierBits.nextNonZero(),
            flags: 2
        )
    }

    /// A new span of the same trace.
    package func child() -> TraceContext {
        TraceContext(high: traceIDHigh, low: traceIDLow, span: IdentifierBits.nextNonZero(), flags: flags)
    }

    // MARK: Parsing

    /// Reads a `traceparent` header strictly.
    ///
    /// - Parameter traceparent: The header's value without surrounding white space.
    /// - Returns: `nil` for anything malformed, for identifiers that are all zero and for version `ff`; a later
    ///   version is read by the parts this one knows.
    package static func parse(_ traceparent: some StringProtocol) -> TraceContext? {
        parse(bytes: traceparent.utf8)
    }

    /// The same for bytes.
    package static func parse(bytes: some Collection<UInt8>) -> TraceContext? {
        var reader = Reader(rest: Array(bytes.prefix(56)))
        guard let version = reader.hex(2), version != 0xFF, reader.dash(),
            let high = reader.hex(16), let low = reader.hex(16), reader.dash(),
            let span = reader.hex(16), reader.dash(),
            let flags = reader.hex(2)
        else { return nil }
        guard version == 0 ? reader.isAtEnd : reader.isAtEnd || reader.dash() else { return nil }
        guard high | low != 0, span != 0 else { return nil }
        return TraceContext(high: high, low: low, span: span, flags: UInt8(truncatingIfNeeded: flags))
    }

    private struct Reader {
        var rest: [UInt8]
        var position = 0

        var isAtEnd: Bool { position == rest.count }

        mutating func dash() -> Bool {
            guard position < rest.count, rest[position] == UInt8(ascii: "-") else { return false }
            position += 1
            return true
        }

        mutating func hex(_ count: Int) -> UInt64? {
            guard rest.count - position >= count else { return nil }
            var value: UInt64 = 0
            for byte in rest[position..<position + count] {
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt64(byte - UInt8(ascii: "0"))
                case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt64(byte - UInt8(ascii: "a") + 10)
                default: return nil
                }
            }
            position += count
            return value
        }
    }

    // MARK: Formatting

    /// The header's value, in version 00.
    package var header: String {
        String(unsafeUninitializedCapacity: 55) { text in
            text[0] = UInt8(ascii: "0")
            text[1] = UInt8(ascii: "0")
            text[2] = UInt8(ascii: "-")
            text[35] = UInt8(ascii: "-")
            text[52] = UInt8(ascii: "-")
            Self.put(traceIDHigh, 16, at: 3, in: text)
            Self.put(traceIDLow, 16, at: 19, in: text)
            Self.put(spanID, 16, at: 36, in: text)
            Self.put(UInt64(flags), 2, at: 53, in: text)
            return 55
        }
    }

    private static func put(_ value: UInt64, _ digits: Int, at start: Int, in text: UnsafeMutableBufferPointer<UInt8>) {
        for position in 0..<digits {
            let digit = UInt8(truncatingIfNeeded: value >> UInt64(4 * (digits - 1 - position))) & 0xF
            text[start + position] = digit < 10 ? 0x30 + digit : 0x57 + digit
        }
    }

    /// 32 lower-case hexadecimal digits.
    package var traceIDText: String {
        var bytes: [UInt8] = []
        Self.append(traceIDHigh, 16, &bytes)
        Self.append(traceIDLow, 16, &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// 16 lower-case hexadecimal digits.
    package var spanIDText: String {
        var bytes: [UInt8] = []
        Self.append(spanID, 16, &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func append(_ value: UInt64, _ digits: Int, _ bytes: inout [UInt8]) {
        for position in stride(from: digits - 1, through: 0, by: -1) {
            let digit = UInt8(truncatingIfNeeded: value >> (4 * position)) & 0xF
            bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }
}
