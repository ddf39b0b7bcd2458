package import ArgumentParser
import Bootstrap
import PortalServer

/// `keirouter-portal`: the dashboard, its JSON API and the teammates' portal.
package struct PortalCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "keirouter-portal",
        abstract: "Serves the dashboard, the admin API and the teammates' portal, behind the router.",
        version: Version.line(program: "keirouter-portal")
    )

    @OptionGroup var options: CommonOptions

    @Flag(help: "Forget the operator's password and sessions and end; the next start shows a claim code.")
    var resetPassword = false

    package init() {}

    package func run() async throws {
        try await resetPassword ? PortalProgram.resetPassword(options) : PortalProgram.run(options)
    }
}
