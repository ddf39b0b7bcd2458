package import NIOCore

/// Why a stream could not be relayed.
package enum StreamError: Error, Hashable, Sendable {
    /// A frame grew past the limit.
    case frameTooLong(limit: Int)
    /// Lengths or check sums do not fit what came.
    case corrupt
}

/// Splits a byte stream into server-sent-event frames, the same ones wherever the network cut it.
///
/// Lines end in LF, CRLF or CR, mixed at will; a frame ends with its first empty line. Frames are slices of the received
/// buffers wherever one does not straddle two of them, so the common case copies nothing, and together they are the stream's
/// bytes without a leading byte order mark. Empty lines before a frame stay with it. The type does no I/O and never suspends:
/// feed it, then drain it, and take the rest with ``finish()``.
package struct EventFrameSplitter: Sendable {
    /// The longest frame accepted before the stream is declared hostile.
    package let maximumFrameLength: Int
    private var pending = ByteBuffer()
    private var scan = Scan()
    private var isAtStart = true

    /// Where the search for the end of the frame stands.
    private struct Scan {
        /// Bytes of `pending` already judged.
        var offset = 0
        var lineIsEmpty = true
        /// Whether the frame has a line that is not empty.
        var hasContent = false
        var lastLineEndedInCR = false
    }

    package init(maximumFrameLength: Int = 8 << 20) {
        self.maximumFrameLength = maximumFrameLength
    }

    /// Adds what the upstream sent.
    package mutating func append(_ bytes: ByteBuffer) {
        if pending.readableBytes == 0 {
            pending = bytes
        } else if pending.readerIndex == 0 {
            pending.writeImmutableBuffer(bytes)
        } else {
            // Frames already taken share the storage: start a new one with what is left of it.
            var joined = ByteBuffer()
            joined.reserveCapacity(pending.readableBytes + bytes.readableBytes)
            joined.writeImmutableBuffer(pending)
            joined.writeImmutableBuffer(bytes)
            pending = joined
        }
    }

    /// The next complete frame, its empty line included, or `nil` until more bytes arrive.
    ///
    /// - Throws: ``StreamError/frameTooLong(limit:)``.
    package mutating func next() throws(StreamError) -> ByteBuffer? {
        if isAtStart, !skipByteOrderMark() { return nil }
        let scanned = pending.withUnsafeReadableBytes { [scan] in Self.advance(scan, in: $0) }
        guard let length = scanned.length else {
            scan = scanned.scan
            guard pending.readableBytes <= maximumFrameLength else { throw .frameTooLong(limit: maximumFrameLength) }
            return nil
        }
        scan = Scan()
        guard length <= maximumFrameLength else { throw .frameTooLong(limit: maximumFrameLength) }
        return pending.readSlice(length: length)
    }

    /// The unterminated last frame once the stream has ended, or `nil` when nothing but line ends is left.
    package mutating func finish() -> ByteBuffer? {
        defer {
            pending = ByteBuffer()
            scan = Scan()
        }
        let hasContent = pending.readableBytesView.contains { $0 != 0x0A && $0 != 0x0D }
        return hasContent ? pending : nil
    }

    /// Drops a byte order mark at the start of the stream; `false` while it cannot be told.
    private mutating func skipByteOrderMark() -> Bool {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let first = pending.readableBytesView.prefix(3)
        guard first.elementsEqual(mark.prefix(first.count)) else {
            isAtStart = false
            return true
        }
        guard first.count == 3 else { return false }
        pending.moveReaderIndex(forwardBy: 3)
        isAtStart = false
        return true
    }

    /// Searches on from `scan`; a length means the frame ends there.
    private static func advance(_ scan: Scan, in bytes: UnsafeRawBufferPointer) -> (scan: Scan, length: Int?) {
        var scan = scan
        while scan.offset < bytes.count {
            let index = scan.offset
            switch bytes[index] {
            case 0x0A:
                if scan.lineIsEmpty, scan.hasContent { return (scan, index + 1) }
                scan.offset = index + 1
                scan.lineIsEmpty = true
                scan.lastLineEndedInCR = false
            case 0x0D:
                let endsFrame = scan.lineIsEmpty && scan.hasContent
                // In a stream of bare CRs the second one ends the frame at once; a following LF belongs to the next frame.
                if endsFrame, scan.lastLineEndedInCR { return (scan, index + 1) }
                guard index + 1 < bytes.count else { return (scan, nil) }
                let isPair = bytes[index + 1] == 0x0A
                if endsFrame { return (scan, index + (isPair ? 2 : 1)) }
                scan.offset = index + (isPair ? 2 : 1)
                scan.lineIsEmpty = true
                scan.lastLineEndedInCR = !isPair
            default:
                scan.lineIsEmpty = false
                scan.hasContent = true
                scan.offset = LineEnds.first(in: bytes, from: index, to: bytes.count) ?? bytes.count
            }
        }
        return (scan, nil)
    }
}
