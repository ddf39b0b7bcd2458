import NIOCore
import NIOPosix

/// A server that answers whatever it reads with the same bytes, or hangs up.
final class Impostor: Sendable {
    private let listener: any Channel

    private init(_ listener: any Channel) {
        self.listener = listener
    }

    /// Starts to listen.
    ///
    /// - Parameters:
    ///   - path: The socket.
    ///   - bytes: What is answered to each read; `nil` closes the connection at the first read.
    /// - Returns: The running server.
    /// - Throws: What the socket could not be bound for.
    static func start(_ path: String, answering bytes: [UInt8]?) async throws -> Impostor {
        let listener = try await ServerBootstrap(group: loops)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Answering(bytes))
                }
            }
            .bind(unixDomainSocketPath: path).get()
        return Impostor(listener)
    }

    func stop() async {
        try? await listener.close()
    }

    private final class Answering: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let bytes: [UInt8]?

        init(_ bytes: [UInt8]?) {
            self.bytes = bytes
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            if let bytes {
                context.channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
            } else {
                context.close(promise: nil)
            }
        }
    }
}
