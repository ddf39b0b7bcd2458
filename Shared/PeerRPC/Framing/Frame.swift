import NIOCore

/// One message as it stood on the wire.
package struct Frame: Sendable, Equatable {
    /// The JSON text, not yet looked at.
    package var body: [UInt8]
    /// What stood before it.
    package var head: FrameHead

    package init(body: [UInt8], head: FrameHead = FrameHead()) {
        self.body = body
        self.head = head
    }
}

/// The optional headers of a frame.
package struct FrameHead: Sendable, Equatable {
    /// The milliseconds the caller still waits; zero means that it has stopped waiting.
    package var deadline: Int?
    /// The W3C trace context, as it came.
    package var traceparent: String?
    /// The credential of a caller over TCP.
    package var authorization: [UInt8]?

    package init(deadline: Int? = nil, traceparent: String? = nil, authorization: [UInt8]? = nil) {
        self.deadline = deadline
        self.traceparent = traceparent
        self.authorization = authorization
    }
}

/// Why a byte stream cannot be followed any further.
package enum FrameError: Error, Equatable {
    case brokenHeader
    case headerTooLong(limit: Int)
    case frameTooLong(limit: Int)
    case missingLength
    case unauthenticated
}

extension ByteBuffer {
    /// Appends one frame.
    package mutating func writeFrame(_ body: [UInt8], head: FrameHead = FrameHead()) {
        // What nearly every frame has, in one go; a number has at most 20 digits.
        writeWithUnsafeMutableBytes(minimumWritableBytes: body.count + 192) { memory in
            var count = 0
            Self.put("Content-Length: ", in: memory, &count)
            Self.put(decimal: body.count, in: memory, &count)
            if let deadline = head.deadline {
                Self.put("\r\nDeadline: ", in: memory, &count)
                Self.put(decimal: max(0, deadline), in: memory, &count)
            }
            return count
        }
        // A value that could break out of its line is left out rather than sent.
        if var traceparent = head.traceparent, traceparent.withUTF8({ $0.allSatisfy { $0 > 0x20 && $0 < 0x7F } }) {
            writeStaticString("\r\nTraceparent: ")
            writeString(traceparent)
        }
        if let authorization = head.authorization, authorization.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) {
            writeStaticString("\r\nAuthorization: ")
            writeBytes(authorization)
        }
        writeStaticString("\r\n\r\n")
        writeBytes(body)
    }

    private static func put(_ text: StaticString, in memory: UnsafeMutableRawBufferPointer, _ count: inout Int) {
        let target = UnsafeMutableRawBufferPointer(rebasing: memory[count...])
        target.copyMemory(from: UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        count += text.utf8CodeUnitCount
    }

    private static func put(decimal number: Int, in memory: UnsafeMutableRawBufferPointer, _ count: inout Int) {
        var digits = 1
        var rest = number / 10
        while rest > 0 {
            digits += 1
            rest /= 10
        }
        rest = number
        for at in (count..<(count + digits)).reversed() {
            memory[at] = UInt8(truncatingIfNeeded: rest % 10) &+ 0x30
            rest /= 10
        }
        count += digits
    }
}
