import ArgumentParser
import Bootstrap
import Contracts

/// `keirouter guard`.
struct GuardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "guard",
        abstract: "Shows what the guardrails find and decide; moves policies.",
        subcommands: [Try.self, Effective.self, Export.self, Import.self, Decisions.self]
    )

    /// `keirouter guard try`.
    struct Try: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows what the guardrails find in a text and do about it.",
            discussion: """
                Nothing is sent to a provider and nothing is recorded. Without a policy
                it shows what the detectors see.

                  keirouter guard try letter.txt
                  git diff | keirouter guard try - --tool Bash
                  keirouter guard try letter.txt --print > masked.txt
                """
        )

        private static let longestText = 16 << 20

        @OptionGroup var options: InstallationOptions

        @Argument(help: "The text's file, in UTF-8; - for the standard input.")
        var file: String

        @Flag(help: "As what a provider answers, not what it is sent.")
        var outbound = false

        @Option(help: ArgumentHelp("As what this tool returned.", valueName: "name"))
        var tool: String?

        @OptionGroup var target: GuardScopeOptions

        @Flag(help: "Write the resulting text and nothing else.")
        var print = false

        func run() async throws {
            let bytes = try InputFile.read(file, longest: Self.longestText)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw ProgramFailure(.failed, "\(file) is no text in UTF-8, so it has no offsets to show")
            }
            let request = InspectRequest(
                requestID: "try",
                direction: outbound ? .outbound : .inbound,
                scope: target.scope,
                segments: [segment(text)],
                trial: true
            )
            let installation = try options.open()
            let trial = try await installation.with(ServiceTable.guard) { caller in
                let reply = try await caller.call(GuardMethods.inspect, request)
                // A guard of somebody else's has no administration.
                let policies = try? await caller.all(AdminMethods.guardV1.policies).count
                return GuardTrial(text: text, reply: reply, policies: policies)
            }
            try show(trial, installation)
        }

        private func segment(_ text: String) -> InspectSegment {
            let kind: SegmentKind = tool == nil ? .text : .toolResult
            let role = outbound ? "assistant" : tool == nil ? "user" : "tool"
            return InspectSegment(
                id: 0,
                role: role,
                kind: kind,
                toolName: tool,
                lastUser: !outbound && tool == nil,
                text: text
            )
        }

        private func show(_ trial: GuardTrial, _ installation: Installation) throws {
            if options.json { return Console.json { trial.write(to: &$0) } }
            guard print else {
                Console.write(trial.table())
                return Console.write("\n" + trial.verdict(installation.invocation))
            }
            guard !trial.isBlocked else {
                throw ProgramFailure(.failed, "the text is blocked, so nothing would be sent: \(trial.reason)")
            }
            do throws(EditedText.Problem) {
                Console.write(bytes: try trial.edited())
            } catch {
                throw ProgramFailure(.failed, "the guard answers edits that cannot be made: \(error)")
            }
        }
    }
}
