/// Writes compact JSON into one buffer.
///
/// It writes what it is told: one value makes a document. Strings are escaped where RFC 8259 asks for it and nowhere
/// else.
public struct JSONWriter: ~Copyable {
    // It has no copies, so its memory has one owner and needs no look at how many there are before each piece.
    private var memory: JSONMemory

    /// Makes a writer with room for so many bytes before the buffer must grow.
    public init(capacity: Int = 256) {
        memory = JSONMemory.make(capacity: max(16, capacity))
    }

    /// What has been written.
    public var bytes: [UInt8] { memory.bytes }

    /// Writes an object; the body adds its members.
    public mutating func object(_ body: (inout JSONFields) -> Void) {
        append(UInt8(ascii: "{"))
        withUnsafeMutablePointer(to: &self) { writer in
            var fields = JSONFields(writer)
            body(&fields)
        }
        append(UInt8(ascii: "}"))
    }

    /// Writes an array; the body adds its elements.
    public mutating func array(_ body: (inout JSONItems) -> Void) {
        append(UInt8(ascii: "["))
        withUnsafeMutablePointer(to: &self) { writer in
            var items = JSONItems(writer)
            body(&items)
        }
        append(UInt8(ascii: "]"))
    }

    /// Writes a string, or `null` for `nil`.
    public mutating func string(_ value: String?) {
        guard let value else { return null() }
        quoted(value, after: nil, before: nil)
    }

    /// Writes a whole number, or `null` for `nil`.
    public mutating func integer(_ value: Int?) {
        guard let value else { return null() }
        if value >= 0, value < 10 { return append(UInt8(truncatingIfNeeded: value) + 0x30) }
        extend(by: 20) { target in
            var magnitude = value.magnitude
            var length = value < 0 ? 1 : 0
            var power = magnitude
            repeat {
                length += 1
                power /= 10
            } while power > 0
            var at = length
            repeat {
                at -= 1
                target[at] = UInt8(truncatingIfNeeded: magnitude % 10) + 0x30
                magnitude /= 10
            } while magnitude > 0
            if value < 0 { target[0] = UInt8(ascii: "-") }
            return length
        }
    }

    /// Writes the shortest text that reads back as the same number, `1` rather than `1.0`.
    ///
    /// Infinities and NaN, which JSON lacks, are written as `null`, as is `nil`.
    public mutating func double(_ value: Double?) {
        guard let value, value.isFinite else { return null() }
        let text = value.description.utf8
        raw(text.suffix(2).elementsEqual(".0".utf8) ? text.dropLast(2) : text[...])
    }

    /// Writes `true` or `false`, or `null` for `nil`.
    public mutating func boolean(_ value: Bool?) {
        guard let value else { return null() }
        if value { put("true") } else { put("false") }
    }

    /// Writes `null`.
    public mutating func null() {
        put("null")
    }

    /// Writes bytes as they are; that they are JSON is the caller's affair.
    public mutating func raw(_ json: some Collection<UInt8>) {
        if json.withContiguousStorageIfAvailable({ append($0) }) == nil {
            Array(json).withUnsafeBufferPointer { append($0) }
        }
    }

    /// Writes a value of a document with the bytes it came with.
    public mutating func raw(_ value: JSONCursor) {
        let node = value.node
        value.storage.bytes.withUnsafeBufferPointer { append(UnsafeBufferPointer(rebasing: $0[node.range])) }
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        extend(by: 1) { target in
            target.pointee = byte
            return 1
        }
    }

