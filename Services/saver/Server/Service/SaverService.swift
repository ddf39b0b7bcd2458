import Contracts
package import Logging
package import NIOCore
import NIOPosix
import PeerRPC
import SaverCore
import ServiceLifecycle
import Storage
import Tokens

/// The saver as a process runs it: loads the settings, then makes texts smaller.
package final class SaverService: Service {
    private let configuration: SaverConfiguration
    private let server: RPCServer
    private let front = SaverFront("saver")
    private let logger: Logger
    private let headroom: HeadroomClient

    package init(configuration: SaverConfiguration, group: any EventLoopGroup, logger: Logger) {
        self.configuration = configuration
        headroom = HeadroomClient(group: group, logger: logger)
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
                service: "saver",
                options: configuration.database,
                logger: logger
            )
        }
    }

    private func serve(at address: RPCAddress, until stopped: @Sendable () async -> Void) async throws {
        let database = try await open()
        let pool = NIOThreadPool(numberOfThreads: configuration.threads)
        pool.start()
        do {
            try await serve(from: database, on: pool, at: address, until: stopped)
        } catch {
            try? await pool.shutdownGracefully()
            await headroom.shutdown()
            await database.close()
            throw error
        }
        await headroom.shutdown()
        try? await pool.shutdownGracefully()
        await database.close()
    }

    private func serve(
        from database: any Database,
        on pool: NIOThreadPool,
        at address: RPCAddress,
        until stopped: @Sendable () async -> Void
    ) async throws {
        let engine = SaverEngine { TokenCounter.o200k.count($0) }
        let loaded = try await SaverLoader(database: database, declaration: configuration.declaration).load()
        let state = SettingsState(
            loaded,
            directives: DirectiveBook { engine.count(Array($0.utf8)) }
        )
        let context = AdminContext(database: database, state: state, edits: ChangeFeed())
        let compressor = Compressor(
            engine: engine,
            state: state,
            earlier: EarlierEpochs(database: database),
            threads: TextThreads(pool: pool),
            headroom: HeadroomSaver(client: headroom, engine: engine, logger: logger)
        )
        front.open(SaverParts(context: context, compressor: compressor), server)
        logger.info("saver serves", metadata: ["address": "\(address)", "epoch": "\(state.book.epoch)"])
        await withTaskGroup { following in
            following.addTask { await self.follow(database, state) }
            await stopped()
            server.setServing(false)
            state.close()
            context.edits.close()
            await server.stop(drain: configuration.server.drain)
            following.cancelAll()
        }
        logger.info("saver stopped")
    }

    /// Takes over what other replicas change.
    private func follow(_ database: any Database, _ state: SettingsState) async {
        for await _ in database.changes(on: EpochStore.channel) {
            do throws(StoreError) {
                if let latest = try await database.read(EpochStore.latest) { state.put(latest) }
            } catch {
                logger.warning("settings not read", metadata: ["error": "\(error)"])
            }
        }
    }
}
