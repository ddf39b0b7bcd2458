package import Logging
package import ServiceLifecycle
import UnixSignals

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// How long a program may take to stop.
package struct ShutdownLimits: Hashable, Sendable {
    /// For finishing what is in flight; then tasks are cancelled.
    package var graceful: Duration
    /// For ending after cancellation; then the process exits as it is.
    package var cancellation: Duration

    package init(graceful: Duration = .seconds(20), cancellation: Duration = .seconds(5)) {
        self.graceful = graceful
        self.cancellation = cancellation
    }
}

/// Runs the services of a program until a signal or a failure.
package enum ServiceRuntime {
    /// Starts the services in order and stops them in reverse on SIGTERM or SIGINT.
    ///
    /// - Parameters:
    ///   - name: The program, for the log.
    ///   - configuration: Its warnings are logged once.
    ///   - services: What runs; one that ends by itself ends the program.
    ///   - logger: Where the lines "ready" and "stopped" go.
    ///   - limits: How long stopping may take.
    ///   - whenReady: Returns when the services serve; the line "ready" waits for it.
    ///   - terminate: Ends the process when the limits have passed.
    /// - Throws: What made a service fail, or why it ended by itself.
    package static func run(
        name: String,
        configuration: KeiRouterConfiguration,
        services: [any Service],
        logger: Logger,
        limits: ShutdownLimits = ShutdownLimits(),
        whenReady: @escaping @Sendable () async throws -> Void = {},
        terminate: @escaping @Sendable (ExitStatus) -> Void = { exit($0.rawValue) }
    ) async throws {
        let started = ContinuousClock.now
        ProcessSetup.prepare()
        for warning in configuration.warnings { logger.warning("configuration: \(warning)") }

        let watchdog = Watchdog(limit: limits.graceful + limits.cancellation, logger: logger, terminate: terminate)
        let announcer = Announcer(started: started, logger: logger, watchdog: watchdog, whenReady: whenReady)
        var quiet = logger
        // The group tells every step at info; the program's own two lines are enough there.
        quiet.logLevel = max(logger.logLevel, logger.logLevel <= .debug ? .debug : .notice)
        var members = (services + [announcer]).map { ServiceGroupConfiguration.ServiceConfiguration(service: $0) }
        if let lifeline = Lifeline.inherited() {
            members.append(.init(service: lifeline, successTerminationBehavior: .gracefullyShutdownGroup))
        }
        var group = ServiceGroupConfiguration(
            services: members,
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: quiet
        )
        group.maximumGracefulShutdownDuration = limits.graceful
        do {
            try await ServiceGroup(configuration: group).run()
        } catch {
            watchdog.stop()
            logger.error(
                "stopped after a failure",
                metadata: ["error.type": "\(type(of: error))", "error": "\(error)"]
            )
            throw error
        }
        watchdog.stop()
        logger.info("stopped", metadata: ["keirouter.uptime": "\(Quantity.seconds(started.duration(to: .now)))"])
    }
}

/// A service made of a block, for the small ones.
package struct BlockService: Service, CustomStringConvertible {
    package let description: String
    private let body: @Sendable () async throws -> Void

    /// - Parameters:
    ///   - name: For the log.
    ///   - body: Runs until the program stops; it is cancelled only after the time for stopping has passed.
    package init(_ name: String, _ body: @escaping @Sendable () async throws -> Void) {
        description = name
        self.body = body
    }

    package func run() async throws {
        try await body()
    }

    /// Waits until the program is asked to stop.
    package static func untilShutdown() async throws {
        try await gracefulShutdown()
    }
}

/// Says when the program serves, and starts the clock when it is asked to stop.
private struct Announcer: Service {
    let started: ContinuousClock.Instant
    let logger: Logger
    let watchdog: Watchdog
    let whenReady: @Sendable () async throws -> Void

    func run() async throws {
        try await withGracefulShutdownHandler {
            do {
                try await cancelWhenGracefulShutdown { try await whenReady() }
            } catch  where Task.isShuttingDownGracefully {
                // Asked to stop before it was ready, which is no failure.
                return
            }
            logger.info(
                "ready",
                metadata: [
                    "keirouter.version": "\(Version.current)", "keirouter.commit": "\(Version.commit)",
                    "process.pid": "\(getpid())",
                    "keirouter.startup": "\(Quantity.seconds(started.duration(to: .now)))",
                ]
            )
            try await gracefulShutdown()
        } onGracefulShutdown: {
            watchdog.start()
        }
    }
}
