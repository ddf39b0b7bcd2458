/// Reads JSON that stands exactly as this project's own writer puts it, value by value and without a tape.
///
/// Peers built from the same sources write the same members in the same order, without white space and mostly without escapes.
/// Their messages are read in one go over the bytes: no table of nodes, no search for names, nothing retained. Whatever
/// differs in the least (another order, an unknown member, an escape, a letter outside ASCII, a number with a fraction) makes the
/// reader fail, and the caller reads the text again as a ``JSONDocument``. So what it accepts is a part of what a document accepts,
/// with the same values.
///
/// Failing is sticky: values read after it are empty, and whoever reads asks ``hasFailed`` once, at the end.
public struct PlainReader {
    private let bytes: UnsafePointer<UInt8>
    private let end: Int
    /// What stands before the next member's name.
    private var separator = UInt8(ascii: "{")
    /// Where the reader stands.
    public private(set) var position: Int
    /// Whether the text differs from what was expected of it.
    public private(set) var hasFailed = false

    /// Makes a reader of the bytes from `start` to `end`, which must outlive it.
    public init(_ bytes: UnsafePointer<UInt8>, from start: Int, to end: Int) {
        self.bytes = bytes
        self.end = end
        position = start
    }

    /// Whether it has read everything, and all of it was as expected.
    public var isComplete: Bool { !hasFailed && position == end }

    /// Gives up: the text is not plain.
    public mutating func fail() {
        hasFailed = true
        position = end
    }

    // MARK: Structure

    /// Steps over text that must stand here.
    public mutating func literal(_ text: StaticString) {
        if !skip(text) { fail() }
    }

    /// Steps over text if it stands here.
    public mutating func skip(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard end - position >= count, JSONScan.equal(bytes + position, text.utf8Start, count) else { return false }
        position += count
        return true
    }

    /// Steps over text if it stands here.
    @_disfavoredOverload
    public mutating func skip(_ text: String) -> Bool {
        var text = text
        let isHere = text.withUTF8 { text in
            guard let base = text.baseAddress else { return true }
            return end - position >= text.count && JSONScan.equal(bytes + position, base, text.count)
        }
        if isHere { position += text.utf8.count }
        return isHere
    }

    /// Enters an object.
    public mutating func open() {
        guard position < end, bytes[position] == UInt8(ascii: "{") else { return fail() }
        separator = UInt8(ascii: "{")
    }

    /// Leaves an object that had a member.
    public mutating func close() {
        byte(UInt8(ascii: "}"))
        separator = UInt8(ascii: ",")
    }

    /// Steps over a member's name, which is the next one, and its colon.
    public mutating func name(_ name: StaticString) {
        let count = name.utf8CodeUnitCount
        let start = bytes + position
        guard end - position > count + 4, start[0] == separator, start[1] == 0x22, start[count + 2] == 0x22,
            start[count + 3] == UInt8(ascii: ":"), JSONScan.equal(start + 2, name.utf8Start, count)
        else { return fail() }
        position += count + 4
        separator = UInt8(ascii: ",")
    }

    /// Reads an array element by element.
    public mutating func array<Element>(_ name: StaticString, _ read: (inout PlainReader) -> Element) -> [Element] {
        self.name(name)
        var elements: [Element] = []
        byte(UInt8(ascii: "["))
        if skip("]") { return elements }
        while !hasFailed {
            elements.append(read(&self))
            if skip("]") {
                separator = UInt8(ascii: ",")
                break
            }
            byte(UInt8(ascii: ","))
        }
        return elements
    }

    /// Reads an object, or nothing where `null` stands.
    public mutating func object<Value>(_ name: StaticString, _ read: (inout PlainReader) -> Value) -> Value? {
        self.name(name)
        if skip("null") { return nil }
        return hasFailed ? nil : read(&self)
    }

    private mutating func byte(_ byte: UInt8) {
        guard position < end, bytes[position] == byte else { return fail() }
        position += 1
    }

    // MARK: Values

    /// Reads a text.
    public mutating func string(_ name: StaticString) -> String {
        self.name(name)
        return string()
    }

    /// Reads a text or `null`.
    public mutating func optionalString(_ name: StaticString) -> String? {
        self.name(name)
        return skip("null") ? nil : string()
    }

    /// Reads a whole number.
    public mutating func integer(_ name: StaticString) -> Int {
        self.name(name)
        return integer()
    }

    /// Reads a text of any letters and escapes, as people write them.
    public mutating func text(_ name: StaticString) -> String {
        self.name(name)
        return text()
    }

    /// Reads a whole number or `null`.
    public mutating func optionalInteger(_ name: StaticString) -> Int? {
        self.name(name)
        return skip("null") ? nil : integer()
    }

