import Dialects
import HTTP
import NIOCore

/// Cuts an upstream's stream into frames of server-sent events, whatever its own framing is.
struct UpstreamFrames {
    private let framing: StreamFraming
    // The one that the framing names is used, in place, so that what it holds is never copied.
    private var events = EventFrameSplitter()
    private var lines = LineFrameSplitter()
    private var messages = MessageFrameSplitter()

    init(_ framing: StreamFraming) {
        self.framing = framing
    }

    /// Whether a response's headers announce such a stream; one that says nothing of its type may be one.
    static func announces(_ framing: StreamFraming, contentType: String?) -> Bool {
        guard let type = contentType?.lowercased() else { return true }
        // A whole answer is a stream of one line.
        return type.hasPrefix(framing.contentType) || (framing == .lines && type.hasPrefix("application/json"))
    }

    mutating func append(_ bytes: ByteBuffer) {
        switch framing {
        case .events: events.append(bytes)
        case .lines: lines.append(bytes)
        case .messages: messages.append(bytes)
        }
    }

    /// The next frame; `nil` until more bytes arrive.
    mutating func next() throws(StreamError) -> ByteBuffer? {
        switch framing {
        case .events: try events.next()
        case .lines: try lines.next()
        case .messages: try messages.next()
        }
    }

    /// What is left once the stream has ended.
    mutating func finish() -> ByteBuffer? {
        switch framing {
        case .events: events.finish()
        case .lines: lines.finish()
        // Half a message is none, and a stream that ends in one has not ended.
        case .messages: nil
        }
    }
}
