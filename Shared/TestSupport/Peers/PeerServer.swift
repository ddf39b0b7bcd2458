import Logging
import NIOPosix
package import PeerRPC
import Synchronization

/// The socket of a service that a test plays: it may be started again after it was stopped.
package final class PeerServer: Sendable {
    private let configuration: RPCServerConfiguration
    private let running = Mutex<RPCServer?>(nil)

    package init(_ configuration: RPCServerConfiguration) {
        self.configuration = configuration
    }

    package convenience init(socket: String) {
        self.init(RPCServerConfiguration(listen: .unix(socket)))
    }

    package func start(_ registry: RPCRegistry) async throws {
        let server = RPCServer(
            configuration,
            registry: registry,
            group: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test.peer") { _ in SwiftLogNoOpLogHandler() }
        )
        _ = try await server.start()
        running.withLock { $0 = server }
    }

    /// Stops it at once, whatever is asked of it.
    package func stop() async {
        let server = running.withLock { server in
            defer { server = nil }
            return server
        }
        await server?.stop(drain: .zero)
    }
}
