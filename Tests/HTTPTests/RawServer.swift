import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Accepts connections and runs a script on each.
final class RawServer: Sendable {
    private let channel: any Channel

    var address: SocketAddress {
        get throws {
            guard let address = channel.localAddress else { throw ChannelError.unknownLocalAddress }
            return address
        }
    }
    var port: Int { channel.localAddress?.port ?? 0 }

    private init(channel: any Channel, counter: Counter) {
        self.channel = channel
        self.counter = counter
    }

    final class Counter: Sendable {
        let count = Atomic<Int>(0)
    }
    private let counter: Counter

    /// Connections accepted so far.
    var connections: Int { counter.count.load(ordering: .relaxed) }

    static func start(
        unixPath: String? = nil,
        tls: NIOSSLContext? = nil,
        _ script: @escaping @Sendable (RawConnection) async throws -> Void
    ) async throws -> RawServer {
        let counter = Counter()
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    let connection = try RawConnection(channel: channel)
                    counter.count.add(1, ordering: .relaxed)
                    Task {
                        try? await script(connection)
                        connection.close()
                    }
                }
            }
        let channel =
            if let unixPath {
                try await bootstrap.bind(unixDomainSocketPath: unixPath, cleanupExistingSocketFile: true).get()
            } else {
                try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
            }
        return RawServer(channel: channel, counter: counter)
    }

    func stop() async {
        try? await channel.close()
    }
}

extension RawConnection {
    /// Answers every request that ends its head with `response`, until the peer closes.
    func answerAll(_ response: String) async throws {
        while true {
            try await receive(containing: "\r\n\r\n")
            forget()
            send(response)
        }
    }
}
