import NIOCore
import NIOPosix
import Synchronization

/// A proxy that answers `CONNECT` on a real socket, and joins every tunnel to one port of this machine.
final class TunnelProxy: Sendable {
    enum Behaviour: Sendable {
        case tunnels
        /// It answers 502.
        case refuses
        /// It takes the connection and says nothing.
        case silent
    }

    private struct State {
        var behaviour: Behaviour
        var asked: [String] = []
        var port = 0
        var target = 0
        var channels: [any Channel] = []
    }

    private let state: Mutex<State>

    /// Its address.
    var url: String { "http://127.0.0.1:\(state.withLock { $0.port })" }
    /// The destinations that tunnels were asked to, in order.
    var asked: [String] { state.withLock { $0.asked } }

    private init(_ behaviour: Behaviour) {
        state = Mutex(State(behaviour: behaviour))
    }

    static func start(_ behaviour: Behaviour = .tunnels) async throws -> TunnelProxy {
        let proxy = TunnelProxy(behaviour)
        try await proxy.listen()
        return proxy
    }

    /// Where tunnels lead from now on.
    func lead(to port: Int) {
        state.withLock { $0.target = port }
    }

    func behave(_ behaviour: Behaviour) {
        state.withLock { $0.behaviour = behaviour }
    }

    /// Closes its port, and every tunnel.
    func stop() async {
        let channels = state.withLock { state in
            defer { state.channels = [] }
            return state.channels
        }
        for channel in channels { try? await channel.close() }
    }

    // MARK: Serving

    private func listen() async throws {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                self.state.withLock { $0.channels.append(channel) }
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Asked(self))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        state.withLock { state in
            state.port = server.localAddress?.port ?? 0
            state.channels.append(server)
        }
    }

    /// Notes where a tunnel is to lead.
    ///
    /// - Returns: What is done about it, and the port that it really leads to.
    fileprivate func take(_ head: String) -> (Behaviour, Int) {
        state.withLock { state in
            state.asked.append(head.split(separator: " ").dropFirst().first.map(String.init) ?? "")
            return (state.behaviour, state.target)
        }
    }
}

/// Reads the head of one `CONNECT` and does what the proxy is told to.
private final class Asked: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let proxy: TunnelProxy
    private var head = ""
    private var origin: (any Channel)?

    init(_ proxy: TunnelProxy) {
        self.proxy = proxy
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let piece = unwrapInboundIn(data)
        if let origin { return origin.writeAndFlush(piece, promise: nil) }
        head += String(buffer: piece)
        guard head.contains("\r\n\r\n") else { return }
        let (behaviour, target) = proxy.take(head)
        switch behaviour {
        case .silent: break
        case .refuses:
            let refusal = ByteBuffer(string: "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n")
            context.writeAndFlush(wrapOutboundOut(refusal), promise: nil)
            context.close(promise: nil)
        case .tunnels: join(context, to: target)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        origin?.close(promise: nil)
    }

    /// Both ends are on one loop, so neither waits for a lock.
    private func join(_ context: ChannelHandlerContext, to port: Int) {
        let client = context.channel
        let opened = ClientBootstrap(group: context.eventLoop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(PassedBack(client))
                }
            }
            .connect(host: "127.0.0.1", port: port)
        opened.assumeIsolated().whenComplete { result in
            guard case .success(let origin) = result, client.isActive else {
                if case .success(let origin) = result { origin.close(promise: nil) }
                return client.close(promise: nil)
            }
            self.origin = origin
            client.writeAndFlush(ByteBuffer(string: "HTTP/1.1 200 Connection established\r\n\r\n"), promise: nil)
        }
    }
}

/// Passes on what the tunnel's end answers.
private final class PassedBack: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let client: any Channel

    init(_ client: any Channel) {
        self.client = client
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        client.writeAndFlush(unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        client.close(promise: nil)
    }
}
