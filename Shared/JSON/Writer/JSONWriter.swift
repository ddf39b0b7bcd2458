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
        guard var value else { return null() }
        append(UInt8(ascii: "\""))
        value.withUTF8 { escape($0) }
        append(UInt8(ascii: "\""))
    }

    /// Writes a whole number, or `null` for `nil`.
    public mutating func integer(_ value: Int?) {
        guard let value else { return null() }
        var magnitude = value.magnitude
        if value < 0 { append(UInt8(ascii: "-")) }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var at = digits.count
            repeat {
                at -= 1
                digits[at] = UInt8(truncatingIfNeeded: magnitude % 10) + 0x30
                magnitude /= 10
            } while magnitude > 0
            buffer.append(contentsOf: digits[at...])
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

    private mutating func escape(_ text: UnsafeBufferPointer<UInt8>) {
        guard let base = text.baseAddress else { return }
        var at = 0
        while true {
            let next = JSONScan.escapable(base, from: at, to: text.count)
            if next > at { buffer.append(contentsOf: UnsafeBufferPointer(start: base + at, count: next - at)) }
            guard next < text.count else { return }
            escape(base[next])
            at = next + 1
        }
    }

    private mutating func escape(_ byte: UInt8) {
        buffer.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x22, 0x5C: buffer.append(byte)
        case 0x08: buffer.append(UInt8(ascii: "b"))
        case 0x09: buffer.append(UInt8(ascii: "t"))
        case 0x0A: buffer.append(UInt8(ascii: "n"))
        case 0x0C: buffer.append(UInt8(ascii: "f"))
        case 0x0D: buffer.append(UInt8(ascii: "r"))
        default:
            buffer.append(contentsOf: "u00".utf8)
            buffer.append(byte < 0x10 ? UInt8(ascii: "0") : UInt8(ascii: "1"))
            let low = byte & 0xF
            buffer.append(low < 10 ? low + UInt8(ascii: "0") : low - 10 + UInt8(ascii: "a"))
        }
    }
}
