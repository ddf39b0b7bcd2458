package import Bootstrap
import NIOPosix

/// The meter's process, from options to exit.
package enum MeterProgram {
    /// One loop carries admissions; the ledger's work happens on threads of the database.
    private static let loops = 1

    package static func run(_ options: CommonOptions) async throws {
        let configuration = try options.loadConfiguration(declares: MeterDeclaration.parts)
        let logger = makeLogger(label: "keirouter-meter", configuration: configuration)
        let meter = try MeterConfiguration(configuration, listen: options.listen)
        // Two meters on one database would each admit up to the whole of every limit.
        let lock = try DataFolderLock.take(DataFolder(configuration.dataFolder), service: "meter")
        defer { withExtendedLifetime(lock) {} }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: loops)
        let service = MeterService(configuration: meter, group: group, logger: logger)
        try await ServiceRuntime.run(
            name: "keirouter-meter",
            configuration: configuration,
            services: [service],
            logger: logger,
            whenReady: { try await service.waitUntilServing() }
        )
    }
}
