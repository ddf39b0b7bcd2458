package import NIOCore

/// Splits a stream of one JSON object on each line into frames of server-sent events, the same ones wherever the network cut
/// it; a line without anything on it is none.
///
/// The type does no I/O and never suspends: feed it, then drain it, and take the rest with ``finish()``.
package struct LineFrameSplitter: Sendable {
    /// The longest line accepted before the stream is declared hostile.
    package let maximumFrameLength: Int
    private var pending = ByteBuffer()
    /// Bytes of `pending` in which no line ends.
    private var searched = 0

    package init(maximumFrameLength: Int = 8 << 20) {
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

    /// The next line as a frame, or `nil` until more bytes arrive.
    ///
    /// - Throws: ``StreamError/frameTooLong(limit:)``.
    package mutating func next() throws(StreamError) -> ByteBuffer? {
        while true {
            let rest = pending.readableBytesView.dropFirst(searched)
            guard let end = rest.firstIndex(of: 0x0A) else {
                searched = pending.readableBytes
                guard searched <= maximumFrameLength else { throw .frameTooLong(limit: maximumFrameLength) }
                return nil
            }
            let length = end - pending.readerIndex
            searched = 0
            guard length <= maximumFrameLength else { throw .frameTooLong(limit: maximumFrameLength) }
            let line = pending.readSlice(length: length) ?? ByteBuffer()
            pending.moveReaderIndex(forwardBy: 1)
            if let frame = Self.frame(line) { return frame }
        }
    }

    /// The unterminated last line once the stream has ended, or `nil` when nothing is left.
    package mutating func finish() -> ByteBuffer? {
        defer {
            pending = ByteBuffer()
            searched = 0
        }
        return Self.frame(pending)
    }

    private static func frame(_ line: ByteBuffer) -> ByteBuffer? {
        var line = line
        if line.readableBytesView.last == 0x0D {
            line = line.getSlice(at: line.readerIndex, length: line.readableBytes - 1) ?? line
        }
        guard line.readableBytesView.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else { return nil }
        var frame = ByteBuffer()
        frame.reserveCapacity(line.readableBytes + 8)
        frame.writeStaticString("data: ")
        frame.writeImmutableBuffer(line)
        frame.writeStaticString("\n\n")
        return frame
    }
}
