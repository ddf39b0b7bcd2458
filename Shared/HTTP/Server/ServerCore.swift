import Logging
import NIOCore
import NIOSSL
import Synchronization

/// What all connections of one server share.
final class ServerCore: Sendable {
    /// The sockets that are open, and whether more may come.
    struct Registry {
        var listeners: [any Channel] = []
        var connections: [ObjectIdentifier: any Channel] = [:]
        var isDraining = false
        var whenEmpty: EventLoopPromise<Void>?
    }

    let configuration: HTTPServerConfiguration
    let handler: @Sendable (HTTPExchange) async -> Void
    let logger: Logger
    let activeRequests = Atomic<Int>(0)
    let registry = Mutex(Registry())
    private let executors: [ObjectIdentifier: LoopExecutor]

    init(
        group: any EventLoopGroup,
        configuration: HTTPServerConfiguration,
        logger: Logger,
        handler: @escaping @Sendable (HTTPExchange) async -> Void
    ) {
        self.configuration = configuration
        self.handler = handler
        self.logger = logger
        var executors: [ObjectIdentifier: LoopExecutor] = [:]
        for loop in group.makeIterator() { executors[ObjectIdentifier(loop)] = LoopExecutor(loop) }
        self.executors = executors
    }

    func executor(for loop: any EventLoop) -> LoopExecutor {
        executors[ObjectIdentifier(loop)] ?? LoopExecutor(loop)
    }

    /// Takes note of a connection; `false` when there are too many or the server is closing.
    func admit(_ channel: any Channel) -> Bool {
        registry.withLock { registry in
            registry.connections[ObjectIdentifier(channel)] = channel
            return !registry.isDraining && registry.connections.count <= configuration.maximumConnections
        }
    }

    /// Forgets a connection.
    func release(_ channel: any Channel) {
        let promise = registry.withLock { registry -> EventLoopPromise<Void>? in
            registry.connections[ObjectIdentifier(channel)] = nil
            guard registry.connections.isEmpty else { return nil }
            let promise = registry.whenEmpty
            registry.whenEmpty = nil
            return promise
        }
        promise?.succeed()
    }
}

/// Tells a connection to finish what it is doing and take nothing new.
struct DrainEvent: Sendable {}
