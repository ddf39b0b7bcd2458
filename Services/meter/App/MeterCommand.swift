package import ArgumentParser
import Bootstrap
import MeterServer

/// `keirouter-meter`: keys, plans, budgets, limits, prices and the ledger.
package struct MeterCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "keirouter-meter",
        abstract: "Admits requests, keeps keys, plans, budgets and prices, and holds the ledger.",
        version: Version.line(program: "keirouter-meter")
    )

    @OptionGroup var options: CommonOptions

    @Flag(help: "Look for damage in the database and end; nothing else may have it open.")
    var check = false

    package init() {}

    package func run() async throws {
        try await check ? MeterProgram.findDamage(options) : MeterProgram.run(options)
    }
}
