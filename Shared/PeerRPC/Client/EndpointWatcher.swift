import Logging
import NIOCore
import NIOPosix
import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// One server of an endpoint.
///
/// A socket that was bound anew is another server, so its predecessor's failures do not
/// count against it.
struct ServerAddress: Hashable, Sendable, CustomStringConvertible {
    enum Target: Hashable, Sendable {
        case socket(path: String, UnixSocket.Identity)
        case network(SocketAddress)
    }

    let target: Target

    var description: String {
        switch target {
        case .socket(let path, _): path
        case .network(let address): address.ipAddress.map { "\($0):\(address.port ?? 0)" } ?? "an address"
        }
    }
}

/// Keeps the list of an endpoint's servers fresh and tells every event loop of it.
final class EndpointWatcher: Sendable {
    private struct State {
        var servers: [ServerAddress]?
        var listedAt: ContinuousClock.Instant?
        var isListing = false
        var isStopped = false
        var idleTimer: RepeatedTask?
        var refusals: [ServerAddress: ContinuousClock.Instant] = [:]
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    /// The most servers an endpoint may name.
    static let maximumServers = 256

    let endpoint: RPCEndpoint
    /// How old a list may grow while calls are made.
    let interval: Duration
    private let configuration: RPCClientConfiguration
    private let logger: Logger
    private let publish: @Sendable ([ServerAddress]) -> Void
    private let state = Mutex(State())

    init(
        endpoint: RPCEndpoint,
        configuration: RPCClientConfiguration,
        logger: Logger,
        publish: @escaping @Sendable ([ServerAddress]) -> Void
    ) {
        self.endpoint = endpoint
        self.configuration = configuration
        self.logger = logger
        self.publish = publish
        if case .network = endpoint.kind {
            interval = configuration.resolvingInterval
        } else {
            interval = configuration.listingInterval
        }
    }

    /// Lists sockets now and then even when nobody calls, so that a first call finds a fresh list.
    func start(on loop: any EventLoop) {
        if case .network = endpoint.kind { return }
        let pause = TimeAmount(configuration.idleListingInterval)
        let timer = loop.scheduleRepeatedTask(initialDelay: pause, delay: pause) { [weak self] task in
            guard let self else {
                task.cancel()
                return
            }
            refresh()
        }
        state.withLock { $0.idleTimer = timer }
    }

    func stop() {
        let (timer, waiters) = state.withLock { state in
            state.isStopped = true
            defer {
                state.idleTimer = nil
                state.waiters = []
            }
            return (state.idleTimer, state.waiters)
        }
        timer?.cancel()
        for waiter in waiters { waiter.resume() }
    }

    /// Lists unless the list is young, and publishes in either case.
    func refresh(isForced: Bool = false) {
        let (isDue, known) = state.withLock { state -> (Bool, [ServerAddress]?) in
            if state.isListing || state.isStopped { return (false, nil) }
            if !isForced, let servers = state.servers, let at = state.listedAt, at.duration(to: .now) < interval {
                return (false, servers)
            }
            state.isListing = true
            return (true, nil)
        }
        if let known { publish(known) }
        guard isDue else { return }
        NIOThreadPool.singleton.submit { [weak self] _ in self?.list() }
    }

    /// Lists now and returns when the list was published.
    func refreshed() async {
        await withCheckedContinuation { continuation in
            let isStopped = state.withLock { state in
                if !state.isStopped { state.waiters.append(continuation) }
                return state.isStopped
            }
            if isStopped { continuation.resume() } else { refresh(isForced: true) }
        }
    }

    /// A connect was refused: remembered, so that a dead socket is removed in the end.
    func refused(_ server: ServerAddress) {
        state.withLock { state in
            guard state.refusals[server] == nil, state.refusals.count < Self.maximumServers else { return }
            state.refusals[server] = .now
        }
    }

    func connected(_ server: ServerAddress) {
        state.withLock { state in
            _ = state.refusals.removeValue(forKey: server)
        }
    }

    // MARK: Listing, on a thread that may block

    private func list() {
        let servers: [ServerAddress] =
            switch endpoint.kind {
            case .socket(let path): Self.server(at: path).map { [$0] } ?? []
            case .sockets(let folder, let pattern): listFolder(folder, pattern)
            case .network(let host, let port, let isSecure): resolve(host, port, isSecure: isSecure)
            }
        let waiters = state.withLock { state in
            state.isListing = false
            state.listedAt = .now
            state.servers = servers
            let listed = Set(servers)
            state.refusals = state.refusals.filter { listed.contains($0.key) }
            defer { state.waiters = [] }
            return state.waiters
        }
        publish(servers)
        for waiter in waiters { waiter.resume() }
    }

    private static func server(at path: String) -> ServerAddress? {
        UnixSocket.identity(of: path).map { ServerAddress(target: .socket(path: path, $0)) }
    }

    private func listFolder(_ folder: String, _ pattern: String) -> [ServerAddress] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var servers: [ServerAddress] = []
        let prefix = folder == "/" ? "/" : folder + "/"
        while let entry = readdir(stream), servers.count < Self.maximumServers {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard SocketPattern.matches(pattern, name) else { continue }
            let path = prefix + name
            guard path.utf8.count <= UnixSocket.longestPath, let server = Self.server(at: path) else { continue }
            if !isRemovedAsDead(server) { servers.append(server) }
        }
        return servers.sorted { $0.description < $1.description }
    }

    /// Removes a socket that has refused every connect for a minute; only in folders shared by many servers, and only
    /// while it is the very file that refused and still refuses.
    private func isRemovedAsDead(_ server: ServerAddress) -> Bool {
        guard case .socket(let path, let identity) = server.target else { return false }
        guard let since = state.withLock({ $0.refusals[server] }) else { return false }
        guard since.duration(to: .now) >= configuration.deadSocketAge else { return false }
        guard UnixSocket.occupant(of: path) == .deadSocket else { return false }
        UnixSocket.remove(path, identity)
        logger.notice("dead socket removed", metadata: ["keirouter.rpc.server": "\(path)"])
        return true
    }

    private func resolve(_ host: String, _ port: Int, isSecure: Bool) -> [ServerAddress] {
        var hints = addrinfo()
        #if canImport(Glibc)
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        #else
        hints.ai_socktype = SOCK_STREAM
        #endif
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &first) == 0 else { return [] }
        defer { freeaddrinfo(first) }
        var servers: [ServerAddress] = []
        var next = first
        while let info = next?.pointee, servers.count < Self.maximumServers {
            next = info.ai_next
            guard let address = info.socketAddress(host: host) else { continue }
            guard isSecure || address.isLoopback || configuration.allowPlaintext else {
                let metadata: Logger.Metadata = ["server.address": "\(host)"]
                logger.warning("plain tcp beyond the loopback interface refused", metadata: metadata)
                continue
            }
            let server = ServerAddress(target: .network(address))
            if !servers.contains(server) { servers.append(server) }
        }
        return servers
    }
}

extension addrinfo {
    fileprivate func socketAddress(host: String) -> SocketAddress? {
        guard let address = ai_addr else { return nil }
        switch ai_family {
        case AF_INET:
            return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                SocketAddress($0.pointee, host: host)
            }
        case AF_INET6:
            return address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                SocketAddress($0.pointee, host: host)
            }
        default:
            return nil
        }
    }
}
