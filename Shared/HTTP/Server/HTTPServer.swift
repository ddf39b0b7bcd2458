package import Logging
package import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Serves HTTP/1.1: strict about what it reads, one request at a time per connection, in order.
///
/// Each request runs as one task whose jobs run on its connection's event loop. A client that closes its connection, its sending half
/// included, has gone: its request's task is cancelled. nginx and Node do the same by default.
package final class HTTPServer: Sendable {
    private let group: any EventLoopGroup
    private let core: ServerCore

    /// Makes a server that does not listen yet.
    ///
    /// Accepted sockets are spread over the group's loops. The handler runs on its connection's loop and must not block it.
    package init(
        group: any EventLoopGroup,
        configuration: HTTPServerConfiguration = .init(),
        logger: Logger = Logger(label: "http.server"),
        handler: @escaping @Sendable (HTTPExchange) async -> Void
    ) {
        self.group = group
        core = ServerCore(group: group, configuration: configuration, logger: logger, handler: handler)
    }

    /// Connections open now.
    package var openConnections: Int { core.registry.withLock { $0.connections.count } }

    /// Requests whose handler has not returned.
    package var activeRequests: Int { core.activeRequests.load(ordering: .relaxed) }

    /// Listens on a TCP port; port 0 takes a free one.
    ///
    /// - Returns: The address listened on.
    package func bind(host: String, port: Int) async throws -> SocketAddress {
        let channel = try await bootstrap()
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .bind(host: host, port: port).get()
        try await keep(channel)
        guard let address = channel.localAddress else { throw ChannelError.unknownLocalAddress }
        return address
    }

    /// Listens on a Unix socket, replacing a stale one.
    package func bind(unixPath: String) async throws {
        let channel = try await bootstrap()
            .bind(unixDomainSocketPath: unixPath, cleanupExistingSocketFile: true).get()
        try await keep(channel)
    }

    /// Stops listening, lets running requests end, and closes what is left when `drain` has passed.
    ///
    /// A request has ended when its handler has returned, not when the last byte of its answer is out: what handlers keep
    /// account of is kept when this returns.
    package func shutdown(drain: Duration) async {
        let (listeners, connections) = core.startDraining()
        for listener in listeners { try? await listener.close() }
        for connection in connections { connection.pipeline.fireUserInboundEventTriggered(DrainEvent()) }
        await waitUntilEmpty(atMost: drain)
    }

    /// How long handlers whose connection was closed on them may take to notice.
    private static let afterwork = Duration.seconds(2)

    private func waitUntilEmpty(atMost drain: Duration) async {
        let promise = group.next().makePromise(of: Void.self)
        if core.isEmpty(orTell: promise) { promise.succeed() }
        let loop = promise.futureResult.eventLoop
        let forced = loop.scheduleTask(in: TimeAmount(drain)) { [core] in
            let left = core.registry.withLock { Array($0.connections.values) }
            for connection in left { connection.close(promise: nil) }
        }
        let last = loop.scheduleTask(in: TimeAmount(drain + Self.afterwork)) { [core] in core.giveUp() }
        try? await promise.futureResult.get()
        forced.cancel()
        last.cancel()
    }

    private func keep(_ channel: any Channel) async throws {
        let isDraining = core.registry.withLock { registry in
            if !registry.isDraining { registry.listeners.append(channel) }
            return registry.isDraining
        }
        guard isDraining else { return }
        try? await channel.close()
        throw ChannelError.alreadyClosed
    }

    /// What a read has room for: it grows with what comes, so that a body of half a megabyte takes few reads, each of which
    /// makes the kernel work for the sender besides.
    ///
    /// Two reads at a time, so no more is read ahead than with four of NIO's own size.
    private static let receiveBuffers = AdaptiveRecvByteBufferAllocator(
        minimum: 256,
        initial: 16 << 10,
        maximum: 128 << 10
    )

    private func bootstrap() throws -> ServerBootstrap {
        let context = try core.configuration.tls.map { configuration in
            var configuration = configuration
            configuration.applicationProtocols = ["http/1.1"]
            return try NIOSSLContext(configuration: configuration)
        }
        return ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: core.configuration.backlog)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.recvAllocator, value: Self.receiveBuffers)
            .childChannelOption(.maxMessagesPerRead, value: 2)
            .childChannelInitializer { [core] channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let context { try pipeline.addHandler(NIOSSLServerHandler(context: context)) }
                    try pipeline.addHandler(ServerConnection(core: core, loop: channel.eventLoop))
                }
            }
    }
}
