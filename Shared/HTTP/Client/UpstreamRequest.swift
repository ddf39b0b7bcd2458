package import NIOCore
package import NIOHTTP1

/// One request to an upstream.
package struct UpstreamRequest: Sendable {
    package var method: HTTPMethod
    /// The request target in origin form, query included.
    package var path: String
    /// The fields to send; `Host`, `Content-Length`, `Transfer-Encoding` and `Connection` are the client's own.
    package var headers: HTTPHeaders
    package var body: ByteBuffer
    /// Gives the request up from outside its task.
    package var abort: NIOLoopBound<UpstreamAbort>?
    /// What stands before ``headers``.
    let prepared: PreparedHead?

    /// Makes a request whose head begins as prepared; the headers are those that follow.
    package init(_ prepared: PreparedHead, headers: HTTPHeaders, body: ByteBuffer) {
        method = prepared.method
        path = prepared.path
        self.headers = headers
        self.body = body
        self.prepared = prepared
    }

    package init(method: HTTPMethod, path: String, headers: HTTPHeaders = [:], body: ByteBuffer = ByteBuffer()) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        prepared = nil
    }

    /// What is written to a connection: the head, and the body behind it where it is no longer than 16 KiB.
    ///
    /// - Throws: ``UpstreamError/malformed(_:)`` for a path or a field that would break the message.
    package func encoded(to origin: UpstreamOrigin) throws(UpstreamError) -> ByteBuffer {
        try RequestEncoder.encode(self, to: origin)
    }
}

/// How long each part of an exchange may take.
package struct UpstreamDeadlines: Sendable, Hashable {
    /// Resolution, TCP, proxy and TLS together.
    package var connect: Duration
    /// From the request to the response's head.
    package var firstByte: Duration
    /// The longest pause while the caller waits for more of the body.
    package var stall: Duration
    /// From the request to the end of the body.
    package var total: Duration

    package init(
        connect: Duration = .seconds(10),
        firstByte: Duration = .seconds(120),
        stall: Duration = .seconds(120),
        total: Duration = .seconds(3_600)
    ) {
        self.connect = connect
        self.firstByte = firstByte
        self.stall = stall
        self.total = total
    }
}
