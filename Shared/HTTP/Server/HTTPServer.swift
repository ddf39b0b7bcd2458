package import Logging
package import NIOCore
import NIOPosix

/// Serves HTTP/1.1.
package final class HTTPServer: Sendable {
    package init(
        group: any EventLoopGroup,
        configuration: HTTPServerConfiguration = .init(),
        logger: Logger,
        handler: @escaping @Sendable (HTTPExchange) async -> Void
    ) {}
    package func bind(host: String, port: Int) async throws -> SocketAddress { throw ChannelError.eof }
    package func bind(unixPath: String) async throws {}
    package func shutdown(drain: Duration) async {}
    package var openConnections: Int { 0 }
    package var activeRequests: Int { 0 }
}
