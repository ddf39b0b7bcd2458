import ArgumentParser
import Bootstrap
import RouterServer

/// `keirouter serve`.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Runs the router alone, for containers and other supervisors.",
        discussion: """
            The meter must answer where the configuration says, by default on its
            socket in the same data folder:

              keirouter-meter --data /srv/keirouter &
              keirouter serve --data /srv/keirouter --listen :20180
            """
    )

    @OptionGroup var options: CommonOptions

    @Option(
        name: [.long, .customLong("port", withSingleDash: true)],
        help: ArgumentHelp("The HTTP port; 0 takes a free one.", valueName: "number")
    )
    var port: Int?

    func run() async throws {
        AllocatorTuning.apply()
        let flags = port.map { ["server.port": String($0)] } ?? [:]
        let configuration = try options.loadConfiguration(flags: flags, declares: RouterProgram.declares)
        let logger = makeLogger(label: "keirouter", configuration: configuration)
        try await RouterProgram.serve(configuration, listen: options.listen, logger: logger)
    }
}
