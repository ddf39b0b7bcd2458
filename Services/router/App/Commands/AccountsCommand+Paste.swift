import ArgumentParser
import Bootstrap
import Contracts

extension AccountsCommand {
    /// `keirouter accounts paste`.
    struct Paste: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Adds many accounts at once, from lines of a label and a key.",
            discussion: """
                  keirouter accounts paste openai keys.txt
                  pass show all-keys | keirouter accounts paste openai

                A line that is refused does not keep the others out. Exit code 1 when
                one was.
                """
        )

        /// As much as the router takes.
        private static let longest = 1 << 20
        private static let time = Duration.seconds(120)

        @OptionGroup var options: InstallationOptions

        @Argument(help: "The provider's id.")
        var provider: String

        @Argument(help: "The file; - or none for the standard input.")
        var file: String?

        @Option(help: ArgumentHelp("Accounts with a lower number go first.", valueName: "number"))
        var priority = 100

        func run() async throws {
            let bytes = try InputFile.read(file ?? "-", longest: Self.longest)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw ProgramFailure(.failed, "the lines are not text in UTF-8")
            }
            let request = PutAccountsRequest(provider: provider, text: text, priority: priority)
            let reply = try await options.open().withRouter { router in
                try await router.call(AdminMethods.routerV1.putAccounts, request, within: Self.time)
            }
            if options.json {
                Console.json(reply)
            } else {
                var table = Table([.init("line", .right), .init("label"), .init("result")])
                for result in reply.results {
                    table.add([String(result.line), result.label, result.id.map { "added, \($0)" } ?? result.problem])
                }
                Console.write(table.text)
            }
            guard reply.results.allSatisfy({ $0.id != nil }) else { throw ExitCode(ExitStatus.failed.rawValue) }
        }
    }
}
