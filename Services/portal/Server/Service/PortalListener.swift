import Hummingbird
import Logging
import NIOCore
import PeerRPC
import PortalCore
import ServiceLifecycle

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The HTTP server: on a socket that only this user's group may open, or on an address.
struct PortalListener<Inner: HTTPResponder>: Sendable where Inner.Context == PortalContext {
    let address: RPCAddress
    let responder: PortalResponder<Inner>
    let group: any EventLoopGroup
    let logger: Logger
    let onServing: @Sendable () -> Void

    /// Serves until the closure returns, then lets what runs finish.
    func run(until stopped: @escaping @Sendable () async -> Void) async throws {
        let onServing = onServing
        let path = socketPath
        if let path { try prepare(path) }
        var quiet = logger
        // The server's own lines about starting repeat ours.
        quiet.logLevel = max(logger.logLevel, .notice)
        let application = Application(
            responder: responder,
            server: .http1(configuration: .init(idleTimeout: .nanoseconds(PortalLimits.idle.nanoseconds))),
            configuration: ApplicationConfiguration(address: bindAddress, backlog: 256),
            onServerRunning: { _ in
                if let path { chmod(path, 0o660) }
                onServing()
            },
            eventLoopGroupProvider: .shared(group),
            logger: quiet
        )
        // The application's own group hears of the stop through this one.
        let services = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [.init(service: application)], logger: quiet)
        )
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await services.run() }
            tasks.addTask {
                await stopped()
                await services.triggerGracefulShutdown()
            }
            // Whichever is first: the end was asked for, or the server failed.
            try await tasks.next()
            try await tasks.next()
        }
        if let path { unlink(path) }
    }

    private var socketPath: String? {
        if case .unix(let path) = address { return path }
        return nil
    }

    private var bindAddress: BindAddress {
        switch address {
        case .unix(let path): .unixDomainSocket(path: path)
        case .tcp(let host, let port): .hostname(host, port: port)
        }
    }

    /// Removes a socket that nobody listens on; anything else at the path is an error.
    private func prepare(_ path: String) throws {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw PortalListenError("\(path) is not a socket; remove it or listen elsewhere")
        }
        guard !isAnswered(path) else { throw PortalListenError("\(path) is in use by another process") }
        unlink(path)
    }

    /// Whether somebody accepts connections there.
    private func isAnswered(_ path: String) -> Bool {
        #if canImport(Glibc)
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        #else
        let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { return true }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        return connected == 0 || errno != ECONNREFUSED
    }
}

/// Why the portal cannot listen, in one line.
struct PortalListenError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

extension Duration {
    /// Whole nanoseconds.
    fileprivate var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
