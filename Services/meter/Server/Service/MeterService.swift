import Contracts
package import Logging
import MeterCore
package import NIOCore
import PeerRPC
import ServiceLifecycle
import Storage

/// The meter as a process runs it: loads, serves, settles what came in, and leaves word for its next life.
package final class MeterService: Service {
    /// How often what is old is swept out.
    private static let sweepInterval = Duration.seconds(3600)
    /// A machine that starts with a wrong clock has it set by then.
    private static let firstSweep = Duration.seconds(600)

    private let configuration: MeterConfiguration
    private let server: RPCServer
    private let front = MeterFront("meter")
    private let clock: MeterClock
    private let logger: Logger

    package init(
        configuration: MeterConfiguration,
        group: any EventLoopGroup,
        logger: Logger,
        clock: MeterClock = .system
    ) {
        self.configuration = configuration
        self.clock = clock
        self.logger = logger
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
        do {
            try await server.run { try await serve(at: $0, until: stopped) }
        } catch let error as StoreError where error.kind == .cancelled && Task.isShuttingDownGracefully {
            // Asked to stop while it waited for its database, which is no failure.
        }
    }

    /// Opens the database; a server that is away is waited for, until the program is asked to stop.
    private func open() async throws -> any Database {
        try await cancelWhenGracefulShutdown { [configuration, logger] in
            try await DatabaseFactory.open(
                configuration.location,
                service: "meter",
                options: configuration.database,
                logger: logger
            )
        }
    }

    private func serve(at address: RPCAddress, until stopped: @Sendable () async -> Void) async throws {
        let database = try await open()
        do {
            let loader = MeterLoader(database: database, configuration: configuration, clock: clock)
            try await serve(from: database, loaded: try await loader.load(), at: address, until: stopped)
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }

    private func serve(
        from database: any Database,
        loaded: MeterLoader.Loaded,
        at address: RPCAddress,
        until stopped: @Sendable () async -> Void
    ) async throws {
        let memory = MeterMemory(
            state: loaded.state,
            clock: clock,
            signer: ReservationTagger(key: configuration.reservationKey)
        )
        let queue = WriteQueue()
        let context = AdminContext(
            database: database,
            memory: memory,
            queue: queue,
            changes: ChangeFeed(),
            edits: ChangeFeed()
        )
        let routers = RouterSightings(database: database, queue: queue, clock: clock, logger: logger)
        let news = SettlementNews(feed: context.edits)
        let settler = Settler(
            database: database,
            memory: memory,
            queue: queue,
            news: news,
            figures: CostFigures(registry: configuration.metrics),
            logger: logger
        )
        let settlements = Settlements(queue: queue, logger: logger)
        front.open(MeterParts(context: context, routers: routers, settlements: settlements), server)
        logger.info("meter serves", metadata: ["address": "\(address)"])
        await withTaskGroup { settling in
            settling.addTask { await settler.run(labels: loaded.labels) }
            // Only the sweeper is cancelled at the end: the settler stops when there is nothing left to settle.
            await withTaskGroup { sweeping in
                sweeping.addTask { await self.sweep(database, queue) }
                sweeping.addTask { await news.run() }
                await stopped()
                await self.stop(context)
                sweeping.cancelAll()
            }
        }
        await recordEnding(memory, database)
        logger.info("meter stopped")
    }

    /// Takes no more calls, ends the streams, and lets what has come in be settled.
    private func stop(_ context: AdminContext) async {
        server.setServing(false)
        context.changes.close()
        context.edits.close()
        await server.stop(drain: configuration.server.drain)
        context.queue.close()
    }

    private func sweep(_ database: any Database, _ queue: WriteQueue) async {
        let retention = Retention(database: database, queue: queue, retentionUS: configuration.policy.retentionUS)
        var pause = Self.firstSweep
        var last = clock.now
        while (try? await Task.sleep(for: pause)) != nil {
            pause = Self.sweepInterval
            let now = clock.now
            defer { last = now }
            guard Retention.isSteady(from: last, to: now) else {
                logger.warning("old rows kept this time: the wall clock has jumped")
                continue
            }
            do {
                let count = try await retention.sweep(nowUS: now.epochUS)
                if count > 0 { logger.info("old rows deleted", metadata: ["rows": "\(count)"]) }
            } catch {
                logger.warning("old rows not deleted", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Leaves word that this life ended in order; without it the next one waits for routers as after a crash.
    private func recordEnding(_ memory: MeterMemory, _ database: any Database) async {
        let open = memory.withState { state, now in
            state.expire(now)
            return state.openLeases
        }
        do throws(StoreError) {
            try await database.write { connection throws(StoreError) in
                try LifeStore.record(.init(isClean: true, openLeases: open), connection)
            }
        } catch {
            logger.warning("orderly end not recorded", metadata: ["error": "\(error)"])
        }
    }
}
