import NIOCore
import NIOPosix
import NIOSSL

/// Makes connections: resolve, judge every address, dial the judged address, greet the proxy, put TLS on top.
struct Dialer {
    private let origin: UpstreamOrigin
    private let pool: LoopPool
    private let deadline: NIODeadline
    private let abort: UpstreamAbort?
    private var core: ClientCore { pool.core }

    init(origin: UpstreamOrigin, pool: LoopPool, deadline: NIODeadline, abort: UpstreamAbort? = nil) {
        self.origin = origin
        self.pool = pool
        self.deadline = deadline
        self.abort = abort
    }

    /// A connection ready for its first request.
    func dial() async throws(UpstreamError) -> UpstreamConnection {
        let connection = try await connect(to: addresses())
        abort?.ends { connection.fail(.cancelled) }
        do throws(UpstreamError) {
            if let proxy = origin.proxy {
                try await ProxyGreeting(connection: connection, deadline: deadline).greet(proxy)
            }
            if origin.scheme == .https {
                guard let made = await Settlement.of(core.tlsContext(on: pool.loop), until: deadline, abort: abort)
                else { throw late }
                guard case .success(let context) = made else { throw .tlsFailed }
                abort?.ends { connection.fail(.cancelled) }
                try await connection.secure(context, until: deadline)
            }
            return connection
        } catch {
            connection.fail(error)
            throw error
        }
    }

    /// What it means that a wait was given up.
    private var late: UpstreamError { isGivenUp ? .cancelled : .connectTimedOut }

    private var isGivenUp: Bool { Task.isCancelled || abort?.isAborted == true }

    // MARK: Addresses

    private func addresses() async throws(UpstreamError) -> [SocketAddress] {
        if let path = origin.unixPath {
            guard let address = try? SocketAddress(unixDomainSocketPath: path) else { throw .connectFailed }
            return [address]
        }
        guard let proxy = origin.proxy else {
            let found = try await resolve(origin.host, origin.port)
            return try permitted(found, judge)
        }
        try judgeBehindProxy()
        // A proxy is the operator's own choice: it may stand in a private network.
        let policy = EgressPolicy(declared: [HostPort(host: proxy.host, port: proxy.port)])
        let found = try await resolve(proxy.host, proxy.port)
        return try permitted(found) { policy.verdict(for: $0, host: proxy.host, port: proxy.port) }
    }

    private func resolve(_ host: String, _ port: Int) async throws(UpstreamError) -> [SocketAddress] {
        let future = core.resolver.addresses(of: host, port: port, on: pool.loop)
        guard let result = await Settlement.of(future, until: deadline, abort: abort) else {
            throw isGivenUp ? .cancelled : .resolveFailed
        }
        guard case .success(let found) = result, !found.isEmpty else { throw .resolveFailed }
        return found
    }

    /// The addresses that may be dialed; refused when there is none, or when a name mixes in one that never may.
    private func permitted(
        _ found: [SocketAddress],
        _ judge: (SocketAddress) -> EgressPolicy.Verdict
    ) throws(UpstreamError) -> [SocketAddress] {
        var allowed: [SocketAddress] = []
        var reason: String?
        for address in found {
            switch judge(address) {
            case .allowed: allowed.append(address)
            case .refused(let phrase): reason = phrase
            }
        }
        guard allowed.isEmpty, let reason else { return allowed }
        throw .refusedByPolicy(reason)
    }

    /// The proxy resolves names in its own network, so only what names a special address by itself can be judged here.
    private func judgeBehindProxy() throws(UpstreamError) {
        let host = HostPort(host: origin.host, port: origin.port).host
        var spelled = (try? Resolver.addresses(of: host, port: origin.port, numericOnly: true)) ?? []
        let isLocalName = host == "localhost" || host.hasSuffix(".localhost")
        if isLocalName, let loopback = try? SocketAddress(ipAddress: "127.0.0.1", port: origin.port) {
            spelled = [loopback]
        }
        guard !spelled.isEmpty else { return }
        _ = try permitted(spelled, judge)
    }

    private func judge(_ address: SocketAddress) -> EgressPolicy.Verdict {
        core.egress.verdict(
            for: address,
            host: origin.host,
            port: origin.port,
            allowsPrivate: origin.allowsPrivate
        )
    }

    // MARK: Connecting

    /// Tries the addresses in order, each with a fair share of the time that is left.
    private func connect(to addresses: [SocketAddress]) async throws(UpstreamError) -> UpstreamConnection {
        var failure = UpstreamError.connectFailed
        for (index, address) in addresses.enumerated() {
            let now = NIODeadline.now()
            guard now < deadline else { break }
            let left = deadline - now
            let share = TimeAmount.nanoseconds(left.nanoseconds / Int64(addresses.count - index))
            do throws(UpstreamError) {
                return try await connect(to: address, until: now + share)
            } catch {
                if error == .cancelled { throw error }
                failure = error
            }
        }
        throw failure
    }

    private func connect(
        to address: SocketAddress,
        until end: NIODeadline
    ) async throws(UpstreamError) -> UpstreamConnection {
        let connection = UpstreamConnection(origin: origin, pool: pool)
        let bound = NIOLoopBound(connection, eventLoop: pool.loop)
        var bootstrap = ClientBootstrap(group: pool.loop)
            .connectTimeout(max(.milliseconds(1), end - .now()))
            .channelOption(.autoRead, value: false)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(bound.value) }
            }
        if address.protocol != .unix { bootstrap = bootstrap.channelOption(.tcpOption(.tcp_nodelay), value: 1) }
        let future = bootstrap.connect(to: address)
        let result = await Settlement.of(future, until: end, abort: abort, discard: { $0.close(promise: nil) })
        switch result {
        case .success: return connection
        case .failure(is ChannelError): throw late == .cancelled ? .cancelled : .connectTimedOut
        case .failure: throw .connectFailed
        case nil: throw late
        }
    }
}
