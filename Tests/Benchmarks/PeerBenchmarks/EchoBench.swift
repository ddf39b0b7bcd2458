import NIOCore
import NIOPosix
import Synchronization

/// A kilobyte there and back between two bare channel handlers: what any call must cost.
final class EchoBench: Sendable {
    static let size = 1_024

    private let client: MultiThreadedEventLoopGroup
    private let server: MultiThreadedEventLoopGroup
    private let path: String
    private let listener = Mutex<(any Channel)?>(nil)

    init(client: MultiThreadedEventLoopGroup, server: MultiThreadedEventLoopGroup, path: String) {
        self.client = client
        self.server = server
        self.path = path
    }

    func start() async throws {
        let channel = try await ServerBootstrap(group: server)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(EchoHandler())
                }
            }
            .bind(unixDomainSocketPath: path).get()
        listener.withLock { $0 = channel }
    }

    func stop() async {
        try? await listener.withLock { $0 }?.close()
    }

    /// Each round trip's nanoseconds, one after the other on a connection of their own.
    func roundTrips(_ count: Int) async throws -> [Double] {
        let loop = client.next()
        let done = loop.makePromise(of: [Double].self)
        let channel = try await ClientBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(PingHandler(count, done))
                }
            }
            .connect(unixDomainSocketPath: path).get()
        let times = try await done.futureResult.get()
        try await channel.close()
        return times
    }
}

/// Sends back what comes.
private final class EchoHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.writeAndFlush(data, promise: nil)
    }
}

/// Sends a kilobyte, waits for it to come back, and begins again.
private final class PingHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let count: Int
    private let done: EventLoopPromise<[Double]>
    private let message = ByteBuffer(repeating: 0x61, count: EchoBench.size)
    private var times: [Double] = []
    private var missing = EchoBench.size
    private var begun = 0.0

    init(_ count: Int, _ done: EventLoopPromise<[Double]>) {
        self.count = count
        self.done = done
        times.reserveCapacity(count)
    }

    func channelActive(context: ChannelHandlerContext) {
        send(context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        missing -= unwrapInboundIn(data).readableBytes
        guard missing <= 0 else { return }
        times.append(now() - begun)
        if times.count < count { send(context) } else { done.succeed(times) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        done.fail(ChannelError.eof)
    }

    private func send(_ context: ChannelHandlerContext) {
        missing = EchoBench.size
        begun = now()
        context.writeAndFlush(wrapOutboundOut(message), promise: nil)
    }
}
