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

            Exit code 1 when something failed.
            """
    )

    @OptionGroup var options: InstallationOptions

    func run() async throws {
        let findings = await Doctor(installation: try options.open()).run()
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
