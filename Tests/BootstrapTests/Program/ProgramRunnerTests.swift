import ArgumentParser
import Bootstrap
import Testing

private struct Root: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "kei", subcommands: [Act.self])

    struct Act: AsyncParsableCommand {
        @Argument var what: String
        @Option var count = 1

        func run() async throws {
            switch what {
            case "fine": return
            case "missing": throw ProgramFailure(.notRunning, "nothing runs;\nstart it with keirouter start")
            case "secret": throw ProgramFailure(.failed, "Bearer abcdefghijklmnopqrstuvwxyz0123456789 refused")
            case "code": throw ExitCode(3)
            default:
                _ = try KeiRouterConfiguration.load(ConfigurationSources(file: "/nowhere/c.yaml", data: "/nowhere"))
            }
        }
    }
}

@Suite("Command lines")
struct ProgramRunnerTests {
    private func outcome(_ arguments: String...) async -> ProgramRunner.Outcome {
        await ProgramRunner.outcome(of: Root.self, arguments: arguments)
    }

    @Test("a command that works says nothing and leaves with 0")
    func fine() async {
        let outcome = await outcome("act", "fine")
        #expect(outcome.status == 0 && outcome.output.isEmpty && outcome.complaint.isEmpty)
    }

    @Test("a failure is one line with its own exit code")
    func failures() async {
        let missing = await outcome("act", "missing")
        #expect(missing.status == 3)
        #expect(missing.complaint == "kei: nothing runs; start it with keirouter start")
        let wrong = await outcome("act", "configuration")
        #expect(wrong.status == 1)
        #expect(wrong.complaint == "kei: /nowhere/c.yaml: cannot be read: there is no such file")
        let code = await outcome("act", "code")
        #expect(code.status == 3 && code.complaint.isEmpty)
    }

    @Test("a complaint is redacted")
    func redaction() async {
        let complaint = await outcome("act", "secret").complaint
        #expect(complaint.contains("refused") && !complaint.contains("abcdefghijklmnopqrstuvwxyz"))
    }

    @Test(
        "wrong usage leaves with 2 and points to the help",
        arguments: [
            ["act"], ["act", "fine", "--count", "x"], ["act", "fine", "--conut", "1"], ["axt"],
        ]
    )
    func usage(arguments: [String]) async {
        let outcome = await ProgramRunner.outcome(of: Root.self, arguments: arguments)
        #expect(outcome.status == 2)
        #expect(outcome.complaint.hasPrefix("kei: ") && outcome.complaint.hasSuffix("; see kei --help"))
        #expect(!outcome.complaint.contains("\n"))
    }

    @Test("help goes to standard output and leaves with 0")
    func help() async {
        let outcome = await outcome("--help")
        #expect(outcome.status == 0 && outcome.complaint.isEmpty)
        #expect(outcome.output.contains("act"))
    }
}
