package import NIOCore

/// Cuts a byte stream into frames: feed it, then drain it.
///
/// It does no I/O and never suspends.
package struct FrameReader: Sendable {
    /// The default limit of a frame's body.
    package static let standardLimit = 64 << 20

    private let maximumBody: Int
    private let credential: [UInt8]?
    private var buffer = ByteBuffer()
    private var scanner = HeaderScanner()
    private var bodyLength: Int?

    /// Makes a reader.
    ///
    /// - Parameters:
    ///   - maximumBody: The longest body accepted; a longer one is refused before any of it is kept.
    ///   - credential: The `Authorization` value each frame must carry; it is compared before the body is read.
    package init(maximumBody: Int = standardLimit, credential: [UInt8]? = nil) {
        self.maximumBody = maximumBody
        self.credential = credential
    }

    /// Whether a frame has begun and not ended.
    package var isMidFrame: Bool { bodyLength != nil || buffer.readableBytes > 0 }

    /// Adds what the peer sent.
    package mutating func append(_ bytes: ByteBuffer) {
        if buffer.readableBytes == 0 {
            buffer = bytes
        } else {
            buffer.discardReadBytes()
            buffer.writeImmutableBuffer(bytes)
        }
    }

    /// The next complete frame, or `nil` until more bytes arrive.
    ///
    /// - Throws: ``FrameError`` when the stream cannot be followed any further; the connection must then be closed.
    package mutating func next() throws(FrameError) -> Frame? {
        if bodyLength == nil { try readHead() }
        guard let length = bodyLength, let body = buffer.readBytes(length: length) else { return nil }
        let frame = Frame(body: body, head: scanner.head)
        bodyLength = nil
        scanner = HeaderScanner()
        // An empty buffer lets go of the storage that the last read filled.
        if buffer.readableBytes == 0 { buffer = ByteBuffer() }
        return frame
    }

    private mutating func readHead() throws(FrameError) {
        guard buffer.readableBytes > 0 else { return }
        var scanner = scanner
        let progress = buffer.withUnsafeReadableBytes { scanner.scan($0) }
        self.scanner = scanner
        switch progress {
        case .needsMore: return
        case .broken(let error): throw error
        case .complete(let count): buffer.moveReaderIndex(forwardBy: count)
        }
        guard let length = scanner.length else { throw .missingLength }
        guard length <= maximumBody else { throw .frameTooLong(limit: maximumBody) }
        if let credential {
            guard let given = scanner.head.authorization, equalsInConstantTime(given, credential) else {
                throw .unauthenticated
            }
        }
        bodyLength = length
    }
}

/// Compares two secrets without telling by time where they differ.
func equalsInConstantTime(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    var difference: UInt8 = 0
    for index in left.indices { difference |= left[index] ^ right[index] }
    return difference == 0
}
