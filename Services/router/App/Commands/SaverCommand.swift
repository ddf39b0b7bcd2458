import ArgumentParser
import Bootstrap
import Contracts

/// `keirouter saver`.
struct SaverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "saver",
        abstract: "Shows what the savers save, and which are on.",
        subcommands: [Try.self, SaverReportCommand.self, SaverSettingsCommand.self]
    )

    /// `keirouter saver try`.
    struct Try: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows what the savers make of a tool's output: tokens before and after, and the rule.",
            discussion: """
                Nothing is sent to a provider. The savers know an output by its
                command, and mostly by its looks too.

                  git diff | keirouter saver try - --command "git diff"
                  keirouter saver try build.log --print
                """
        )

        private static let longestText = 16 << 20

        @OptionGroup var options: InstallationOptions

        @Argument(help: "The output's file; - for the standard input.")
        var file: String

        @Option(help: ArgumentHelp("The command that wrote it.", valueName: "command"))
        var command: String?

        @Option(help: ArgumentHelp("The tool that ran.", valueName: "name"))
        var tool: String?

        @Flag(help: "As the output of a tool that failed.")
        var failed = false

        @Option(help: ArgumentHelp("As sent with this key.", valueName: "name"))
        var key: String?

        @Option(help: ArgumentHelp("As sent to this model, by the provider's own name.", valueName: "name"))
        var model: String?

        @Flag(help: "Write the resulting text and nothing else.")
        var print = false

        func run() async throws {
            // What is no UTF-8 would have been replaced by the client too.
            let text = String(decoding: try InputFile.read(file, longest: Self.longestText), as: UTF8.self)
            let request = CompressRequest(
                requestID: "try",
                scope: RequestScope(tenant: "default", key: key, model: model),
                dialect: "openai",
                facts: RequestFacts(hasTools: true, structuredOutput: false, coding: true, holdout: false),
                segments: [
                    CompressSegment(
                        id: 0,
                        role: "tool",
                        kind: .toolResult,
                        toolName: tool,
                        command: command,
                        isError: failed,
                        text: text
                    )
                ],
                trial: true
            )
            let reply = try await options.open().with(ServiceTable.saver) { caller in
                try await caller.call(SaverMethods.compress, request)
            }
            let trial = SaverTrial(text: text, reply: reply)
            if options.json { return Console.json { trial.write(to: &$0) } }
            guard print else { return Console.write(trial.table()) }
            Console.write(bytes: Array(trial.result.utf8))
        }
    }
}
