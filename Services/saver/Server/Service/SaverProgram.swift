package import Bootstrap
import NIOCore
import NIOPosix

/// The saver's process, from options to exit.
package enum SaverProgram {
    /// Loops that work on texts of ordinary length themselves.
    private static let maximumLoops = 4

    package static func run(_ options: CommonOptions) async throws {
        let configuration = try options.loadConfiguration(declares: SaverDeclaration.parts)
        let logger = makeLogger(label: "keirouter-saver", configuration: configuration)
        let saver = try SaverConfiguration(configuration, listen: options.listen)
        // Two savers on one database would disagree about the settings after an edit.
        let lock = try DataFolderLock.take(DataFolder(configuration.dataFolder), service: "saver")
        defer { withExtendedLifetime(lock) {} }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: min(System.coreCount, maximumLoops))
        let service = SaverService(configuration: saver, group: group, logger: logger)
        try await ServiceRuntime.run(
            name: "keirouter-saver",
            configuration: configuration,
            services: [service],
            logger: logger,
            whenReady: { try await service.waitUntilServing() }
        )
    }
}
