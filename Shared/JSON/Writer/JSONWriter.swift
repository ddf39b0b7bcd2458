/// Writes compact JSON into one buffer.
///
/// It writes what it is told: one value makes a document. Strings are escaped where RFC 8259 asks for it and nowhere
/// else.
public struct JSONWriter: Sendable {
    private var buffer: [UInt8]

    /// Makes a writer with room for so many bytes before the buffer must grow.
    public init(capacity: Int = 256) {
        buffer = []
        buffer.reserveCapacity(max(0, capacity))
    }

    /// A writer that holds no memory; it lends its place to one that does.
    init(empty: Void) {
        buffer = []
    }

    /// What has been written.
    public var bytes: [UInt8] { buffer }

    /// Writes an object; the body adds its members.
    public mutating func object(_ body: (inout JSONFields) -> Void) {
        append(UInt8(ascii: "{"))
        var fields = JSONFields(writer: JSONWriter(empty: ()))
        // The buffer moves into the face and back, so it always has one owner and is never copied.
        swap(&self, &fields.writer)
        body(&fields)
        swap(&self, &fields.writer)
        append(UInt8(ascii: "}"))
    }

    /// Writes an array; the body adds its elements.
    public mutating func array(_ body: (inout JSONItems) -> Void) {
        append(UInt8(ascii: "["))
        var items = JSONItems(writer: JSONWriter(empty: ()))
        swap(&self, &items.writer)
        body(&items)
        swap(&self, &items.writer)
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
        buffer.append(contentsOf: text.suffix(2).elementsEqual(".0".utf8) ? text.dropLast(2) : text[...])
    }

    /// Writes `true` or `false`, or `null` for `nil`.
    public mutating func boolean(_ value: Bool?) {
        guard let value else { return null() }
        buffer.append(contentsOf: value ? "true".utf8 : "false".utf8)
    }

    /// Writes `null`.
    public mutating func null() {
        buffer.append(contentsOf: "null".utf8)
    }

    /// Writes bytes as they are; that they are JSON is the caller's affair.
    public mutating func raw(_ json: some Collection<UInt8>) {
        buffer.append(contentsOf: json)
    }

    /// Writes a value of a document with the bytes it came with.
    public mutating func raw(_ value: JSONCursor) {
        let node = value.node
        value.storage.bytes.withUnsafeBufferPointer { buffer.append(contentsOf: $0[node.range]) }
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        buffer.append(byte)
    }

    /// Makes room, lets the body fill it from the front, and keeps as many bytes as it says.
    @inline(__always)
    private mutating func extend(by room: Int, _ body: (UnsafeMutablePointer<UInt8>) -> Int) {
        buffer.append(addingCapacity: room) { span in
            span.withUnsafeMutableBufferPointer { target, count in
                guard let base = target.baseAddress else { return }
                count = body(base)
            }
        }
    }

    /// Writes a string in quotes, with one byte of punctuation on either side if asked for.
    @inline(__always)
    mutating func quoted(_ value: String, after prefix: UInt8?, before suffix: UInt8?) {
        var value = value
        value.withUTF8 { text in
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
            if let base = text.baseAddress { at.update(from: base, count: text.count) }
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
