import ArgumentParser
import Bootstrap
import Contracts

/// `keirouter providers`.
struct ProvidersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "providers",
        abstract: "Lists providers, and makes, changes and deletes your own.",
        subcommands: [List.self, Models.self, Put.self, Delete.self],
        defaultSubcommand: List.self
    )

    /// `keirouter providers list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists providers: what they speak, how well that is known, what their accounts need beside a key."
        )

        @OptionGroup var options: InstallationOptions

        @Argument(help: "Only providers whose id or name holds this text.")
        var text: String?

        func run() async throws {
            let filter = text.map { ["q": $0] } ?? [:]
            let providers = try await options.open().withRouter { router in
                try await router.all(AdminMethods.routerV1.providers, filter: filter)
            }
            options.show(list: providers, none: "No provider fits; ask for less.", ProviderText.table)
        }
    }

    /// `keirouter providers models`.
    struct Models: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Asks a provider which models it has; its answer counts for an hour.",
            discussion: "With an account's key, where it wants one. Clients are then offered these models too."
        )

        /// Longer than the router waits for the provider.
        private static let time = Duration.seconds(30)

        @OptionGroup var options: InstallationOptions

        @Argument(help: "The provider's id.")
        var provider: String

        @Flag(help: "Ask although the last answer is younger than an hour.")
        var refresh = false

        func run() async throws {
            let request = RefreshModelsRequest(provider: provider, force: refresh)
            let reply = try await options.open().withRouter { router in
                try await router.call(AdminMethods.routerV1.refreshModels, request, within: Self.time)
            }
            options.show(reply, reply.models.map { "\(reply.provider)/\($0)" }.joined(separator: "\n"))
        }
    }

    /// `keirouter providers put`.
    struct Put: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a provider of your own, or changes where one is.",
            discussion: """
                  keirouter providers put acme https://llm.acme.example/v1
                  keirouter providers put spare http://10.0.0.7:11434 --dialect ollama --allow-private
                  keirouter providers put tenants 'https://llm.example/{tenant}/v1'

                What stands in braces is set by each account: accounts add --setting.
                """,
            aliases: ["create"]
        )

        @OptionGroup var options: InstallationOptions

        @Argument(help: "Its id, the first part of provider/model.")
        var id: String

        @Argument(help: "Its address, up to and with the version segment.")
        var baseURL: String

        @Option(help: ArgumentHelp("What it speaks: openai, anthropic, gemini, ollama and so on.", valueName: "wire"))
        var dialect = "openai"

        @Option(help: ArgumentHelp("Its name for people.", valueName: "text"))
        var name: String?

        @Option(help: ArgumentHelp("How it is addressed where that is not its wire's way: azure or vertex."))
        var connector: String?

        @Option(
            help: ArgumentHelp(
                "The proxy of its accounts that have none; without it as it was, \"\" for none.",
                valueName: "name"
            )
        )
        var proxy: String?

        @Flag(help: "A private or loopback address is meant.")
        var allowPrivate = false

        func run() async throws {
            let (id, baseURL, dialect, name) = (id, baseURL, dialect, name)
            let (connector, allowPrivate, proxy) = (connector, allowPrivate, proxy)
            let provider = try await options.open().withRouter { router in
                let providers = AdminMethods.routerV1.providers
                let old = try await router.all(providers, filter: ["q": id]).first { $0.id == id }
                let item = ProviderItem(
                    id: id,
                    name: name ?? old?.name ?? id,
                    dialect: dialect,
                    baseURL: baseURL,
                    headers: old?.headers ?? [:],
                    allowPrivate: allowPrivate,
                    connector: connector ?? "",
                    proxy: proxy
                )
                return try await router.call(providers.put, PutRequest(item: item, etag: old?.etag))
            }
            options.show(provider, ProviderText.table([provider]).text)
        }
    }

    /// `keirouter providers delete`.
    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Deletes a provider of your own that has no accounts."
        )

        @OptionGroup var options: InstallationOptions

        @Argument(help: "The provider's id.")
        var id: String

        func run() async throws {
            let id = id
            let provider = try await options.open().withRouter { router -> ProviderItem in
                let providers = AdminMethods.routerV1.providers
                let found = try await router.call(providers.get, GetRequest(id: id))
                _ = try await router.call(providers.delete, DeleteRequest(id: id))
                return found
            }
            options.show(provider, "The provider \(provider.id) is deleted.")
        }
    }
}

/// Providers as people read them.
enum ProviderText {
    static func table(_ providers: [ProviderItem]) -> Table {
        var table = Table([
            .init("provider"), .init("name"), .init("wire"), .init("known"), .init("settings"), .init("address"),
        ])
        for provider in providers {
            let own = provider.declared ? "\(provider.id) (declared)" : provider.id
            table.add([
                own, provider.name, provider.connector.isEmpty ? provider.dialect : provider.connector,
                provider.evidence, provider.settings.joined(separator: ", "), provider.baseURL,
            ])
        }
        return table
    }
}
