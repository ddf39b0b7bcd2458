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

    private typealias Wire = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    private struct State {
        var behaviour: Behaviour
        var asked: [String] = []
        var port = 0
        var target = 0
        var task: Task<Void, any Error>?
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
        let task = state.withLock { $0.task }
        task?.cancel()
        try? await task?.value
    }

    // MARK: Serving

    private static func wrapped(_ channel: any Channel) -> EventLoopFuture<Wire> {
        channel.eventLoop.makeCompletedFuture { try Wire(wrappingChannelSynchronously: channel) }
    }

    private func listen() async throws {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: "127.0.0.1", port: 0) { Self.wrapped($0) }
        let task = Task {
            try await withThrowingDiscardingTaskGroup { group in
                try await server.executeThenClose { clients in
                    for try await client in clients { group.addTask { try? await self.serve(client) } }
                }
            }
        }
        state.withLock { state in
            state.port = server.channel.localAddress?.port ?? 0
            state.task = task
        }
    }

    private func serve(_ client: Wire) async throws {
        try await client.executeThenClose { inbound, outbound in
            var pieces = inbound.makeAsyncIterator()
            var head = ""
            while !head.contains("\r\n\r\n") {
                guard let piece = try await pieces.next() else { return }
                head += String(buffer: piece)
            }
            let behaviour = state.withLock { state in
                state.asked.append(head.split(separator: " ").dropFirst().first.map(String.init) ?? "")
                return state.behaviour
            }
            switch behaviour {
            case .refuses: try await outbound.write(Self.refusal)
            case .silent: try await Task.sleep(for: .seconds(60))
            case .tunnels: try await join(&pieces, outbound)
            }
        }
    }

    private static let refusal = ByteBuffer(string: "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n")

    private func join(
        _ pieces: inout NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
        _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) async throws {
        let target = state.withLock { $0.target }
        let origin = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: target) { Self.wrapped($0) }
        try await outbound.write(ByteBuffer(string: "HTTP/1.1 200 Connection established\r\n\r\n"))
        try await origin.executeThenClose { answers, requests in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for try await piece in answers { try await outbound.write(piece) }
                    outbound.finish()
                }
                while let piece = try await pieces.next() { try await requests.write(piece) }
                group.cancelAll()
            }
        }
    }
}
