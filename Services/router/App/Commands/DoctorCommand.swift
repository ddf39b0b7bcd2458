import ArgumentParser
import Bootstrap
import JSON

/// `keirouter doctor`.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Checks the installation, the services, the databases, the port, the accounts and the clock.",
        discussion: """
            Each check is a line that begins with ok, warn or fail and says what to
            do. While nothing runs the databases are read through, which takes a
            while for a large ledger. Accounts are tried without spending.

            With --guard it checks only whether a guard of your own keeps to the
            contract; examples/external-guard is one that does.

              keirouter doctor --guard unix:///tmp/my-guard.sock

            Exit code 1 when something failed.
            """
    )

    @OptionGroup var options: InstallationOptions

    @Option(
        help: ArgumentHelp(
            "Check the guard at this endpoint: unix:///path.sock, tcp://host:port or tls://host:port.",
            valueName: "endpoint"
        )
    )
    var `guard`: String?

    func run() async throws {
        let installation = try options.open()
        let findings =
            if let `guard` {
                await GuardDoctor.run(at: `guard`, installation.configuration)
            } else {
                await Doctor(installation: installation).run()
            }
        let hasFailed = findings.contains { $0.level == .fail }
        if options.json {
            Console.json { writer in
                writer.object { fields in
                    fields.boolean("ok", !hasFailed)
                    fields.array("items") { items in
                        for finding in findings { items.object { finding.write(to: &$0) } }
                    }
                }
            }
        } else {
            Console.write(findings.map(\.line).joined(separator: "\n"))
        }
        if hasFailed { throw ExitCode(ExitStatus.failed.rawValue) }
    }
}
