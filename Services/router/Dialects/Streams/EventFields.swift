/// The fields of one server-sent event that the machines look at.
///
/// Lines may end with LF, CRLF or CR; a space after the colon is optional; comments and other fields are passed over.
struct EventFields {
    enum Payload {
        /// No data line: a comment, a bare event name.
        case none
        /// One data line, by its place in the frame.
        case slice(Range<Int>)
        /// Several data lines, joined by line feeds.
        case joined([UInt8])
    }

    private(set) var payload = Payload.none
    private(set) var name: Range<Int>?

    init(_ frame: UnsafeRawBufferPointer) {
        var start = Self.hasByteOrderMark(frame) ? 3 : 0
        while start < frame.count {
            let end = Self.endOfLine(frame, from: start)
            read(frame, line: start..<end)
            start = end + 1
        }
    }

    private mutating func read(_ frame: UnsafeRawBufferPointer, line: Range<Int>) {
        // Lines that matter begin with `d` or `e`; CRLF leaves an empty line that does not.
        guard let first = frame[line].first else { return }
        if first == UInt8(ascii: "d"), let value = Self.value(frame, line, of: "data") {
            append(frame, value)
        } else if first == UInt8(ascii: "e"), let value = Self.value(frame, line, of: "event") {
            name = value
        }
    }

    private mutating func append(_ frame: UnsafeRawBufferPointer, _ value: Range<Int>) {
        switch payload {
        case .none: payload = .slice(value)
        case .slice(let first): payload = .joined(Array(frame[first]) + [0x0A] + frame[value])
        case .joined(var bytes):
            // Emptied first, so that the bytes are appended to in place.
            payload = .none
            bytes.append(0x0A)
            bytes.append(contentsOf: frame[value])
            payload = .joined(bytes)
        }
    }

    private static func hasByteOrderMark(_ frame: UnsafeRawBufferPointer) -> Bool {
        frame.count >= 3 && frame[0] == 0xEF && frame[1] == 0xBB && frame[2] == 0xBF
    }

    private static func endOfLine(_ frame: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        // Eight bytes at a time up to the first that is small; of a line of JSON that is its end.
        while index + 8 <= frame.count {
            let word = frame.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            guard (word &- 0x0E0E_0E0E_0E0E_0E0E) & ~word & 0x8080_8080_8080_8080 == 0 else { break }
            index += 8
        }
        while index < frame.count, frame[index] != 0x0A, frame[index] != 0x0D { index += 1 }
        return index
    }

    private static func value(
        _ frame: UnsafeRawBufferPointer,
        _ line: Range<Int>,
        of field: StaticString
    ) -> Range<Int>? {
        let length = field.utf8CodeUnitCount
        guard line.count >= length else { return nil }
        for offset in 0..<length where frame[line.lowerBound + offset] != field.utf8Start[offset] { return nil }
        var start = line.lowerBound + length
        guard start < line.upperBound else { return start..<start }
        guard frame[start] == UInt8(ascii: ":") else { return nil }
        start += 1
        if start < line.upperBound, frame[start] == 0x20 { start += 1 }
        return start..<line.upperBound
    }
}
