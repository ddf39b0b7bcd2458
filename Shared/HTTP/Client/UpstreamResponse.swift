package import NIOCore
package import NIOHTTP1

/// An upstream's answer, read on demand; confined to its event loop.
///
/// At its end the connection goes back to the pool. A response that is dropped before its end closes the connection.
package final class UpstreamResponse {
    /// The most bytes one call of ``next()`` returns.
    private static let pieceLimit = 64 << 10

    /// Status and fields; content coding and length are gone where the body is decoded here.
    package let head: HTTPResponseHead
    package let isReusedConnection: Bool

    private var decoder: BodyDecoder
    private var content: ContentDecoder?
    private let isReusable: Bool
    private let stall: TimeAmount
    /// `nil` once the response has ended, one way or the other.
    private var connection: NIOLoopBound<UpstreamConnection>?
    private var failure: UpstreamError?

    init(
        _ response: ParsedResponse,
        to method: HTTPMethod,
        on connection: UpstreamConnection,
        isReused: Bool,
        stall: TimeAmount,
        decodes: Bool = true
    ) throws(UpstreamError) {
        let facts = response.facts
        let framing = try Self.framing(response, to: method)
        let keepsAlive = response.head.version == .http1_0 ? facts.keepsAlive && !facts.closes : !facts.closes
        // A response with both lengths is read as chunked, but what follows it is not trusted.
        isReusable = keepsAlive && framing != .untilClose && !(facts.hasTransferEncoding && facts.contentLength != nil)
        decoder = BodyDecoder(framing, acceptsPaddedSize: true)
        self.stall = stall
        isReusedConnection = isReused
        var head = response.head
        if decodes, framing != .length(0), facts.contentCoding == .gzip || facts.contentCoding == .deflate {
            content = ContentDecoder(facts.contentCoding)
            head.headers.remove(name: "content-encoding")
            head.headers.remove(name: "content-length")
        }
        self.head = head
        self.connection = NIOLoopBound(connection, eventLoop: connection.loop)
        if decoder.isComplete { release() }
    }

    deinit {
        guard let connection else { return }
        if connection.eventLoop.inEventLoop {
            connection.value.close()
        } else {
            connection.eventLoop.execute { connection.value.close() }
        }
    }

    private static func framing(_ response: ParsedResponse, to method: HTTPMethod) throws(UpstreamError) -> BodyFraming
    {
        let facts = response.facts
        let code = response.head.status.code
        if method == .HEAD || code == 204 || code == 304 { return .length(0) }
        if facts.hasTransferEncoding {
            guard facts.isChunked, !facts.hasUnknownTransferCoding else {
                throw .malformed("the response has a transfer coding other than chunked")
            }
            return .chunked
        }
        return facts.contentLength.map { .length($0) } ?? .untilClose
    }

    /// The next bytes of the body, as many as are here up to 64 KiB; `nil` at its end.
    ///
    /// Little more than what is asked for is read from the socket, so a consumer that waits slows the upstream.
    ///
    /// - Throws: ``UpstreamError``; the connection is closed then, and every later call throws the same.
    package func next() async throws(UpstreamError) -> ByteBuffer? {
        if let failure { throw failure }
        do throws(UpstreamError) {
            return content == nil ? try await sentPiece() : try await decodedPiece()
        } catch {
            failure = error
            connection?.value.fail(error)
            connection = nil
            throw error
        }
    }

    /// The whole body where all of it has come with the head, as that of a small answer mostly has.
    ///
    /// - Parameter limit: The most bytes.
    /// - Returns: The bytes; `nil` where that takes ``collect(limit:)``: for the rest, for decoding, or to say what is wrong.
    package func bodyAtHand(limit: Int) -> ByteBuffer? {
        guard content == nil, failure == nil, let connection = connection?.value, let length = decoder.remaining,
            length <= limit, connection.inbound.readableBytes >= length,
            let body = try? decoder.decode(&connection.inbound, maximum: length)
        else { return nil }
        release()
        return body
    }

    /// Reads the whole body.
    ///
    /// - Parameter limit: The most bytes, counted after decoding.
    /// - Returns: The bytes, decoded.
    /// - Throws: ``UpstreamError/tooLarge`` beyond the limit, and whatever ``next()`` throws.
    package func collect(limit: Int) async throws(UpstreamError) -> ByteBuffer {
        var body = ByteBuffer()
        while let piece = try await next() {
            guard body.readableBytes + piece.readableBytes <= limit else {
                cancel(.tooLarge)
                throw .tooLarge
            }
            if body.readableBytes == 0 {
                body = piece
            } else {
                body.writeImmutableBuffer(piece)
            }
        }
        return body
    }

    /// Closes the upstream's connection now, unless the response has ended.
    package func cancel() {
        cancel(.cancelled)
    }

    private func cancel(_ error: UpstreamError) {
        guard let connection else { return }
        failure = error
        self.connection = nil
        connection.value.fail(error)
    }

    private func sentPiece() async throws(UpstreamError) -> ByteBuffer? {
        while let bound = connection {
            let connection = bound.value
            let piece: ByteBuffer?
            do throws(HTTPWireError) {
                piece = try decoder.decode(&connection.inbound, maximum: Self.pieceLimit)
            } catch {
                throw UpstreamError(error)
            }
            if decoder.isComplete {
                release()
                return piece
            }
            if let piece {
                connection.readIfUseful()
                return piece
            }
            if let failure = connection.failure { throw failure }
            if connection.isClosed {
                guard decoder.endsAtClose, !connection.wasCutOff else { throw .closedMidBody }
                release()
                return nil
            }
            try await connection.awaitBytes(until: .now() + stall, else: .stalled)
        }
        return nil
    }

    private func decodedPiece() async throws(UpstreamError) -> ByteBuffer? {
        while true {
            do throws(ContentDecodingError) {
                if let piece = try content?.next(maximum: Self.pieceLimit) { return piece }
            } catch {
                throw error == .tooLarge ? .tooLarge : .malformed("the compressed response is broken")
            }
            if let piece = try await sentPiece() {
                content?.append(piece)
                continue
            }
            do throws(ContentDecodingError) {
                try content?.finish()
                return nil
            } catch {
                throw .malformed("the compressed response is broken")
            }
        }
    }

    private func release() {
        connection?.value.end(isReusable: isReusable)
        connection = nil
    }
}
