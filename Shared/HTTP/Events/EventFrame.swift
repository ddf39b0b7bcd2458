package import NIOCore

/// Reads the fields of one server-sent-event frame.
package enum EventFrame {
    /// The frame's data: its `data` lines joined by line feeds, or `nil` when it has none.
    ///
    /// With a single line the result is a slice of the frame, nothing is copied.
    package static func data(of frame: ByteBuffer) -> ByteBuffer? {
        var only: Range<Int>?
        var joined: ByteBuffer?
        frame.withUnsafeReadableBytes { bytes in
            forEachValue(of: "data", in: bytes) { range in
                guard let first = only else {
                    only = range
                    return
                }
                if joined == nil {
                    joined = ByteBuffer(bytes: UnsafeRawBufferPointer(rebasing: bytes[first]))
                }
                joined?.writeInteger(UInt8(ascii: "\n"))
                joined?.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[range]))
            }
        }
        if let joined { return joined }
        return only.flatMap { frame.getSlice(at: frame.readerIndex + $0.lowerBound, length: $0.count) }
    }

    /// The frame's event name, the last one if there are several.
    package static func eventName(of frame: ByteBuffer) -> String? {
        lastValue(of: "event", in: frame).flatMap { range in
            frame.getString(at: frame.readerIndex + range.lowerBound, length: range.count)
        }
    }

    /// Whether the frame's event name is `name`, without making a string.
    package static func eventName(of frame: ByteBuffer, equals name: StaticString) -> Bool {
        guard let range = lastValue(of: "event", in: frame), range.count == name.utf8CodeUnitCount else { return false }
        return frame.withUnsafeReadableBytes { bytes in
            UnsafeRawBufferPointer(rebasing: bytes[range])
                .elementsEqual(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        }
    }

    private static func lastValue(of field: StaticString, in frame: ByteBuffer) -> Range<Int>? {
        var last: Range<Int>?
        frame.withUnsafeReadableBytes { bytes in
            forEachValue(of: field, in: bytes) { last = $0 }
        }
        return last
    }

    /// Calls back with the value range of every line of `field`, one leading space left out.
    private static func forEachValue(
        of field: StaticString,
        in bytes: UnsafeRawBufferPointer,
        _ body: (Range<Int>) -> Void
    ) {
        let length = field.utf8CodeUnitCount
        var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        while start < bytes.count {
            let end = LineEnds.first(in: bytes, from: start, to: bytes.count) ?? bytes.count
            if end - start >= length, matches(field, bytes, at: start) {
                var value = start + length
                if value == end {
                    body(value..<end)
                } else if bytes[value] == UInt8(ascii: ":") {
                    value += 1
                    if value < end, bytes[value] == UInt8(ascii: " ") { value += 1 }
                    body(value..<end)
                }
            }
            start = end + 1
        }
    }

    private static func matches(_ field: StaticString, _ bytes: UnsafeRawBufferPointer, at start: Int) -> Bool {
        for index in 0..<field.utf8CodeUnitCount where bytes[start + index] != field.utf8Start[index] { return false }
        return true
    }
}
