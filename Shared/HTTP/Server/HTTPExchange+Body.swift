package import NIOCore
import NIOHTTP1

extension HTTPExchange {
    /// Reads the whole body within the configured limit; see ``body(limit:)``.
    package func body() async throws(HTTPServerError) -> ByteBuffer {
        try await body(limit: connection?.core.configuration.maximumBody ?? 0)
    }

    /// Reads the whole body, gzip and deflate undone.
    ///
    /// A declared length above the limit is refused before a byte is read, and before `100 Continue` is sent. A body that is
    /// already here is a slice of what was received. The body is read once: a second call returns an empty one.
    ///
    /// - Parameter limit: The most bytes, both as sent and decoded.
    /// - Returns: The body, decoded.
    /// - Throws: ``HTTPServerError``: `bodyTooLarge`, `timedOut`, `malformed`, `unsupportedContentCoding` or `clientGone`.
    package func body(limit: Int) async throws(HTTPServerError) -> ByteBuffer {
        if facts.contentCoding == .unknown { throw .unsupportedContentCoding }
        if let length = facts.contentLength, length > limit { throw .bodyTooLarge(limit: limit) }
        let sent = try await sentBody(limit: limit)
        guard facts.contentCoding != .identity, sent.readableBytes > 0 else { return sent }
        return try await decoded(sent, limit: limit)
    }

    /// Reads the whole body within the configured limit as an array: it is copied once, as it comes from the socket.
    package func bodyBytes() async throws(HTTPServerError) -> [UInt8] {
        if let bytes = try bodyBytesAtHand() { return bytes }
        guard facts.contentCoding == .identity else {
            return Array(try await body().readableBytesView)
        }
        defer { collection = nil }
        while true {
            try await awaitMore()
            if let bodyFailure { throw bodyFailure }
            if decoder.isComplete { return collection?.bytes ?? [] }
        }
    }

    /// The whole body as an array where all of it has come with the head, as that of a small request mostly has.
    ///
    /// - Returns: The bytes; `nil` where ``bodyBytes()`` has to wait for the rest, or to decode it.
    /// - Throws: What ``bodyBytes()`` throws.
    package func bodyBytesAtHand() throws(HTTPServerError) -> [UInt8]? {
        guard facts.contentCoding == .identity else { return nil }
        let limit = connection?.core.configuration.maximumBody ?? 0
        if let length = facts.contentLength, length > limit { throw .bodyTooLarge(limit: limit) }
        if collection == nil { collection = Collection(limit: limit) }
        if let connection { collect(&connection.inbound) }
        guard bodyFailure != nil || decoder.isComplete else { return nil }
        let bytes = collection?.bytes ?? []
        collection = nil
        if let bodyFailure { throw bodyFailure }
        return bytes
    }

    /// A body that is put together as it arrives.
    struct Collection {
        let limit: Int
        var bytes: [UInt8] = []
    }

    /// Takes what belongs to a body that is put together straight out of what was read.
    func collect(_ input: inout ByteBuffer) {
        guard collection != nil, bodyFailure == nil, !decoder.isComplete else { return }
        do throws(HTTPWireError) {
            guard let piece = try decoder.decode(&input, maximum: .max) else { return }
            add(piece)
        } catch {
            bodyFailure = HTTPServerError(error)
        }
    }

    private func add(_ piece: ByteBuffer) {
        guard let limit = collection?.limit, let count = collection?.bytes.count,
            count + piece.readableBytes <= limit
        else {
            bodyFailure = .bodyTooLarge(limit: collection?.limit ?? 0)
            return
        }
        if count == 0 {
            collection?.bytes.reserveCapacity(decoder.isComplete ? piece.readableBytes : expectedLength)
        }
        piece.withUnsafeReadableBytes { bytes in collection?.bytes.append(contentsOf: bytes) }
    }

    /// A declared length is worth one reservation, but not so large a one that lying about it pays.
    private var expectedLength: Int { min(facts.contentLength ?? 0, 1 << 20) }

    private func sentBody(limit: Int) async throws(HTTPServerError) -> ByteBuffer {
        var body = ByteBuffer()
        while true {
            if let piece = try takePiece() {
                guard body.readableBytes + piece.readableBytes <= limit else { throw .bodyTooLarge(limit: limit) }
                if body.readableBytes == 0, decoder.isComplete {
                    body = piece
                } else {
                    if body.readableBytes == 0 { body.reserveCapacity(expectedLength) }
                    body.writeImmutableBuffer(piece)
                }
            }
            if decoder.isComplete { return body }
            try await awaitMore()
        }
    }

    private func awaitMore() async throws(HTTPServerError) {
        if let bodyFailure { throw bodyFailure }
        guard !isClientGone, let connection else { throw .clientGone }
        sendContinueIfAwaited()
        connection.readIfUseful()
        connection.setDeadline(after: connection.core.configuration.bodyIdleTimeout)
        await bodySignal.wait()
        connection.clearDeadline()
        if Task.isCancelled { throw .clientGone }
    }

    private func takePiece() throws(HTTPServerError) -> ByteBuffer? {
        guard let connection, bodyFailure == nil, !decoder.isComplete else { return nil }
        do throws(HTTPWireError) {
            return try decoder.decode(&connection.inbound, maximum: .max)
        } catch {
            bodyFailure = HTTPServerError(error)
            throw HTTPServerError(error)
        }
    }

    private func sendContinueIfAwaited() {
        guard awaitsContinue, !hasBegun, let connection else { return }
        awaitsContinue = false
        connection.write(ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n"))
        connection.flush()
    }

    private func decoded(_ sent: ByteBuffer, limit: Int) async throws(HTTPServerError) -> ByteBuffer {
        var decoder = ContentDecoder(facts.contentCoding)
        decoder.append(sent)
        var body = ByteBuffer()
        do throws(ContentDecodingError) {
            while let piece = try decoder.next(maximum: 64 << 10) {
                guard body.readableBytes + piece.readableBytes <= limit else { throw .tooLarge }
                body.writeImmutableBuffer(piece)
                // A large body must not hold up the loop's other connections.
                await Task.yield()
            }
            try decoder.finish()
            return body
        } catch {
            switch error {
            case .tooLarge: throw .bodyTooLarge(limit: limit)
            case .malformed: throw .malformed("the compressed body is broken")
            }
        }
    }

    // MARK: Events of the connection

    var isAwaitingBody: Bool { bodySignal.isAwaited }

    func bodyArrived() {
        if collection != nil, bodyFailure == nil, !decoder.isComplete, let connection {
            // Whoever waits is woken by the last byte; until then each one gives the next its time.
            connection.setDeadline(after: connection.core.configuration.bodyIdleTimeout)
        } else {
            bodySignal.fireAtOnce()
        }
    }

    func bodyTimedOut() {
        bodyFailure = .timedOut
        bodySignal.fire()
    }

    /// Drops what has come of an unread body, so that a small one does not cost the connection.
    func dropUnreadBody() {
        guard !decoder.isComplete, bodyFailure == nil, let connection else { return }
        do throws(HTTPWireError) {
            while try decoder.decode(&connection.inbound, maximum: 64 << 10) != nil {}
        } catch {
            bodyFailure = HTTPServerError(error)
        }
    }
}
