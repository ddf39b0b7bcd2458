package import ArgumentParser
import Bootstrap
import JSON

/// `keirouter`.
package struct KeiRouterCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "keirouter",
        abstract: "A self-hosted AI gateway: one endpoint and one key for every provider.",
        discussion: """
            Without a command it starts. The daily work needs no browser:

              keirouter start                        runs everything
              keirouter accounts add openai          asks for the provider's key
              keirouter keys create ci --plan team   makes a key, prints it once
              keirouter keys list                    what each key did and cost
              keirouter guard try FILE               what the guardrails find in a text
              keirouter saver try FILE               what the savers make of a tool's output
              keirouter doctor                       finds out what is wrong

            Exit codes: 0 fine, 1 failed, 2 wrong usage, 3 not running.
            """,
        version: Version.line(program: "keirouter"),
        subcommands: [
            StartCommand.self, BootstrapCommand.self, StatusCommand.self, ServeCommand.self, KeysCommand.self,
            AccountsCommand.self, ProvidersCommand.self, ProxiesCommand.self, PlansCommand.self, ChainsCommand.self,
            ModelsCommand.self, GuardCommand.self, SaverCommand.self, DoctorCommand.self, HealthCommand.self,
            VersionCommand.self,
        ],
        defaultSubcommand: StartCommand.self
    )

    package init() {}
}

/// `keirouter version`.
struct VersionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Prints version, commit and build."
    )

    @Flag(name: .long, help: "Write one JSON document instead of text.")
    var json = false

    func run() async throws {
        guard json else { return Console.write(Version.line(program: "keirouter")) }
        Console.json { writer in
            writer.object { fields in
                fields.string("version", Version.current)
                fields.string("commit", Version.commit)
                fields.string("build", Version.build)
                fields.string("swift", Version.swift)
                fields.string("platform", Version.platform)
            }
        }
    }
}
