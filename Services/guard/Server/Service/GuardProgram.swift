package import Bootstrap
import NIOPosix

/// The guard's process, from options to exit.
package enum GuardProgram {
    /// Looking through text is all the work there is, so there is a loop for each core that it may use.
    private static let loops = 2

    package static func run(_ options: CommonOptions) async throws {
        let configuration = try options.loadConfiguration(declares: GuardDeclaration.parts)
        let logger = makeLogger(label: "keirouter-guard", configuration: configuration)
        let guarding = try GuardConfiguration(configuration, listen: options.listen)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: loops)
        let service = GuardService(configuration: guarding, group: group, logger: logger)
        try await ServiceRuntime.run(
            name: "keirouter-guard",
            configuration: configuration,
            services: [service],
            logger: logger,
            whenReady: { try await service.waitUntilServing() }
        )
    }
}
