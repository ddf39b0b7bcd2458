package import ArgumentParser
import Bootstrap
import GuardServer

/// `keirouter-guard`: what may be in the texts that go out and come back.
package struct GuardCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "keirouter-guard",
        abstract: "Inspects what goes to providers and what comes back, by the policies of each scope.",
        version: Version.line(program: "keirouter-guard")
    )

    @OptionGroup var options: CommonOptions

    @Flag(help: "Look for damage in the database and end; nothing else may have it open.")
    var check = false

    package init() {}

    package func run() async throws {
        try await check ? GuardProgram.findDamage(options) : GuardProgram.run(options)
    }
}
