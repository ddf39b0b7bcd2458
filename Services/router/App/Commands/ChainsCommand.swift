import ArgumentParser
import Bootstrap
import Contracts

/// `keirouter chains`.
struct ChainsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chains",
        abstract: "Lists, makes, changes and deletes chains: several targets under one name.",
        subcommands: [List.self, Put.self, Delete.self],
        defaultSubcommand: List.self
    )

    /// `keirouter chains list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists chains.")

        @OptionGroup var options: InstallationOptions

        func run() async throws {
            let chains = try await options.open().withRouter { try await $0.all(AdminMethods.routerV1.chains) }
            options.show(
                list: chains,
                none: "There are no chains; make one with keirouter chains put NAME STEP STEP.",
                ChainText.table
            )
        }
    }

    /// `keirouter chains put`.
    struct Put: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a chain, or replaces its steps.",
            discussion: """
                Clients use its name as the model; a step that fails before it has
                answered gives way to the next.

                  keirouter chains put coding openai/gpt-4o deepseek/deepseek-chat
                """,
            aliases: ["create"]
        )

        @OptionGroup var options: InstallationOptions

        @Argument(help: "The chain's name.")
        var name: String

        @Argument(help: "Its targets in order: provider/model.")
        var steps: [String]

        @Option(
            help: ArgumentHelp(
                "priority, round_robin, weighted, cost, latency or least_busy; without it as it was.",
                valueName: "strategy"
            )
        )
        var strategy: String?

        @Option(
            help: ArgumentHelp(
                "The share of each step of a weighted chain, as 3,1; without it equal ones.",
                valueName: "weights"
            )
        )
        var weights: String?

        @Flag(
            inversion: .prefixedNo,
            help: "Ask a second target when the first one takes longer than it usually does; without it as it was."
        )
        var hedge: Bool?

        func validate() throws {
            guard let weights, shares == nil else { return }
            throw ValidationError("\"\(weights)\" is no list of whole numbers such as 3,1")
        }

        /// The numbers of ``weights``; `nil` when one is none.
        private var shares: [Int]? {
            let parts = (weights ?? "").split(separator: ",", omittingEmptySubsequences: weights?.isEmpty ?? true)
            let numbers = parts.compactMap { Int($0.trimmingPrefix(" ")) }
            return numbers.count == parts.count ? numbers : nil
        }

        func run() async throws {
            let (name, steps, strategy, shares) = (name, steps, strategy, shares ?? [])
            let hedge = hedge
            let chain = try await options.open().withRouter { router in
                let chains = AdminMethods.routerV1.chains
                let old = try await router.all(chains).first { $0.id == name }
                var item = old ?? ChainItem(id: name)
                item.steps = steps
                item.weights = shares
                if let strategy { item.strategy = strategy }
                if let hedge { item.hedge = hedge }
                return try await router.call(chains.put, PutRequest(item: item, etag: old?.etag))
            }
            options.show(chain, ChainText.table([chain]).text)
        }
    }

    /// `keirouter chains delete`.
    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Deletes a chain.")

        @OptionGroup var options: InstallationOptions

        @Argument(help: "The chain's name.")
        var name: String

        func run() async throws {
            let chain = try await options.open().withRouter { service in
                try await service.delete(AdminMethods.routerV1.chains, "chain", name) { $0.id == name }
            }
            options.show(chain, "The chain \(chain.id) is deleted.")
        }
    }
}

/// Chains as people read them.
enum ChainText {
    static func table(_ chains: [ChainItem]) -> Table {
        var table = Table([.init("name"), .init("strategy"), .init("steps")])
        for chain in chains {
            let name = chain.declared ? "\(chain.id) (declared)" : chain.id
            let steps = chain.steps.enumerated().map { place, step in
                chain.weights.indices.contains(place) ? "\(step) (\(chain.weights[place]))" : step
            }
            table.add([
                name, chain.strategy + (chain.hedge ? ", hedged" : ""),
                steps.joined(separator: chain.strategy == "priority" ? " → " : ", "),
            ])
        }
        return table
    }
}
