extension JSONParser {
    /// Reads the number at `start`, adds its node and returns where it ends.
    @inline(__always)
    mutating func number(_ start: Int) throws(JSONError) -> Int {
        var at = start
        if bytes[at] == UInt8(ascii: "-") { at += 1 }
        guard at < count else { throw JSONError(.unexpectedEnd, at: at) }
        if bytes[at] == UInt8(ascii: "0") {
            at += 1
            if at < count, Self.isDigit(bytes[at]) { throw JSONError(.invalidNumber, at: at) }
        } else {
            at = try digits(at)
        }
        let whole = at
        if at < count, bytes[at] == UInt8(ascii: ".") { at = try digits(at + 1) }
        if at < count, bytes[at] | 0x20 == UInt8(ascii: "e") {
            at += 1
            if at < count, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") { at += 1 }
            at = try digits(at)
        }
        push(TapeNode(.number, start: start, length: at - start, marked: at != whole))
        return at
    }

    /// Steps over one digit or more.
    @inline(__always)
    private func digits(_ start: Int) throws(JSONError) -> Int {
        guard start < count else { throw JSONError(.unexpectedEnd, at: start) }
        guard Self.isDigit(bytes[start]) else { throw JSONError(.invalidNumber, at: start) }
        var at = start + 1
        while at + 8 <= count {
            // Eight at once: of each byte's distance from "0" the upper half stays clear for the ten digits alone.
            let word = UInt64(littleEndian: UnsafeRawPointer(bytes + at).loadUnaligned(as: UInt64.self))
            let distance = word ^ 0x3030_3030_3030_3030
            let others = (distance &+ 0x0606_0606_0606_0606 | distance) & 0xF0F0_F0F0_F0F0_F0F0
            if others != 0 { return at + others.trailingZeroBitCount >> 3 }
            at += 8
        }
        while at < count, Self.isDigit(bytes[at]) { at += 1 }
        return at
    }

    @inline(__always)
    private static func isDigit(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10
    }

    /// Reads `true`, `false` or `null` at `start`, adds its node and returns where it ends.
    @inline(__always)
    mutating func literal(_ start: Int) throws(JSONError) -> Int {
        switch bytes[start] {
        case UInt8(ascii: "t"): try literal("true", .true, start)
        case UInt8(ascii: "f"): try literal("false", .false, start)
        case UInt8(ascii: "n"): try literal("null", .null, start)
        default: throw JSONError(.unexpectedByte, at: start)
        }
    }

    @inline(__always)
    private mutating func literal(_ text: StaticString, _ kind: NodeKind, _ start: Int) throws(JSONError) -> Int {
        let length = text.utf8CodeUnitCount
        for offset in 0..<length {
            guard start + offset < count else { throw JSONError(.unexpectedEnd, at: start + offset) }
            guard bytes[start + offset] == text.utf8Start[offset] else {
                throw JSONError(.unexpectedByte, at: start + offset)
            }
        }
        push(TapeNode(kind, start: start, length: length))
        return start + length
    }
}
