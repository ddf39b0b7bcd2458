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
        reserveCapacity(minimumWritableBytes: body.count + 48)
        writeStaticString("Content-Length: ")
        writeDecimal(body.count)
        if let deadline = head.deadline {
            writeStaticString("\r\nDeadline: ")
            writeDecimal(max(0, deadline))
        }
        // A value that could break out of its line is left out rather than sent.
        if let traceparent = head.traceparent, traceparent.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) {
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

    private mutating func writeDecimal(_ number: Int) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var first = digits.count
            var rest = number.magnitude
            repeat {
                first -= 1
                digits[first] = UInt8(truncatingIfNeeded: rest % 10) &+ 0x30
                rest /= 10
            } while rest > 0
            writeBytes(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(digits)[first...]))
        }
    }
}
