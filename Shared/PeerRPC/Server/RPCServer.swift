package import Logging
package import NIOCore
import NIOPosix
import NIOSSL
import ServiceLifecycle
import Synchronization

/// Answers JSON-RPC over a Unix socket, or over TCP with TLS.
///
/// Every call runs in a task of its own on its connection's event loop. `health.v1.Health` and `rpc.discover` are
/// answered by the server itself.
package final class RPCServer: Sendable, Service {
    private struct State {
        var isStarted = false
        var isStopping = false
        var listener: (any Channel)?
        var socket: (path: String, identity: UnixSocket.Identity)?
        var connections: [ObjectIdentifier: NIOLoopBound<ServerConnection>] = [:]
        var whenEmpty: [CheckedContinuation<Void, Never>] = []
    }

    private let configuration: RPCServerConfiguration
    private let registry: RPCRegistry
    private let group: any EventLoopGroup
    private let logger: Logger
    private let health: HealthState
    private let counters = ServerCounters()
    private let trust: PeerTrust
    private let executors: [ObjectIdentifier: LoopExecutor]
    private let state = Mutex(State())

    package init(
        _ configuration: RPCServerConfiguration,
        registry: RPCRegistry,
        group: any EventLoopGroup,
        logger: Logger
    ) {
        let health = HealthState()
        self.configuration = configuration
        self.registry = registry.withBuiltInMethods(
            health: health,
            version: configuration.version,
            metrics: configuration.metrics
        )
        self.group = group
        self.logger = logger
        self.health = health
        trust = PeerTrust(allowUIDs: configuration.allowUIDs)
        let loops = group.makeIterator().map { (ObjectIdentifier($0), LoopExecutor($0)) }
        executors = Dictionary(loops) { first, _ in first }
    }

    /// Handlers that have not returned.
    package var activeCalls: Int { counters.calls.load(ordering: .relaxed) }

    /// Connections that are open.
    package var openConnections: Int { state.withLock { $0.connections.count } }

    /// Sets what health checks hear.
    package func setServing(_ isServing: Bool) {
        health.set(isServing)
    }

    /// Serves until the service group shuts down, then drains.
    package func run() async throws {
        _ = try await start()
        do {
            try await gracefulShutdown()
            await stop(drain: configuration.drain)
        } catch {
            await stop(drain: .zero)
        }
    }

    /// Begins to listen.
    ///
    /// - Returns: The address, with the port the system chose when port 0 was asked for.
    /// - Throws: ``RPCServerError``, or what the TLS configuration cannot be read for.
    package func start() async throws -> RPCAddress {
        let isFirst = state.withLock { state in
            defer { state.isStarted = true }
            return !state.isStarted
        }
        guard isFirst else { throw RPCServerError.alreadyStarted }
        let address = configuration.listen
        let shared = ServerConnection.Shared(
            entries: registry.entries,
            maximumFrame: configuration.maximumFrame,
            maximumCalls: configuration.maximumCallsPerConnection,
            credential: credential,
            frameTimeout: configuration.frameTimeout,
            logger: logger,
            counters: counters
        )
        switch address {
        case .unix(let path): return try await listen(at: path, shared)
        case .tcp(let host, let port): return try await listen(host, port, shared)
        }
    }

    /// Stops taking calls, lets those with a deadline end, and closes what is left when the time is over.
    package func stop(drain: Duration) async {
        let (listener, socket, connections) = state.withLock { state in
            state.isStopping = true
            defer {
                state.listener = nil
                state.socket = nil
            }
            return (state.listener, state.socket, Array(state.connections.values))
        }
        health.close()
        if let socket { UnixSocket.remove(socket.path, socket.identity) }
        try? await listener?.close()
        for connection in connections {
            connection.eventLoop.execute { connection.value.drain() }
        }
        await waitUntilEmpty(atMost: drain)
        let left = state.withLock { Array($0.connections.values) }
        for connection in left {
            connection.eventLoop.execute { connection.value.close() }
        }
        await waitUntilEmpty(atMost: .seconds(3))
    }

    private func waitUntilEmpty(atMost limit: Duration) async {
        let timeout = group.any().scheduleTask(in: TimeAmount(limit)) { [weak self] in
            self?.releaseWaiters()
        }
        await withCheckedContinuation { continuation in
            let isEmpty = state.withLock { state in
                if state.connections.isEmpty { return true }
                state.whenEmpty.append(continuation)
                return false
            }
            if isEmpty { continuation.resume() }
            if limit <= .zero { releaseWaiters() }
        }
        timeout.cancel()
    }

    private func releaseWaiters() {
        let waiters = state.withLock { state in
            defer { state.whenEmpty = [] }
            return state.whenEmpty
        }
        for waiter in waiters { waiter.resume() }
    }

    // MARK: Listening

    private var credential: [UInt8]? {
        guard case .tcp = configuration.listen, let token = configuration.bearerToken else { return nil }
        return Array("Bearer \(token)".utf8)
    }

    private func listen(at path: String, _ shared: ServerConnection.Shared) async throws -> RPCAddress {
        let descriptor = try UnixSocket.listen(at: path)
        let listener = try await bootstrap(shared, tls: nil, checksUser: true).withBoundSocket(descriptor).get()
        if let identity = UnixSocket.identity(of: path) {
            state.withLock { $0.socket = (path, identity) }
        }
        await keep(listener)
        return .unix(path)
    }

    private func listen(_ host: String, _ port: Int, _ shared: ServerConnection.Shared) async throws -> RPCAddress {
        let address = RPCAddress.tcp(host: host, port: port).description
        if let tls = configuration.tls {
            guard configuration.bearerToken != nil || tls.certificateVerification != .none else {
                throw RPCServerError.credentialsMissing(address: address)
            }
        } else {
            let isLoopback = try SocketAddress.makeAddressResolvingHost(host, port: port).isLoopback
            guard isLoopback || configuration.allowPlaintext else {
                throw RPCServerError.plaintextRefused(address: address)
            }
        }
        let tls = try configuration.tls.map { try NIOSSLContext(configuration: $0) }
        let listener: any Channel
        do {
            listener = try await bootstrap(shared, tls: tls, checksUser: false).bind(host: host, port: port).get()
        } catch {
            throw RPCServerError.cannotListen(address: address, problem: "\(error)")
        }
        await keep(listener)
        return .tcp(host: host, port: listener.localAddress?.port ?? port)
    }

    private func keep(_ listener: any Channel) async {
        let isStopping = state.withLock { state in
            state.listener = listener
            return state.isStopping
        }
        if isStopping { try? await listener.close() }
    }

    private func bootstrap(
        _ shared: ServerConnection.Shared,
        tls: NIOSSLContext?,
        checksUser: Bool
    ) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: checksUser ? 0 : 1)
            .childChannelOption(.maxMessagesPerRead, value: 4)
            .childChannelInitializer { [self] channel in
                guard checksUser else { return accept(channel, shared, tls: tls) }
                return PeerTrust.peerUID(of: channel).flatMap { [self] uid in
                    guard trust.accepts(uid: uid) else {
                        logger.warning("peer refused", metadata: ["keirouter.rpc.uid": "\(uid)"])
                        return channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
                    }
                    return accept(channel, shared, tls: nil)
                }
            }
    }

    private func accept(
        _ channel: any Channel,
        _ shared: ServerConnection.Shared,
        tls: NIOSSLContext?
    ) -> EventLoopFuture<Void> {
        let loop = channel.eventLoop
        return loop.makeCompletedFuture {
            if let tls {
                try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
            }
            let executor = executors[ObjectIdentifier(loop)] ?? LoopExecutor(loop)
            let connection = ServerConnection(loop: loop, executor: executor, shared: shared)
            guard enroll(NIOLoopBound(connection, eventLoop: loop), of: channel) else {
                throw ChannelError.ioOnClosedChannel
            }
            try channel.pipeline.syncOperations.addHandler(connection)
        }
    }

    /// Takes a connection in; `false` when the server stops or is full.
    private func enroll(_ connection: NIOLoopBound<ServerConnection>, of channel: any Channel) -> Bool {
        let key = ObjectIdentifier(channel)
        let isAccepted = state.withLock { state in
            guard !state.isStopping, state.connections.count < configuration.maximumConnections else { return false }
            state.connections[key] = connection
            return true
        }
        guard isAccepted else { return false }
        channel.closeFuture.whenComplete { [weak self] _ in
            guard let self else { return }
            let isEmpty = state.withLock { state in
                state.connections[key] = nil
                return state.connections.isEmpty
            }
            if isEmpty { releaseWaiters() }
        }
        return true
    }
}

/// What a server counts, across its event loops.
final class ServerCounters: Sendable {
    let calls = Atomic<Int>(0)

    func callBegan() {
        calls.wrappingAdd(1, ordering: .relaxed)
    }

    func callEnded() {
        calls.wrappingSubtract(1, ordering: .relaxed)
    }
}
