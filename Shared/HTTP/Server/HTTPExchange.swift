package import NIOCore
package import NIOHTTP1

/// One request and its answer; confined to the connection's event loop.
package final class HTTPExchange {
    package let head: HTTPRequestHead
    package let peer: SocketAddress?
    package let loop: any EventLoop
    package let received: ContinuousClock.Instant
    package private(set) var hasBegun = false
    package private(set) var isClientGone = false

    init(head: HTTPRequestHead, peer: SocketAddress?, loop: any EventLoop) {
        self.head = head
        self.peer = peer
        self.loop = loop
        received = .now
    }

    package var path: Substring { head.uri.prefix { $0 != "?" } }
    package var query: Substring? { nil }

    package func body(limit: Int) async throws(HTTPServerError) -> ByteBuffer { throw .clientGone }
    package func respond(_ status: HTTPResponseStatus, headers: HTTPHeaders = [:], body: ByteBuffer = ByteBuffer()) {}
    package func begin(_ status: HTTPResponseStatus, headers: HTTPHeaders = [:]) {}
    package func write(_ bytes: ByteBuffer) async throws(HTTPServerError) {}
    package func finish() {}
    package func abort() {}
}
