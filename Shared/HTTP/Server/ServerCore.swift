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
    let isDraining = Atomic(false)
    let registry = Mutex(Registry())
    private let tools: [ObjectIdentifier: (executor: LoopExecutor, flusher: NIOLoopBoundBox<TurnFlusher>)]

    init(
        group: any EventLoopGroup,
        configuration: HTTPServerConfiguration,
        logger: Logger,
        handler: @escaping @Sendable (HTTPExchange) async -> Void
    ) {
        self.configuration = configuration
        self.handler = handler
        self.logger = logger
        tools = Dictionary(
            uniqueKeysWithValues: group.makeIterator().map { loop in
                let flusher = NIOLoopBoundBox.makeBoxSendingValue(TurnFlusher(loop), eventLoop: loop)
                return (ObjectIdentifier(loop), (LoopExecutor(loop), flusher))
            }
        )
    }

    /// What a loop's connections share; asked on that loop.
    func tools(for loop: any EventLoop) -> (LoopExecutor, TurnFlusher) {
        guard let known = tools[ObjectIdentifier(loop)] else { return (LoopExecutor(loop), TurnFlusher(loop)) }
        return (known.executor, known.flusher.value)
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
        registry.withLock { $0.connections[ObjectIdentifier(channel)] = nil }
        tellIfEmpty()
    }

    /// A handler has returned; what it does after its answer's last byte counts as a part of the request.
    func ended() {
        let left = activeRequests.subtract(1, ordering: .sequentiallyConsistent).newValue
        guard left == 0, isDraining.load(ordering: .sequentiallyConsistent) else { return }
        tellIfEmpty()
    }

    /// Takes no new connections.
    func startDraining() -> (listeners: [any Channel], connections: [any Channel]) {
        isDraining.store(true, ordering: .sequentiallyConsistent)
        return registry.withLock { registry in
            let listeners = registry.listeners
            registry.isDraining = true
            registry.listeners = []
            return (listeners, Array(registry.connections.values))
        }
    }

    /// Whether nothing is open and nothing runs; the promise is kept for later if not.
    func isEmpty(orTell promise: EventLoopPromise<Void>) -> Bool {
        registry.withLock { registry in
            guard !isEmpty(registry) else { return true }
            if let earlier = registry.whenEmpty { promise.futureResult.cascade(to: earlier) }
            registry.whenEmpty = promise
            return false
        }
    }

    /// Ends the wait for what does not end.
    func giveUp() {
        takePromise { _ in true }?.succeed()
    }

    private func tellIfEmpty() {
        takePromise(isEmpty)?.succeed()
    }

    private func takePromise(_ condition: (Registry) -> Bool) -> EventLoopPromise<Void>? {
        registry.withLock { registry in
            guard condition(registry) else { return nil }
            defer { registry.whenEmpty = nil }
            return registry.whenEmpty
        }
    }

    private func isEmpty(_ registry: Registry) -> Bool {
        registry.connections.isEmpty && activeRequests.load(ordering: .sequentiallyConsistent) == 0
    }
}

/// Tells a connection to finish what it is doing and take nothing new.
struct DrainEvent: Sendable {}
