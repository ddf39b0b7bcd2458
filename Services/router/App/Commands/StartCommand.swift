import ArgumentParser
import Bootstrap
import Contracts
import Logging
import Observability
import RouterServer

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// `keirouter start`, and `keirouter` alone.
struct StartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Starts everything on this machine and stays in the foreground.",
        discussion: """
            The router runs in this process, the other services beside it; what dies
            is started again. SIGINT and SIGTERM stop all. The first start makes a
            key, prints it once, and shows a request that works at once.

              keirouter start
              keirouter start --port 8080 --data /srv/keirouter
            """
    )

    private static let patience = Duration.seconds(2)

    @OptionGroup var options: CommonOptions

    @Option(
        name: [.long, .customLong("port", withSingleDash: true)],
        help: ArgumentHelp("The HTTP port; 0 takes a free one.", valueName: "number")
    )
    var port: Int?

    @Flag(name: .long, help: "Say where it answers as one JSON document.")
    var json = false

    func run() async throws {
        AllocatorTuning.apply()
        let flags = port.map { ["server.port": String($0)] } ?? [:]
        let configuration = try options.loadConfiguration(flags: flags, declares: RouterProgram.declares)
        let logger = makeLogger(label: "keirouter", configuration: configuration)
        let folder = DataFolder(configuration.dataFolder)
        try folder.create()
        let lock = try await takeLock(folder)
        defer { withExtendedLifetime(lock) {} }

        let start = try Start(configuration, folder: folder, options: options, isJSON: json, logger: logger)
        try await start.run()
    }

    /// Takes the data folder; another command may have it for the moment of a call.
    private func takeLock(_ folder: DataFolder) async throws -> DataFolderLock {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            do throws(DataFolderError) {
                return try DataFolderLock.take(folder)
            } catch {
                let holder = DataFolderLock.holder(of: folder).map(Int.init)
                let isInstallation = holder != nil && StateFile.read(in: folder)?.pid == holder
                guard !isInstallation, ContinuousClock.now < deadline else { throw error }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }
}
