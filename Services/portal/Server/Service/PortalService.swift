import Contracts
import Hummingbird
package import Logging
package import NIOCore
import NIOPosix
import PeerRPC
import PortalCore
import ServiceLifecycle
import Storage

/// The portal as a process runs it: opens its database, then answers HTTP behind the router.
package final class PortalService: Service {
    /// Makes the pages from what they need.
    package typealias Pages = @Sendable (PortalParts) throws -> PortalPageSet

    /// Threads that hash passwords; one hash is 50 ms and 32 MiB.
    private static let hashingThreads = 2

    private let configuration: PortalConfiguration
    private let group: any EventLoopGroup
    private let logger: Logger
    private let clock: PortalClock
    private let pages: Pages
    private let opening = AsyncStream.makeStream(of: Void.self)

    package init(
        configuration: PortalConfiguration,
        group: any EventLoopGroup,
        logger: Logger,
        clock: PortalClock = .system,
        pages: @escaping Pages
    ) {
        self.configuration = configuration
        self.group = group
        self.logger = logger
        self.clock = clock
        self.pages = pages
    }

    /// Waits until requests are answered; for one caller.
    package func waitUntilServing() async throws {
        for await _ in opening.stream {}
        try Task.checkCancellation()
    }

    package func run() async throws {
        try await run { try? await gracefulShutdown() }
    }

    /// Runs until the closure returns; tests hand in their own signal.
    package func run(until stopped: @escaping @Sendable () async -> Void) async throws {
        let database: any Database
        do {
            database = try await cancelWhenGracefulShutdown { [configuration, logger] in
                try await DatabaseFactory.open(
                    configuration.location,
                    service: "portal",
                    options: configuration.database,
                    logger: logger
                )
            }
        } catch let error as StoreError where error.kind == .cancelled && Task.isShuttingDownGracefully {
            // Asked to stop while it waited for its database, which is no failure.
            return
        }
        let pool = NIOThreadPool(numberOfThreads: Self.hashingThreads)
        pool.start()
        let peers = PeerClients(
            configuration.endpoints,
            group: group,
            configuration: configuration.peers,
            logger: logger
        )
        let result: Result<Void, any Error>
        do {
            try await database.migrate(PortalSchema.migrations)
            try await serve(parts(database, peers, pool), until: stopped)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await peers.shutdown()
        try? await pool.shutdownGracefully()
        await database.close()
        try result.get()
    }

    private func parts(_ database: any Database, _ peers: PeerClients, _ pool: NIOThreadPool) -> PortalParts {
        let sessions = SessionKeeper(database: database, clock: clock)
        let audit = AuditLog(database: database, clock: clock, logger: logger)
        let members = MemberAccess(sessions: sessions, clock: clock, peers: peers)
        return PortalParts(
            peers: peers,
            acts: AdminActs(peers: peers, audit: audit, members: members),
            sessions: sessions,
            audit: audit,
            events: .usage(limits: configuration.events, logger: logger, peers: peers, clock: clock),
            decisions: .decisions(limits: configuration.events, logger: logger, peers: peers),
            clock: clock,
            logger: logger,
            operators: OperatorAccess(
                database: database,
                clock: clock,
                pool: pool,
                logger: logger,
                makeHash: configuration.hashPassword
            ),
            members: members,
            retention: Retention(database: database, clock: clock, limits: sessions.limits, logger: logger),
            looks: Looks(database: database, clock: clock)
        )
    }

    private func serve(
        _ parts: PortalParts,
        until stopped: @escaping @Sendable () async -> Void
    ) async throws {
        try await parts.looks.load()
        try await parts.operators.announceClaim()
        let set = try pages(parts)
        let responder = PortalRouter.responder(parts, set, csrfKey: configuration.csrfKey)
        let listener = PortalListener(
            address: configuration.listen,
            responder: PortalResponder(inner: responder),
            group: group,
            logger: logger
        ) { [opening, logger, configuration] in
            opening.continuation.finish()
            logger.info("portal serves", metadata: ["address": "\(configuration.listen)"])
        }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await parts.events.run() }
            tasks.addTask { await parts.decisions.run() }
            tasks.addTask { await parts.retention.run() }
            try await listener.run {
                await stopped()
                // Open streams would keep the server from ending.
                parts.events.close()
                parts.decisions.close()
            }
            tasks.cancelAll()
        }
        logger.info("portal stopped")
    }
}
