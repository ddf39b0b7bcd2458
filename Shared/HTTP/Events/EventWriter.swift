package import NIOCore

/// Writes server-sent-event frames.
package enum EventWriter {
    /// A frame with an optional event name; data of several lines becomes several `data:` lines.
    package static func frame(event: String? = nil, data: ByteBuffer) -> ByteBuffer {
        data.withUnsafeReadableBytes { frame(event: event, bytes: $0) }
    }

    /// A frame with an optional event name; data of several lines becomes several `data:` lines.
    package static func frame(event: String? = nil, data: [UInt8]) -> ByteBuffer {
        data.withUnsafeBytes { frame(event: event, bytes: $0) }
    }

    /// A frame with an optional event name; data of several lines becomes several `data:` lines.
    package static func frame(event: String? = nil, data: String) -> ByteBuffer {
        var data = data
        return data.withUTF8 { frame(event: event, bytes: UnsafeRawBufferPointer($0)) }
    }

    /// A frame that clients ignore, to keep a quiet connection open.
    ///
    /// Line ends in the text become spaces.
    package static func comment(_ text: String = "") -> ByteBuffer {
        var frame = ByteBuffer()
        frame.reserveCapacity(text.utf8.count + 4)
        frame.writeStaticString(": ")
        writeLine(text, to: &frame)
        frame.writeStaticString("\n\n")
        return frame
    }

    private static func frame(event: String?, bytes: UnsafeRawBufferPointer) -> ByteBuffer {
        var frame = ByteBuffer()
        frame.reserveCapacity(bytes.count + (event?.utf8.count ?? 0) + 24)
        if let event {
            frame.writeStaticString("event: ")
            writeLine(event, to: &frame)
            frame.writeInteger(UInt8(ascii: "\n"))
        }
        var rest = bytes[...]
        while let end = LineEnds.first(in: rest) {
            frame.writeStaticString("data: ")
            frame.writeBytes(UnsafeRawBufferPointer(rebasing: rest[..<end]))
            frame.writeInteger(UInt8(ascii: "\n"))
            let isPair = rest[end] == 0x0D && end + 1 < rest.endIndex && rest[end + 1] == 0x0A
            rest = rest[(end + (isPair ? 2 : 1))...]
        }
        frame.writeStaticString("data: ")
        frame.writeBytes(UnsafeRawBufferPointer(rebasing: rest))
        frame.writeStaticString("\n\n")
        return frame
    }

    private static func writeLine(_ text: String, to frame: inout ByteBuffer) {
        for byte in text.utf8 { frame.writeInteger(byte == 0x0A || byte == 0x0D ? 0x20 : byte) }
    }
}
