import ArgumentParser
import Bootstrap
import Contracts

/// `keirouter bootstrap`, `keirouter -bootstrap`.
struct BootstrapCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bootstrap",
        abstract: "Makes an API key without a plan and prints it, this once.",
        discussion: """
            For the first key of an installation, or when all are lost. It works
            whether KeiRouter runs or not:

              KEY=$(keirouter bootstrap --key-name laptop)
            """
    )

    @OptionGroup var options: InstallationOptions

    @Option(
        name: [.long, .customLong("key-name", withSingleDash: true)],
        help: ArgumentHelp("The key's name; each name stands for one live key.", valueName: "name")
    )
    var keyName = "default"

    func run() async throws {
        let name = keyName
        let key = try await options.open().withMeter { meter in
            let keys = AdminMethods.meterV1.keys
            let live = try await meter.all(keys, filter: ["name": name]).filter { $0.revokedUS == nil }
            guard live.isEmpty else {
                throw ProgramFailure(
                    .failed,
                    "there is a key \(name) already; choose another with --key-name, or revoke it with "
                        + "keirouter keys revoke \(name)"
                )
            }
            return try await meter.call(keys.put, PutRequest(item: KeyItem(name: name)))
        }
        guard !options.json else { return Console.json(key) }
        KeyText.announce(key)
    }
}
