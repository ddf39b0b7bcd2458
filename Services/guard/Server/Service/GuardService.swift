import Contracts
import GuardCore
package import Logging
package import NIOCore
import NIOPosix
import PeerRPC
import ServiceLifecycle
import Storage

/// The guard as a process runs it: loads, serves, follows changes of policies and writes the audit.
package final class GuardService: Service {
    /// How often what is old is swept out, and when first.
    private static let sweepInterval = Duration.seconds(3600)
    private static let firstSweep = Duration.seconds(600)
    /// How far the wall clock may be from the steady one between two sweeps, in microseconds.
    private static let largestDrift = 300_000_000
    /// Threads for texts that are too long for an event loop.
    private static let threads = 2

    private let configuration: GuardConfiguration
    private let server: RPCServer
    private let front = GuardFront("guard")
    private let pool = NIOThreadPool(numberOfThreads: threads)
    private let presidio: PresidioEngine?
    private let moderation: ModerationEngine?
    private let topics: TopicEngine
    private let clock: GuardClock
    private let logger: Logger

    package init(
        configuration: GuardConfiguration,
        group: any EventLoopGroup,
        logger: Logger,
        clock: GuardClock = .system
    ) {
        self.configuration = configuration
        self.clock = clock
        self.logger = logger
        presidio = configuration.presidio.map { PresidioEngine($0, group: group, logger: logger) }
        moderation = configuration.moderation.map { ModerationEngine($0, group: group, logger: logger) }
        topics = TopicEngine(configuration.router, configuration.peers, group: group, logger: logger)
        server = RPCServer(configuration.server, registry: front.registry(), group: group, logger: logger)
    }

    /// Waits until calls are answered; for one caller.
    package func waitUntilServing() async throws {
        try await front.waitUntilOpen()
    }

    package func run() async throws {
        try await run { try? await gracefulShutdown() }
    }

    /// Runs until the closure returns; tests hand in their own signal.
    package func run(until stopped: @Sendable () async -> Void) async throws {
        pool.start()
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await server.run { try await serve(at: $0, until: stopped) })
        } catch let error as StoreError where error.kind == .cancelled && Task.isShuttingDownGracefully {
            // Asked to stop while it waited for its database, which is no failure.
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        await presidio?.shutdown()
        await moderation?.shutdown()
        await topics.shutdown()
        try? await pool.shutdownGracefully()
        try outcome.get()
    }

    private func serve(at address: RPCAddress, until stopped: @Sendable () async -> Void) async throws {
        let database = try await open()
        do {
            let policies = try await PolicyHolder.load(from: database, catalogue: configuration.catalogue)
            await serve(policies, from: database, at: address, until: stopped)
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }

    /// Opens the database and brings it up to date; the replicas do so one after the other.
    private func open() async throws -> any Database {
        try await StartLock.hold(configuration.folder, waiting: configuration.database.patience) {
            let database = try await cancelWhenGracefulShutdown { [configuration, logger] in
                try await DatabaseFactory.open(
                    configuration.location,
                    service: "guard",
                    options: configuration.database,
                    logger: logger
                )
            }
            do {
                try await database.migrate(GuardSchema.migrations)
                let sync = DeclarationSync(configuration.declaration)
                try await database.write { connection throws(StoreError) in try sync.apply(connection) }
            } catch {
                await database.close()
                throw error
            }
            return database
        }
    }

    private func serve(
        _ policies: PolicyHolder,
        from database: any Database,
        at address: RPCAddress,
        until stopped: @Sendable () async -> Void
    ) async {
        let audit = AuditQueue()
        let context = AdminContext(
            database: database,
            policies: policies,
            edits: ChangeFeed(),
            hasPresidio: presidio != nil || configuration.isOffline,
            hasModeration: moderation != nil || configuration.isOffline
        )
        if configuration.isOffline {
            logger.notice("every engine outside is left alone: guardrails.offline is set")
        } else if presidio == nil, policies.book.namesExternalEngine {
            logger.warning("a policy names the engine presidio, but guardrails.presidio.url is not set")
        }
        let inspection = inspection(policies, audit)
        front.open(GuardParts(inspection: inspection, context: context), server)
        logger.info("guard serves", metadata: ["address": "\(address)"])
        await withTaskGroup { writing in
            writing.addTask { await audit.run(database, self.logger) }
            // Only these are cancelled at the end: the audit stops when nothing waits.
            await withTaskGroup { following in
                following.addTask { await self.follow(policies) }
                following.addTask {
                    // Sooner than the next look, where a database server tells of it; the look stays for what it misses.
                    for await _ in database.changes(on: PolicyStore.channel) { try? await policies.refresh() }
                }
                following.addTask { await self.sweep(database) }
                following.addTask { await self.topics.run() }
                await stopped()
                server.setServing(false)
                policies.lists.close()
                context.edits.close()
                await server.stop(drain: configuration.server.drain)
                following.cancelAll()
            }
            audit.close()
        }
        logger.info("guard stopped")
    }

    private func inspection(_ policies: PolicyHolder, _ audit: AuditQueue) -> Inspection {
        let figures = DecisionFigures(registry: configuration.metrics)
        let external = ExternalInspection(presidio: presidio, moderation: moderation, topics: topics, figures: figures)
        return Inspection(
            policies: policies,
            audit: audit,
            clock: clock,
            pool: pool,
            window: configuration.window,
            placeholderKey: configuration.placeholderKey,
            external: configuration.isOffline ? nil : external,
            figures: figures,
            logger: logger
        )
    }

    /// Notices what other replicas change.
    private func follow(_ policies: PolicyHolder) async {
        var isFailing = false
        while (try? await Task.sleep(for: configuration.pollInterval)) != nil {
            do throws(StoreError) {
                try await policies.refresh()
                isFailing = false
            } catch {
                guard !isFailing, error.kind != .cancelled else { continue }
                isFailing = true
                logger.warning("policies not read", metadata: ["error": "\(error)"])
            }
        }
    }

    private func sweep(_ database: any Database) async {
        let retention = Retention(database: database, days: configuration.retentionDays)
        var pause = Self.firstSweep
        var last = (wall: clock.nowUS, steady: ContinuousClock.now)
        while (try? await Task.sleep(for: pause)) != nil {
            pause = Self.sweepInterval
            let now = (wall: clock.nowUS, steady: ContinuousClock.now)
            defer { last = now }
            // A clock that has jumped years ahead would have the whole audit deleted.
            let passed = Int((now.steady - last.steady).components.seconds) * 1_000_000
            guard abs(now.wall - last.wall - passed) < Self.largestDrift else {
                logger.warning("old decisions kept this time: the wall clock has jumped")
                continue
            }
            do throws(StoreError) {
                let count = try await retention.sweep(nowUS: clock.nowUS)
                if count > 0 { logger.info("old decisions deleted", metadata: ["rows": "\(count)"]) }
            } catch {
                logger.warning("old decisions not deleted", metadata: ["error": "\(error)"])
            }
        }
    }
}
