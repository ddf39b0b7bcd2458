package import NIOCore
package import NIOHTTP1
package import NIOSSL

/// The limits and deadlines of a server edge.
package struct HTTPServerConfiguration: Sendable {
    /// Shapes the answer the edge gives by itself: the error, and the request's path when that much could be read.
    package typealias ErrorResponse = @Sendable (_ error: HTTPServerError, _ path: String?) -> (HTTPHeaders, ByteBuffer)

    /// The longest request line.
    package var maximumURIBytes = 16 << 10
    /// The largest header block, request line included.
    package var maximumHeaderBytes = 64 << 10
    /// The most header fields in one request.
    package var maximumHeaderCount = 200
    /// The largest body ``HTTPExchange/body()`` reads when the handler names no limit.
    package var maximumBody = 32 << 20
    /// From the first byte of a request to its complete head.
    package var headTimeout: Duration = .seconds(15)
    /// The longest pause while a handler waits for the body.
    package var bodyIdleTimeout: Duration = .seconds(30)
    /// How long an idle connection is kept.
    package var keepAliveTimeout: Duration = .seconds(75)
    /// The longest time a client may leave everything unread while there is more to write.
    package var writeStallTimeout: Duration = .seconds(120)
    /// How long a closing connection goes on reading, so that the peer sees the last answer instead of a reset.
    package var lingerTimeout: Duration = .seconds(5)
    /// The most connections open at once; the next one is told 503.
    package var maximumConnections = 10_000
    /// The listen queue of the socket.
    package var backlog: Int32 = 1_024
    /// Serves HTTPS when set.
    package var tls: TLSConfiguration?
    /// Shapes the edge's own answers; the default is a plain JSON object.
    package var errorResponse: ErrorResponse = HTTPServerConfiguration.plainError

    package init() {}

    /// `{"error":{"message":…,"type":"invalid_request_error"}}`; the messages are ours and need no escaping.
    package static let plainError: ErrorResponse = { error, _ in
        let body = #"{"error":{"message":"\#(error.message)","type":"invalid_request_error"}}"#
        return (["content-type": "application/json"], ByteBuffer(string: body))
    }
}
