package import Bootstrap
package import Logging
import NIOPosix
package import ServiceLifecycle

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The router's process, from a configuration to its end.
package enum RouterProgram {
    /// The parts of `declare:` that the router applies.
    package static let declares = RouterDeclaration.parts
    /// More loops than this only share the same sockets and accounts.
    ///
    /// One core is left to the services beside: with fewer loops more requests share a wake-up and a write to the meter.
    private static let mostLoops = 8

    /// Runs the router alone, until a signal.
    package static func serve(
        _ configuration: KeiRouterConfiguration,
        listen: String?,
        logger: Logger
    ) async throws {
        try await run(configuration, listen: listen, beside: [], logger: logger) { _ in }
    }

    /// Runs the router beside other services of this process.
    ///
    /// - Parameters:
    ///   - configuration: What was read, with the variables of ``declares``.
    ///   - listen: `host:port` in place of `server.host` and `server.port`.
    ///   - beside: Started before the router, stopped after it.
    ///   - logger: Where everything is logged.
    ///   - whenReady: Called with the address, `http://host:port`, once requests are served.
    /// - Throws: What is wrong with the configuration or the data folder, and what made a service fail.
    package static func run(
        _ configuration: KeiRouterConfiguration,
        listen: String?,
        beside: [any Service],
        logger: Logger,
        whenReady: @escaping @Sendable (String) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, min(mostLoops, cores - 1)))
        let router = try RouterService(configuration, listen: listen, group: group, logger: logger)
        try await ServiceRuntime.run(
            name: "keirouter",
            configuration: configuration,
            services: beside + [router],
            logger: logger,
            whenReady: { try await whenReady(try await router.waitUntilServing()) }
        )
    }

    private static var cores: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
}
