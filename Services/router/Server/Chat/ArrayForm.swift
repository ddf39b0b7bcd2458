import Dialects
import HTTP
import NIOCore

/// The form of a stream whose client wants one JSON array in place of server-sent events; confined to its event loop.
final class ArrayForm {
    private var array = StreamArray()
    private var hasEnded = false

    /// Whole frames as they go to the client.
    ///
    /// - Parameters:
    ///   - frames: Frames of server-sent events.
    ///   - isLast: Whether nothing follows.
    /// - Returns: Their elements of the array.
    func elements(_ frames: ByteBuffer, isLast: Bool) -> ByteBuffer {
        guard !hasEnded else { return ByteBuffer() }
        var splitter = EventFrameSplitter(maximumFrameLength: .max)
        splitter.append(frames)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(frames.readableBytes)
        while let frame = (try? splitter.next()) ?? splitter.finish() {
            frame.withUnsafeReadableBytes { array.append($0, to: &bytes) }
        }
        if isLast {
            hasEnded = true
            array.end(into: &bytes)
        }
        return ByteBuffer(bytes: bytes)
    }
}