    private mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let base = bytes.baseAddress else { return }
        extend(by: bytes.count) { target in
            target.update(from: base, count: bytes.count)
            return bytes.count
        }
    }

    @inline(__always)
    private mutating func put(_ text: StaticString) {
        append(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Makes room, lets the body fill it from the front, and keeps as many bytes as it says.
    @inline(__always)
    private mutating func extend(by room: Int, _ body: (UnsafeMutablePointer<UInt8>) -> Int) {
        if !memory.holds(room) { memory = memory.grown(by: room) }
        memory.used += body(memory.end)
    }

    /// Writes a member's name and its colon.
    ///
    /// A name that stands in the program is written as it is: that it holds nothing to escape is seen to in debug builds.
    mutating func name(_ name: StaticString, after prefix: UInt8?) {
        let count = name.utf8CodeUnitCount
        assert(JSONScan.escapable(name.utf8Start, from: 0, to: count) == count, "\(name) needs an escape")
        extend(by: count + 4) { target in
            var at = target
            if let prefix {
                at.pointee = prefix
                at += 1
            }
            at[0] = UInt8(ascii: "\"")
            JSONScan.copy(name.utf8Start, to: at + 1, count)
            at[count + 1] = UInt8(ascii: "\"")
            at[count + 2] = UInt8(ascii: ":")
            return at + count + 3 - target
        }
    }

    /// Writes a string in quotes, with one byte of punctuation on either side if asked for.
    @inline(__always)
    mutating func quoted(_ value: String, after prefix: UInt8?, before suffix: UInt8?) {
        value.withBytes { text in
            guard let base = text.baseAddress, JSONScan.escapable(base, from: 0, to: text.count) < text.count else {
                return plain(text, prefix, suffix)
            }
            if let prefix { append(prefix) }
            append(UInt8(ascii: "\""))
            escaped(base, text.count)
            append(UInt8(ascii: "\""))
            if let suffix { append(suffix) }
        }
    }

    @inline(__always)
    private mutating func plain(_ text: UnsafeBufferPointer<UInt8>, _ prefix: UInt8?, _ suffix: UInt8?) {
        extend(by: text.count + 4) { target in
            var at = target
            func put(_ byte: UInt8) {
                at.pointee = byte
                at += 1
            }
            if let prefix { put(prefix) }
            put(UInt8(ascii: "\""))
            if let base = text.baseAddress { JSONScan.copy(base, to: at, text.count) }
            at += text.count
            put(UInt8(ascii: "\""))
            if let suffix { put(suffix) }
            return at - target
        }
    }

    /// Writes text with escapes, piece by piece, so that room for the worst case stays small.
    private mutating func escaped(_ text: UnsafePointer<UInt8>, _ count: Int) {
        let piece = 1024
        var start = 0
        while start < count {
            let end = min(start + piece, count)
            extend(by: (end - start) * 6 + 16) { Self.escape(text, from: start, to: end, into: $0) }
            start = end
        }
    }

    private static func escape(
        _ text: UnsafePointer<UInt8>,
        from start: Int,
        to end: Int,
        into target: UnsafeMutablePointer<UInt8>
    ) -> Int {
        var at = start
        var written = 0
        while at < end {
            if at + 16 <= end {
                let block = JSONScan.load(text, at)
                UnsafeMutableRawPointer(target + written).storeBytes(of: block, as: JSONScan.Block.self)
                let lane = JSONScan.firstLane(JSONScan.escapable(block))
                at += lane
                written += lane
                if lane == 16 { continue }
            } else if text[at] >= 0x20, text[at] != 0x22, text[at] != 0x5C {
                target[written] = text[at]
                at += 1
                written += 1
                continue
            }
            written += escape(text[at], into: target + written)
            at += 1
        }
        return written
    }

    @inline(__always)
    private static func escape(_ byte: UInt8, into target: UnsafeMutablePointer<UInt8>) -> Int {
        // Constants only, so that the compiler makes it a table.
        let letter: UInt8 =
            switch byte {
            case 0x08: UInt8(ascii: "b")
            case 0x09: UInt8(ascii: "t")
            case 0x0A: UInt8(ascii: "n")
            case 0x0C: UInt8(ascii: "f")
            case 0x0D: UInt8(ascii: "r")
            case 0x22: 0x22
            case 0x5C: 0x5C
            default: 0
            }
        target[0] = UInt8(ascii: "\\")
        if letter != 0 {
            target[1] = letter
            return 2
        }
        target[1] = UInt8(ascii: "u")
        target[2] = 0x30
        target[3] = 0x30
        target[4] = 0x30 + byte >> 4
        target[5] = byte & 0xF + (byte & 0xF < 10 ? 0x30 : 0x57)
        return 6
    }
}
