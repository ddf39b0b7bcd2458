import ArgumentParser
import Bootstrap
import Contracts

/// `keirouter plans`.
struct PlansCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plans",
        abstract: "Makes, changes, lists and deletes plans: the limits of keys.",
        subcommands: [Create.self, List.self, Delete.self],
        defaultSubcommand: List.self
    )

    /// `keirouter plans create`, `keirouter plans put`.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a plan, or changes the options given here of one that is there.",
            discussion: """
                  keirouter plans create team --limit-usd 25 --rpm 60 --allow 'claude-*'
                  keirouter plans put team --limit-usd 40
                """,
            aliases: ["put"]
        )

        @OptionGroup var options: InstallationOptions

        @Argument(help: "The plan's name.")
        var name: String

        @OptionGroup var terms: PlanOptions

        func run() async throws {
            let (name, terms) = (name, terms)
            let plan = try await options.open().withMeter { meter in
                let plans = AdminMethods.meterV1.plans
                let old = try await meter.all(plans).first { $0.name == name }
                let item = try terms.applied(to: old ?? PlanItem(name: name))
                return try await meter.call(plans.put, PutRequest(item: item, etag: old?.etag))
            }
            options.show(plan, PlanText.table([plan]).text)
        }
    }

    /// `keirouter plans list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists plans.")

        @OptionGroup var options: InstallationOptions

        func run() async throws {
            let plans = try await options.open().withMeter { try await $0.all(AdminMethods.meterV1.plans) }
            options.show(
                list: plans,
                none: "There are no plans; make one with keirouter plans create NAME.",
                PlanText.table
            )
        }
    }

    /// `keirouter plans delete`.
    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Deletes a plan that no key is on.")

        @OptionGroup var options: InstallationOptions

        @Argument(help: "The plan's name.")
        var name: String

        func run() async throws {
            let plan = try await options.open().withMeter { service in
                try await service.delete(AdminMethods.meterV1.plans, "plan", name) { $0.name == name }
            }
            options.show(plan, "The plan \(plan.name) is deleted.")
        }
    }
}
