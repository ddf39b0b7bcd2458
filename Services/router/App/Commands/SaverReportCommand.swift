import ArgumentParser
import Contracts

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// `keirouter saver report`.
struct SaverReportCommand: AsyncParsableCommand {
    private static let dayUS = 86_400_000_000

    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Shows what the savers saved: tokens and dollars by rule, and what instructions are worth.",
        discussion: """
            Dollars are those of the models that answered, by the price of what was
            saved: input, or reading and writing the provider's cache. What
            instructions save is told against the conversations that go without
            (holdout), with a range of 95 %.
            """
    )

    @OptionGroup var options: InstallationOptions

    @Option(
        help: ArgumentHelp("How far back, 1 to 400; instructions are measured over all that is kept.", valueName: "n")
    )
    var days = 30

    @Option(help: ArgumentHelp("One key alone, by name or id.", valueName: "key"))
    var key: String?

    func validate() throws {
        guard (1...400).contains(days) else { throw ValidationError("--days takes 1 to 400") }
    }

    func run() async throws {
        let since = Int(time(nil)) * 1_000_000 - days * Self.dayUS
        let (days, key) = (days, key)
        let report = try await options.open().withMeter { meter in
            let admin = AdminMethods.meterV1
            var filter = ["since_us": String(since)]
            if let key {
                let keys = try await meter.all(admin.keys).filter { $0.id == key || $0.name == key }
                filter["key"] = try Selection.one("key", key, among: keys, name: \.name).id
            }
            let savings = try await meter.call(admin.savings.list, ListRequest(pageSize: 500, filter: filter))
            let trials = try await meter.call(admin.trials.list, ListRequest(pageSize: 500))
            return SaverReport(savings: savings.items, trials: trials.items, days: days)
        }
        guard !options.json else { return Console.json { report.write(to: &$0) } }
        Console.write(report.text())
    }
}
