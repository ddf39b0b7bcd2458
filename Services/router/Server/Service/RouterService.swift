package import Bootstrap
import Contracts
import HTTP
package import Logging
import NIOCore
package import NIOPosix
import PeerRPC
import RouterCore
import ServiceLifecycle
import Storage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The router as a process runs it: opens its data, serves, drains, and carries what is left to the meter.
package final class RouterService: Service {
    /// Running requests are waited for this long when the program stops.
    private static let drain = Duration.seconds(15)
    /// Pages are short; what is still open then are streams of events, which begin anew elsewhere.
    private static let dashboardDrain = Duration.milliseconds(500)
    /// What is left in the spool then is sent for this long; the rest waits for the next start.
    private static let lastSettlement = Duration.seconds(3)
    /// How long the start waits for the services behind before it serves all the same.
    private static let saverPatience = Duration.seconds(2)
    private static let patience = Duration.seconds(10)

    private let configuration: RouterConfiguration
    private let group: MultiThreadedEventLoopGroup
    private let logger: Logger
    private let opening = AsyncStream.makeStream(of: String.self)

    /// - Parameters:
    ///   - configuration: What was read, with the variables of ``RouterProgram/declares``.
    ///   - listen: `host:port` in place of `server.host` and `server.port`.
    ///   - keepAlive: How long a stream may be silent before a comment keeps it open; `nil`: fifteen seconds.
    ///   - group: The event loops that serve.
    ///   - logger: Where everything is logged.
    /// - Throws: What is wrong with the configuration or the data folder.
    package init(
        _ configuration: KeiRouterConfiguration,
        listen: String?,
        keepAlive: Duration? = nil,
        group: MultiThreadedEventLoopGroup,
        logger: Logger
    ) throws {
        var settings = try RouterConfiguration(configuration, listen: listen)
        if let keepAlive { settings.keepAlive = keepAlive }
        self.configuration = settings
        self.group = group
        self.logger = logger
    }

    /// Waits until requests are served; for one caller.
    ///
    /// - Returns: The address, `http://host:port`.
    package func waitUntilServing() async throws -> String {
        for await address in opening.stream { return address }
        throw CancellationError()
    }

    package func run() async throws {
        try await run { try? await gracefulShutdown() }
    }

    /// Runs until the closure returns; tests hand in their own signal.
    package func run(until stopped: @escaping @Sendable () async -> Void) async throws {
        let parts: RouterParts
        do {
            parts = try await RouterParts.open(configuration, group: group, logger: logger)
        } catch let error as StoreError where error.kind == .cancelled && Task.isShuttingDownGracefully {
            // Asked to stop while it waited for its database, which is no failure.
            return
        }
        do {
            try await serve(parts, until: stopped)
        } catch {
            await parts.close()
            throw error
        }
        await parts.close()
    }

    private func serve(_ parts: RouterParts, until stopped: @Sendable () async -> Void) async throws {
        try await parts.demo.start()
        _ = try await parts.admin.start()
        let server = HTTPServer(group: group, configuration: configuration.http, logger: logger) { exchange in
            await parts.front.handle(exchange)
        }
        let address = try await bind(server)
        let dashboard = try await bindDashboard(parts)
        await withTaskGroup { group in
            // On a loop, so that a settlement costs no hop between threads.
            let loop = LoopExecutor(self.group.next())
            group.addTask(executorPreference: loop) { await parts.settler.run() }
            group.addTask(executorPreference: loop) { await parts.meter.run() }
            group.addTask(executorPreference: loop) { await parts.preparer.run() }
            group.addTask(executorPreference: loop) { await parts.portal.run() }
            group.addTask { await parts.book.follow(self.logger) }
            group.addTask { await self.announce(address, parts) }
            await stopped()
            parts.admin.setServing(false)
            parts.portal.endStreams()
            await dashboard?.shutdown(drain: Self.dashboardDrain)
            await server.shutdown(drain: Self.drain)
            await parts.admin.stop(drain: .seconds(2))
            group.cancelAll()
        }
        await parts.settler.finish(within: Self.lastSettlement)
        await parts.meter.finish()
    }

    /// Says that the router serves, once the meter answers and policies are known: a first request must not be refused.
    private func announce(_ address: String, _ parts: RouterParts) async {
        let end = ContinuousClock.now + Self.patience
        let saverEnd = ContinuousClock.now + Self.saverPatience
        func isReady() -> Bool {
            parts.meter.isReachable && parts.preparer.guardLink.isReady
                && (parts.preparer.saverLink.isReady || ContinuousClock.now > saverEnd)
        }
        while !isReady(), ContinuousClock.now < end, !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(5))
        }
        guard !Task.isCancelled else { return }
        if !parts.meter.isReachable { logger.warning("the meter does not answer yet; requests wait for it") }
        if !parts.preparer.guardLink.isReady {
            logger.warning("the guard does not answer yet; its policies count as closed")
        }
        if !parts.preparer.saverLink.isReady {
            logger.warning("the saver does not answer yet; requests go out as they are")
        }
        logger.info("router serves", metadata: ["address": "\(address)"])
        opening.continuation.yield(address)
        opening.continuation.finish()
    }

    /// Listens where the dashboard alone is, if there is such a place.
    private func bindDashboard(_ parts: RouterParts) async throws -> HTTPServer? {
        guard let place = configuration.server.adminListen else { return nil }
        let server = HTTPServer(group: group, configuration: configuration.http, logger: logger) { exchange in
            await parts.front.handle(exchange, on: .admin)
        }
        do {
            _ = try await server.bind(host: place.host, port: place.port)
        } catch {
            let problem = "cannot listen on \(place) (\(error)); choose another address"
            throw ConfigurationError(key: "server.admin_listen", problem: problem)
        }
        logger.info("the dashboard has its own listener", metadata: ["address": "http://\(place)/"])
        return server
    }

    /// Listens; `localhost` means both of its addresses.
    private func bind(_ server: HTTPServer) async throws -> String {
        let hosts = configuration.host == "localhost" ? ["127.0.0.1", "::1"] : [configuration.host]
        var port = configuration.port
        for (index, host) in hosts.enumerated() {
            do {
                port = try await server.bind(host: host, port: port).port ?? port
            } catch {
                guard index > 0 else { throw Self.refusal(error, host, port) }
                logger.warning("only one address of localhost is served", metadata: ["error": "\(error)"])
            }
        }
        let host = configuration.host
        return "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }

    private static func refusal(_ error: any Error, _ host: String, _ port: Int) -> ConfigurationError {
        guard let code = (error as? IOError)?.errnoCode else {
            return ConfigurationError(key: "server.host", problem: "cannot listen on \(host):\(port) (\(error))")
        }
        switch code {
        case EADDRINUSE:
            return ConfigurationError(
                key: "server.port",
                problem: "another program listens on \(host):\(port); stop it or choose another port with --port"
            )
        case EACCES:
            return ConfigurationError(
                key: "server.port",
                problem: "this user may not listen on \(host):\(port); choose a port above 1023"
            )
        case EADDRNOTAVAIL:
            return ConfigurationError(key: "server.host", problem: "\(host) is no address of this machine")
        default:
            let reason = String(cString: strerror(code))
            return ConfigurationError(key: "server.host", problem: "cannot listen on \(host):\(port) (\(reason))")
        }
    }
}
