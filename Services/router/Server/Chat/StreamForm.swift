import Dialects
import HTTP
import NIOCore

/// The form of a stream whose client does not want server-sent events; confined to its event loop.
final class StreamForm {
    private enum Kind {
        /// One JSON array, which is what Gemini's dialect has unless it is asked for events.
        case array
        /// One JSON object on each line, as Ollama's dialect has them.
        case lines
    }

    private let kind: Kind
    private var array = StreamArray()
    private let lines = StreamLines()
    private var hasEnded = false

    /// - Returns: `nil` where the client wants events.
    init?(_ dialect: Dialect, path: ModelPath?, query: Substring?) {
        if dialect == .ollama {
            kind = .lines
        } else if path?.action == .stream, !(query ?? "").split(separator: "&").contains("alt=sse") {
            kind = .array
        } else {
            return nil
        }
    }

    /// The content type of such a stream.
    var contentType: String {
        switch kind {
        case .array: "application/json; charset=utf-8"
        case .lines: StreamFraming.lines.contentType
        }
    }

    /// Whole frames as they go to the client.
    ///
    /// - Parameters:
    ///   - frames: Frames of server-sent events.
    ///   - isLast: Whether nothing follows.
    /// - Returns: The same in this form.
    func formed(_ frames: ByteBuffer, isLast: Bool) -> ByteBuffer {
        guard !hasEnded else { return ByteBuffer() }
        var splitter = EventFrameSplitter(maximumFrameLength: .max)
        splitter.append(frames)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(frames.readableBytes)
        while let frame = (try? splitter.next()) ?? splitter.finish() {
            frame.withUnsafeReadableBytes { frame in
                switch kind {
                case .array: array.append(frame, to: &bytes)
                case .lines: lines.append(frame, to: &bytes)
                }
            }
        }
        if isLast {
            hasEnded = true
            if case .array = kind { array.end(into: &bytes) }
        }
        return ByteBuffer(bytes: bytes)
    }
}
