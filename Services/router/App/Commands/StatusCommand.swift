import ArgumentParser
import Bootstrap
import Contracts
import JSON
import Observability

/// `keirouter status`, `keirouter -healthcheck`.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows what runs, its versions and its health, and since when.",
        discussion: "Exit code 0: all is well; 1: something runs and is not well; 3: nothing runs."
    )

    @OptionGroup var options: InstallationOptions

    func run() async throws {
        let installation = try options.open()
        let status = await InstallationStatus.read(installation)
        let now = Int(WallClock.now())
        if options.json {
            Console.json { status.write(to: &$0, now: now) }
        } else if status.isRunning {
            Console.write(status.text(now: now))
        }
        guard status.isRunning else {
            let start = installation.invocation("start")
            if options.json { throw ExitCode(ExitStatus.notRunning.rawValue) }
            throw ProgramFailure(.notRunning, "nothing runs on \(installation.folder.path); start it with \(start)")
        }
        guard status.isHealthy else { throw ExitCode(ExitStatus.failed.rawValue) }
    }
}
