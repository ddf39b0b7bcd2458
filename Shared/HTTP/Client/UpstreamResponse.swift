package import NIOCore
package import NIOHTTP1

/// An upstream's answer; confined to its event loop.
package final class UpstreamResponse {
    package let head: HTTPResponseHead
    package let isReusedConnection: Bool
    init(head: HTTPResponseHead, isReusedConnection: Bool) {
        self.head = head
        self.isReusedConnection = isReusedConnection
    }
    package func next() async throws(UpstreamError) -> ByteBuffer? { nil }
    package func collect(limit: Int) async throws(UpstreamError) -> ByteBuffer { throw .connectFailed }
    package func cancel() {}
}
