package import Bootstrap
import Contracts
import HTTP
package import Logging
import NIOCore
import NIOPosix
import PeerRPC
import Storage

extension RouterProgram {
    /// Runs `router.v1.Admin` alone on a socket of its own, for a command that finds nothing running.
    ///
    /// The caller holds the data folder's lock: nobody else has the database open.
    ///
    /// - Parameters:
    ///   - configuration: What was read, with the variables of ``declares``.
    ///   - socket: Where it answers.
    ///   - logger: Where faults are logged.
    ///   - body: Runs while it answers.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, or why the administration cannot run.
    package static func administer<Result>(
        _ configuration: KeiRouterConfiguration,
        at socket: String,
        logger: Logger,
        _ body: () async throws -> Result
    ) async throws -> Result {
        var configuration = try RouterConfiguration(configuration, listen: nil)
        configuration.admin.listen = .unix(socket)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let book = try await RouterBook.open(configuration.book, logger: logger)
        let ways = EgressWays(
            declared: Set(book.declaredDestinations),
            proxy: configuration.proxy,
            demoSocket: configuration.demoSocket
        )
        let client = UpstreamClient(group: group, egress: configuration.egress, logger: logger)
        let caller = UpstreamCaller(client: client, timeouts: configuration.timeouts)
        let dispatcher = Dispatcher(book.state, ways: ways, caller: caller)
        book.onChange { dispatcher.update($0) }
        var registry = RPCRegistry(service: ServiceDescription.router)
        book.register(on: &registry, health: dispatcher)
        let server = RPCServer(configuration.admin, registry: registry, group: group, logger: logger)
        do {
            _ = try await server.start()
            let result = try await body()
            await close(server, client, book, group)
            return result
        } catch {
            await close(server, client, book, group)
            throw error
        }
    }

    /// Reads the router's database through, for `doctor`.
    ///
    /// The caller holds the data folder's lock.
    ///
    /// - Returns: One line for each damage.
    /// - Throws: ``StoreError`` when it cannot be opened.
    package static func findDamage(_ configuration: KeiRouterConfiguration) async throws -> [String] {
        let location = DatabaseLocation(
            setting: configuration.storage.url,
            file: DataFolder(configuration.dataFolder).file("router.db"),
            service: "router"
        )
        return try await DatabaseFactory.findDamage(location, service: "router")
    }

    private static func close(
        _ server: RPCServer,
        _ client: UpstreamClient,
        _ book: RouterBook,
        _ group: MultiThreadedEventLoopGroup
    ) async {
        await server.stop(drain: .zero)
        await client.shutdown()
        await book.close()
        try? await group.shutdownGracefully()
    }
}
