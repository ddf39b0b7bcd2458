package import NIOCore

/// Cuts a stream of binary messages, as Amazon's event streams have them, into frames of server-sent events, the same ones
/// wherever the network cut it.
///
/// A message has a prelude (its length and that of its headers, both in four bytes, and a check sum of the two), headers, a
/// payload, and a check sum of all before it. A message becomes a frame whose payload is the message's object with its event's
/// name as first member, `type`; one that is an exception or an error becomes an event named `error`.
/// Source: "Event stream encoding" in the documentation of Amazon Transcribe; both check sums are CRC-32 of ISO 3309.
package struct MessageFrameSplitter: Sendable {
    /// Prelude and last check sum.
    private static let leastLength = 16
    private static let preludeLength = 12

    /// The longest message accepted before the stream is declared hostile.
    package let maximumFrameLength: Int
    private var pending = ByteBuffer()

    package init(maximumFrameLength: Int = 16 << 20) {
        self.maximumFrameLength = maximumFrameLength
    }

    /// Adds what the upstream sent.
    package mutating func append(_ bytes: ByteBuffer) {
        if pending.readableBytes == 0 {
            pending = bytes
        } else {
            pending.discardReadBytes()
            pending.writeImmutableBuffer(bytes)
        }
    }

    /// The next message as a frame, or `nil` until more bytes arrive.
    ///
    /// - Throws: ``StreamError/frameTooLong(limit:)``, or ``StreamError/corrupt`` for lengths and check sums that do not fit.
    package mutating func next() throws(StreamError) -> ByteBuffer? {
        let start = pending.readerIndex
        guard let length = pending.getInteger(at: start, as: UInt32.self),
            let headerLength = pending.getInteger(at: start + 4, as: UInt32.self),
            let preludeSum = pending.getInteger(at: start + 8, as: UInt32.self)
        else { return nil }
        guard Self.sum(pending, start, 8) == preludeSum else { throw .corrupt }
        guard length <= maximumFrameLength else { throw .frameTooLong(limit: maximumFrameLength) }
        let total = Int(length)
        guard total >= Self.leastLength, Int(headerLength) <= total - Self.leastLength else { throw .corrupt }
        guard pending.readableBytes >= total else { return nil }
        guard Self.sum(pending, start, total - 4) == pending.getInteger(at: start + total - 4, as: UInt32.self) else {
            throw .corrupt
        }
        let payloadStart = start + Self.preludeLength + Int(headerLength)
        guard let headers = pending.getSlice(at: start + Self.preludeLength, length: Int(headerLength)),
            let payload = pending.getSlice(at: payloadStart, length: start + total - 4 - payloadStart)
        else { throw .corrupt }
        pending.moveReaderIndex(forwardBy: total)
        return Self.frame(try MessageHeaders(headers), payload)
    }

    private static func frame(_ headers: MessageHeaders, _ payload: ByteBuffer) -> ByteBuffer {
        var frame = ByteBuffer()
        frame.reserveCapacity(payload.readableBytes + 96)
        if headers.isFailure { frame.writeStaticString("event: error\n") }
        frame.writeStaticString("data: {\"type\":\"")
        // A name; what could end the string is none.
        frame.writeBytes(headers.name.utf8.filter { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C })
        frame.writeStaticString("\"")
        // Line ends between members are white space.
        let object = payload.readableBytesView.drop { $0 <= 0x20 }
        if object.first == UInt8(ascii: "{") {
            let rest = object.dropFirst().drop { $0 <= 0x20 }
            if rest.first != UInt8(ascii: "}") { frame.writeStaticString(",") }
            frame.writeBytes(rest.map { $0 < 0x20 ? 0x20 : $0 })
        } else {
            frame.writeStaticString("}")
        }
        frame.writeStaticString("\n\n")
        return frame
    }

    private static func sum(_ buffer: ByteBuffer, _ start: Int, _ count: Int) -> UInt32? {
        buffer.viewBytes(at: start, length: count).map { Checksum.crc32($0) }
    }
}

/// What a message's headers say of it.
private struct MessageHeaders {
    /// The event's name, or that of the exception.
    private(set) var name = ""
    private(set) var isFailure = false

    init(_ bytes: ByteBuffer) throws(StreamError) {
        var rest = bytes
        while rest.readableBytes > 0 {
            guard let length = rest.readInteger(as: UInt8.self), let key = rest.readString(length: Int(length)),
                let type = rest.readInteger(as: UInt8.self)
            else { throw .corrupt }
            guard type == 7 else {
                guard Self.skip(type, &rest) else { throw .corrupt }
                continue
            }
            guard let count = rest.readInteger(as: UInt16.self), let value = rest.readString(length: Int(count)) else {
                throw .corrupt
            }
            switch key {
            case ":event-type", ":exception-type", ":error-code": name = value
            case ":message-type": isFailure = value == "exception" || value == "error"
            default: continue
            }
        }
    }

    /// Walks over a value that is no string: truth, numbers, bytes, a moment, an id.
    private static func skip(_ type: UInt8, _ rest: inout ByteBuffer) -> Bool {
        let lengths: [UInt8: Int] = [0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16]
        if let length = lengths[type] { return rest.readSlice(length: length) != nil }
        guard type == 6, let length = rest.readInteger(as: UInt16.self) else { return false }
        return rest.readSlice(length: Int(length)) != nil
    }
}
