import ArgumentParser
import Bootstrap
import Contracts
import JSON
import Observability

/// `keirouter accounts`.
struct AccountsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accounts",
        abstract: "Adds, lists, tests and removes accounts at providers.",
        subcommands: [Add.self, Paste.self, List.self, Test.self, Remove.self],
        defaultSubcommand: List.self
    )

    /// `keirouter accounts add`.
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Adds an account; its key is sealed and never shown again.",
            discussion: """
                The provider's key comes from a file, from a pipe, or is asked for at
                the terminal. It is no option, because every process of the machine can
                read the arguments of the others.

                  keirouter accounts add openai --label main
                  keirouter accounts add anthropic --api-key-file ~/anthropic.key
                  pass show openai | keirouter accounts add openai --label second
                  keirouter accounts add cloudflare-ai --setting account_id=0a1b2c
                  keirouter accounts add vertex --api-key-file service-account.json --setting location=global

                What a provider needs beside a key stands in keirouter providers.
                """
        )

        @OptionGroup var options: InstallationOptions

        @Argument(help: "The provider's id; keirouter models shows them.")
        var provider: String

        @Option(help: "The account's name.")
        var label = "main"

        @Option(name: .long, help: ArgumentHelp("Where the key stands; - for the standard input.", valueName: "file"))
        var apiKeyFile: String?

        @Option(help: ArgumentHelp("Accounts with a lower number go first.", valueName: "number"))
        var priority = 100

        @Option(help: ArgumentHelp("Its share among accounts of the same priority.", valueName: "number"))
        var weight = 1

        @Option(help: ArgumentHelp("The proxy it goes through; keirouter proxies shows them.", valueName: "name"))
        var proxy: String?

        @Option(
            name: .customLong("setting"),
            help: ArgumentHelp("What the provider needs beside the key; once for each.", valueName: "name=value")
        )
        var settings: [String] = []

        @Flag(help: "Add it without using it yet.")
        var disabled = false

        @Flag(help: "Give the account with this label the new key, where there is one.")
        var replace = false

        func validate() throws {
            for setting in settings where setting.firstIndex(of: "=") ?? setting.startIndex == setting.startIndex {
                throw ValidationError("\"\(setting)\" is not of the form name=value")
            }
        }

        private var named: [String: String] {
            var named: [String: String] = [:]
            for setting in settings {
                guard let equals = setting.firstIndex(of: "=") else { continue }
                named[String(setting[..<equals])] = String(setting[setting.index(after: equals)...])
            }
            return named
        }

        func run() async throws {
            let secret = try SecretInput.read(file: apiKeyFile, prompt: "API key of \(provider): ")
            var item = AccountItem(
                provider: provider,
                label: label,
                apiKey: secret,
                priority: priority,
                weight: weight,
                enabled: !disabled,
                proxy: proxy,
                settings: named
            )
            let installation = try options.open()
            let made = try await installation.withRouter { router in
                let accounts = AdminMethods.routerV1.accounts
                let filter = ["provider": provider, "label": label]
                let old = replace ? try await router.all(accounts, filter: filter).first : nil
                if let old {
                    item.id = old.id
                    item.settings = old.settings.merging(item.settings) { $1 }
                }
                return try await router.call(accounts.put, PutRequest(item: item, etag: old?.etag))
            }
            guard !options.json else { return Console.json(made) }
            let test = installation.invocation("accounts test \(made.provider)/\(Invocation.quoted(made.label))")
            Console.write("The account \(made.provider)/\(made.label) (\(made.display)) is added; try it with \(test)")
        }
    }

    /// `keirouter accounts list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists accounts and how they do.")

        @OptionGroup var options: InstallationOptions

        @Option(help: ArgumentHelp("Only accounts at this provider.", valueName: "id"))
        var provider: String?

        func run() async throws {
            let filter = provider.map { ["provider": $0] } ?? [:]
            let accounts = try await options.open().withRouter { router in
                try await router.all(AdminMethods.routerV1.accounts, filter: filter)
            }
            options.show(
                list: accounts,
                none: "There are no accounts; add one with keirouter accounts add PROVIDER."
            ) { AccountText.table($0, now: Int(WallClock.now())) }
        }
    }

    /// `keirouter accounts test`.
    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Asks the provider whether it takes an account's key; costs nothing.",
            discussion: "Exit code 1 when one is refused or does not answer."
        )

        @OptionGroup var options: InstallationOptions

        @Argument(help: "The account: provider/label, label or id. None: all that are enabled.")
        var account: String?

        func run() async throws {
            let account = account
            let tests = try await options.open().withRouter { router in
                let accounts = try await router.all(AdminMethods.routerV1.accounts)
                let chosen = try account.map { [try AccountText.one($0, among: accounts)] }
                return try await AccountTests.run(chosen ?? accounts.filter(\.enabled), router)
            }
            if options.json {
                Console.json { AccountText.write(tests, to: &$0) }
            } else if tests.isEmpty {
                Console.write("There are no enabled accounts to test.")
            } else {
                Console.write(AccountText.table(tests).text)
            }
            guard tests.allSatisfy(\.result.ok) else { throw ExitCode(ExitStatus.failed.rawValue) }
        }
    }

    /// `keirouter accounts remove`.
    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Removes an account and its key.",
            aliases: ["delete"]
        )

        @OptionGroup var options: InstallationOptions

        @Argument(help: "The account: provider/label, label or id.")
        var account: String

        func run() async throws {
            let account = account
            let removed = try await options.open().withRouter { router -> AccountItem in
                let accounts = try await router.all(AdminMethods.routerV1.accounts)
                let found = try AccountText.one(account, among: accounts)
                _ = try await router.call(AdminMethods.routerV1.accounts.delete, DeleteRequest(id: found.id))
                return found
            }
            options.show(removed, "The account \(removed.provider)/\(removed.label) is removed.")
        }
    }
}

/// Tries accounts one after the other: a provider should not see a burst of them.
enum AccountTests {
    /// One account and what its provider said.
    struct Result: Sendable {
        var account: AccountItem
        var result: AccountTest
    }

    private static let time = Duration.seconds(30)

    static func run(_ accounts: [AccountItem], _ router: ServiceCaller) async throws -> [Result] {
        var results: [Result] = []
        for account in accounts {
            let method = AdminMethods.routerV1.testAccount
            let result = try await router.call(method, GetRequest(id: account.id), within: time)
            results.append(Result(account: account, result: result))
        }
        return results
    }
}
