/// Reads JSON that comes in pieces and hands out the text of its string values, with the way back to the source.
///
/// Names of members, numbers and everything outside strings are not text: what changes there would change the meaning of a tool's
/// arguments. Source that does not begin like JSON is one text.
struct JSONStrings {
    /// What was read, in order.
    enum Part: Hashable {
        /// Source that goes through as it is.
        case source(Range<Int>)
        /// A value's string begins; its quote belongs to the source before.
        case begin
        /// Decoded text, and where each byte of it starts in the source; an escape's source stays together.
        case text(decoded: Range<Int>, source: Range<Int>)
        /// The string is over.
        case end
    }

    enum Mode: Hashable {
        case undecided
        case json
        case plain
    }

    private(set) var mode = Mode.undecided
    /// The decoded text of the piece that was read last, and the source's place of each of its bytes.
    private(set) var decoded: [UInt8] = []
    private(set) var places: [Int] = []
    private(set) var parts: [Part] = []

    /// Whether each open bracket is an object's.
    private var stack: [Bool] = []
    private var expectsName = false
    private var inString = false
    private var isName = false
    private var isEscaping = false
    /// Source of an escape that is not complete.
    private(set) var held: [UInt8] = []

    /// Deeper than any arguments; the rest goes through unread.
    private static let deepest = 512

    /// Reads a piece.
    ///
    /// What it holds is in ``parts``, with places in `held + piece` of before the call.
    mutating func read(_ source: [UInt8]) {
        decoded.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
        parts.removeAll(keepingCapacity: true)
        var index = 0
        if mode == .undecided { decide(source, &index) }
        if mode == .plain {
            let start = decoded.count
            for at in index..<source.count {
                decoded.append(source[at])
                places.append(at)
            }
            if start < decoded.count {
                parts.append(.text(decoded: start..<decoded.count, source: index..<source.count))
            }
            return
        }
        while index < source.count {
            if inString, !isName { readText(source, &index) } else { readSource(source, &index) }
        }
    }

    private mutating func decide(_ source: [UInt8], _ index: inout Int) {
        while index < source.count, [0x20, 0x0A, 0x0D, 0x09].contains(source[index]) { index += 1 }
        if index > 0 { parts.append(.source(0..<index)) }
        guard index < source.count else { return }
        mode = [UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\"")].contains(source[index]) ? .json : .plain
    }

    // MARK: Outside strings, and names

    private mutating func readSource(_ source: [UInt8], _ index: inout Int) {
        let start = index
        scan: while index < source.count {
            let byte = source[index]
            index += 1
            if inString {
                if isEscaping {
                    isEscaping = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaping = true
                } else if byte == UInt8(ascii: "\"") {
                    inString = false
                    isName = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "{"):
                if stack.count < Self.deepest { stack.append(true) }
                expectsName = true
            case UInt8(ascii: "["):
                if stack.count < Self.deepest { stack.append(false) }
                expectsName = false
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                _ = stack.popLast()
                expectsName = false
            case UInt8(ascii: ","): expectsName = stack.last ?? false
            case UInt8(ascii: ":"): expectsName = false
            case UInt8(ascii: "\""):
                inString = true
                isName = expectsName
                if !isName { break scan }
            default: break
            }
        }
        parts.append(.source(start..<index))
        if inString, !isName { parts.append(.begin) }
    }

    // MARK: Values

    private mutating func readText(_ source: [UInt8], _ index: inout Int) {
        let start = decoded.count
        let first = index
        while index < source.count {
            let byte = source[index]
            if byte == UInt8(ascii: "\\") {
                let length = escape(source, index)
                // The rest of it has not come.
                guard length > 0 else { break }
                index += length
            } else if byte == UInt8(ascii: "\"") {
                break
            } else {
                append(byte, index)
                index += 1
            }
        }
        if start < decoded.count { parts.append(.text(decoded: start..<decoded.count, source: first..<index)) }
        guard index < source.count else { return }
        if source[index] == UInt8(ascii: "\"") {
            inString = false
            parts.append(.end)
            parts.append(.source(index..<index + 1))
            index += 1
        } else {
            held = Array(source[index...])
            index = source.count
        }
    }

    /// Takes what was held back; the caller puts it before the next piece.
    mutating func takeHeld() -> [UInt8] {
        defer { held = [] }
        return held
    }

    private mutating func append(_ byte: UInt8, _ place: Int) {
        decoded.append(byte)
        places.append(place)
    }

    /// Decodes the escape at a place and returns its length in the source, 0 when more must come.
    private mutating func escape(_ source: [UInt8], _ index: Int) -> Int {
        guard index + 1 < source.count else { return 0 }
        let plain: UInt8? =
            switch source[index + 1] {
            case UInt8(ascii: "n"): 0x0A
            case UInt8(ascii: "t"): 0x09
            case UInt8(ascii: "r"): 0x0D
            case UInt8(ascii: "b"): 0x08
            case UInt8(ascii: "f"): 0x0C
            case UInt8(ascii: "u"): nil
            default: source[index + 1]
            }
        if let plain {
            append(plain, index)
            return 2
        }
        guard index + 6 <= source.count else { return 0 }
        guard let unit = Self.unit(source, index + 2) else {
            append(UInt8(ascii: "u"), index)
            return 2
        }
        guard (0xD800...0xDBFF).contains(unit) else { return append(scalar: unit, index, length: 6) }
        guard index + 12 <= source.count else {
            // Another half may follow, unless what is there already says no.
            let tail = source[(index + 6)...]
            let start: [UInt8] = [UInt8(ascii: "\\"), UInt8(ascii: "u")]
            let isOpen = zip(tail, start).allSatisfy { $0 == $1 }
            return isOpen ? 0 : append(scalar: 0xFFFD, index, length: 6)
        }
        guard source[index + 6] == UInt8(ascii: "\\"), source[index + 7] == UInt8(ascii: "u"),
            let low = Self.unit(source, index + 8), (0xDC00...0xDFFF).contains(low)
        else { return append(scalar: 0xFFFD, index, length: 6) }
        return append(scalar: 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00), index, length: 12)
    }

    private mutating func append(scalar value: UInt32, _ index: Int, length: Int) -> Int {
        let scalar = Unicode.Scalar(value) ?? "\u{FFFD}"
        for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { append(byte, index) }
        return length
    }

    private static func unit(_ source: [UInt8], _ index: Int) -> UInt32? {
        var value: UInt32 = 0
        for at in index..<index + 4 {
            let byte = source[at]
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x41 + 10
            case 0x61...0x66: digit = byte - 0x61 + 10
            default: return nil
            }
            value = value << 4 | UInt32(digit)
        }
        return value
    }
}
