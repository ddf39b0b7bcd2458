import ArgumentParser
import Bootstrap
import Contracts

/// What every command takes that works on an installation.
struct InstallationOptions: ParsableArguments {
    @Option(
        name: [.long, .customLong("config", withSingleDash: true)],
        help: ArgumentHelp("Configuration file (YAML); config.yaml in the data folder is read too.", valueName: "file")
    )
    var config: String?

    @Option(
        name: [.long, .customLong("data", withSingleDash: true)],
        help: ArgumentHelp("Data folder; KEIROUTER_DATA, else ~/.keirouter.", valueName: "folder")
    )
    var data: String?

    @Flag(name: .long, help: "Write one JSON document instead of text.")
    var json = false

    /// The installation these lead to.
    func open() throws -> Installation {
        var common = CommonOptions()
        common.config = config
        common.data = data
        common.listen = nil
        common.logLevel = nil
        return try Installation(common)
    }

    // MARK: Results

    /// Writes what a command came to: a document with `--json`, else the text.
    func show(_ value: some WireCodable, _ text: @autoclosure () -> String) {
        if json { Console.json(value) } else { Console.write(text()) }
    }

    /// Writes a list likewise; where there is nothing in it, people read a sentence instead of a table.
    func show<Item: AdminItem>(list items: [Item], none: String, _ table: ([Item]) -> Table) {
        if json { Console.json(list: items) } else { Console.write(items.isEmpty ? none : table(items).text) }
    }
}