    /// Reads `true` or `false`.
    public mutating func boolean(_ name: StaticString) -> Bool {
        self.name(name)
        if skip("true") { return true }
        literal("false")
        return false
    }

    /// Reads a text that stands here.
    public mutating func string() -> String {
        let start = position + 1
        guard start < end, bytes[position] == 0x22 else {
            fail()
            return ""
        }
        var at = start
        while at + 16 <= end {
            let block = JSONScan.load(bytes, at)
            // Signed, so that one comparison finds the control characters and everything from 0x80 up.
            let isStop =
                (block .< JSONScan.all(0x20)) .| (block .== JSONScan.all(0x22)) .| (block .== JSONScan.all(0x5C))
            let lane = JSONScan.firstLane(isStop)
            at += lane
            if lane < 16 { break }
        }
        while at < end, bytes[at] &- 0x20 < 0x60, bytes[at] != 0x22, bytes[at] != 0x5C { at += 1 }
        guard at < end, bytes[at] == 0x22 else {
            fail()
            return ""
        }
        position = at + 1
        return String(decoding: UnsafeBufferPointer(start: bytes + start, count: at - start), as: UTF8.self)
    }

    /// Reads a text of any letters and escapes that stands here.
    ///
    /// Half of a surrogate pair and bytes that are no UTF-8 are left to the document, which knows what to say of them.
    private mutating func text() -> String {
        let start = position + 1
        guard start < end, bytes[position] == 0x22, let (stop, isEscaped) = quote(from: start) else {
            fail()
            return ""
        }
        let text: String?
        if isEscaped {
            let escaped = JSONText(bytes, from: start, to: stop, isEscaped: true)
            text = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: stop - start) { buffer in
                guard let base = buffer.baseAddress else { return nil }
                let count = escaped.decode(into: base)
                return String(validating: UnsafeBufferPointer(start: base, count: count), as: UTF8.self)
            }
        } else {
            let plain = UnsafeBufferPointer(start: bytes + start, count: stop - start)
            text = String(validating: plain, as: UTF8.self)
        }
        guard let text else {
            fail()
            return ""
        }
        position = stop + 1
        return text
    }

    /// Where the text that begins at `start` ends, and whether it holds escapes; `nil` where one of them or a control
    /// character is not plain.
    private func quote(from start: Int) -> (end: Int, isEscaped: Bool)? {
        var at = start
        var isEscaped = false
        while at < end {
            if at + 16 <= end {
                let block = JSONScan.load(bytes, at)
                let isControl = (block .< JSONScan.all(0x20)) .& (block .>= JSONScan.all(0))
                let lane = JSONScan.firstLane(
                    isControl .| (block .== JSONScan.all(0x22)) .| (block .== JSONScan.all(0x5C))
                )
                at += lane
                if lane == 16 { continue }
            }
            switch bytes[at] {
            case 0x22: return (at, isEscaped)
            case 0x5C:
                guard let length = escape(at) else { return nil }
                isEscaped = true
                at += length
            case ..<0x20: return nil
            default: at += 1
            }
        }
        return nil
    }

    /// The length of the escape at a place; `nil` when it is none or half of a character.
    private func escape(_ at: Int) -> Int? {
        guard at + 1 < end else { return nil }
        switch bytes[at + 1] {
        case 0x22, 0x2F, 0x5C, 0x62, 0x66, 0x6E, 0x72, 0x74: return 2
        case UInt8(ascii: "u"):
            guard at + 6 <= end else { return nil }
            for index in at + 2..<at + 6 where !Self.isHexadecimal(bytes[index]) { return nil }
            let isSurrogate = bytes[at + 2] | 0x20 == UInt8(ascii: "d") && bytes[at + 3] >= UInt8(ascii: "8")
            return isSurrogate ? nil : 6
        default: return nil
        }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 6
    }

    /// Reads a whole number that stands here; one of more than eighteen digits is not plain.
    public mutating func integer() -> Int {
        var at = position
        let isNegative = at < end && bytes[at] == UInt8(ascii: "-")
        if isNegative { at += 1 }
        let first = at
        var number = 0
        while at < end, bytes[at] &- 0x30 < 10, at - first < 18 {
            number = number &* 10 &+ Int(bytes[at] &- 0x30)
            at += 1
        }
        // What follows a number inside an object or array; a fraction, an exponent and a further digit are none of them.
        let isEnded = at < end && (bytes[at] == UInt8(ascii: ",") || bytes[at] | 0x20 == UInt8(ascii: "}"))
        let hasLeadingZero = at - first > 1 && bytes[first] == 0x30
        guard at > first, isEnded, !hasLeadingZero, !(isNegative && number == 0) else {
            fail()
            return 0
        }
        position = at
        return isNegative ? -number : number
    }
}
