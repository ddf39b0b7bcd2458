import ArgumentParser
import Bootstrap
import Contracts
import Observability

/// `keirouter keys`.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Makes, lists and revokes API keys.",
        subcommands: [Create.self, List.self, Revoke.self],
        defaultSubcommand: List.self
    )

    /// `keirouter keys create`.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a key and prints it, this once.",
            discussion: """
                Only the key goes to the standard output, so it can be caught:

                  KEY=$(keirouter keys create ci --plan team)
                  keirouter keys create ada --allow 'claude-*' --expires 30d
                  keirouter keys create eval --strict-lossless
                """
        )

        @OptionGroup var options: InstallationOptions

        @Argument(help: "The key's name; each name stands for one live key.")
        var name: String

        @Option(
            help: ArgumentHelp("The plan whose limits hold; without one the configured defaults.", valueName: "name")
        )
        var plan: String?

        @Option(
            name: .long,
            parsing: .singleValue,
            help: ArgumentHelp("A model it may use, with * as wildcard; again for more. None: what the plan allows.")
        )
        var allow: [String] = []

        @Flag(help: "Refuse requests that a translation between dialects would take something from.")
        var strictLossless = false

        @Option(help: ArgumentHelp("How long it lives: 12h, 30d, 1d12h.", valueName: "time"))
        var expires: String?

        func run() async throws {
            let expiresUS = try expires.map { try KeyText.expiry($0, now: Int(WallClock.now())) }
            let item = KeyItem(
                name: name,
                plan: plan,
                expiresUS: expiresUS,
                allowedModels: allow,
                strictLossless: strictLossless
            )
            let made = try await options.open().withMeter { meter in
                try await meter.call(AdminMethods.meterV1.keys.put, PutRequest(item: item))
            }
            guard !options.json else { return Console.json(made) }
            KeyText.announce(made)
        }
    }

    /// `keirouter keys list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists keys with what they did and cost.",
            discussion:
                "A cost of \"unpriced\" means requests whose models have no known price: declare one under prices."
        )

        @OptionGroup var options: InstallationOptions

        @Option(help: ArgumentHelp("Only keys of this plan.", valueName: "name"))
        var plan: String?

        @Flag(help: "Revoked keys too.")
        var all = false

        func run() async throws {
            let filter = plan.map { ["plan": $0] } ?? [:]
            let keys = try await options.open().withMeter { meter in
                try await meter.all(AdminMethods.meterV1.keys, filter: filter)
            }
            let shown = keys.filter { all || $0.revokedUS == nil }
            options.show(list: shown, none: "There are no keys; make one with keirouter keys create.") {
                KeyText.table($0, now: Int(WallClock.now()))
            }
        }
    }

    /// `keirouter keys revoke`.
    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revokes a key; requests with it are refused from then on.",
            discussion: "What it has cost stays in the ledger."
        )

        @OptionGroup var options: InstallationOptions

        @Argument(help: "The key's name or id.")
        var key: String

        func run() async throws {
            let revoked = try await options.open().withMeter { meter -> KeyItem in
                let keys = try await meter.all(AdminMethods.meterV1.keys)
                let found = try Selection.one(
                    "key",
                    key,
                    among: keys.filter { $0.id == key || ($0.name == key && $0.revokedUS == nil) },
                    name: \.id
                )
                _ = try await meter.call(AdminMethods.meterV1.keys.delete, DeleteRequest(id: found.id))
                return try await meter.call(AdminMethods.meterV1.keys.get, GetRequest(id: found.id))
            }
            options.show(revoked, "The key \(revoked.name) (\(revoked.display)) is revoked.")
        }
    }
}
