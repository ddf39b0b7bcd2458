package import Bootstrap
import NIOPosix
import Storage

/// The portal's process, from options to exit.
package enum PortalProgram {
    /// Pages are not hot: one loop answers them all.
    private static let loops = 1

    package static func run(_ options: CommonOptions) async throws {
        let configuration = try options.loadConfiguration(declares: [])
        let logger = makeLogger(label: "keirouter-portal", configuration: configuration)
        let portal = try PortalConfiguration(configuration, listen: options.listen)
        // Two portals on one file would each make a claim code that ends the other's; a server's schema has its own lock.
        let lock = try DataFolderLock.take(DataFolder(configuration.dataFolder), service: "portal")
        defer { withExtendedLifetime(lock) {} }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: loops)
        let service = PortalService(
            configuration: portal,
            group: group,
            logger: logger,
            pages: PortalPages.make
        )
        try await ServiceRuntime.run(
            name: "keirouter-portal",
            configuration: configuration,
            services: [service],
            logger: logger,
            whenReady: { try await service.waitUntilServing() }
        )
    }

    /// Forgets the operator's password and sessions; the next start shows a claim code.
    package static func resetPassword(_ options: CommonOptions) async throws {
        let configuration = try options.loadConfiguration(declares: [])
        let portal = try PortalConfiguration(configuration, listen: nil)
        let lock = try DataFolderLock.take(DataFolder(configuration.dataFolder), service: "portal")
        defer { withExtendedLifetime(lock) {} }
        // Who types this would rather hear at once that the portal runs, or that its database is away.
        var options = portal.database
        options.patience = .zero
        let database = try await DatabaseFactory.open(portal.location, service: "portal", options: options)
        do {
            try await database.migrate(PortalSchema.migrations)
            try await OperatorAccess.reset(database)
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }
}
