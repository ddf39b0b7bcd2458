package import ArgumentParser
import Bootstrap
import SaverServer

/// `keirouter-saver`: smaller requests and shorter answers.
package struct SaverCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "keirouter-saver",
        abstract: "Makes tool results smaller and asks for shorter answers, the same bytes for the same text.",
        version: Version.line(program: "keirouter-saver")
    )

    @OptionGroup var options: CommonOptions

    @Flag(help: "Look for damage in the database and end; nothing else may have it open.")
    var check = false

    package init() {}

    package func run() async throws {
        try await check ? SaverProgram.findDamage(options) : SaverProgram.run(options)
    }
}
