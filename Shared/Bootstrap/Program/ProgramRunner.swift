package import ArgumentParser
import Observability
import Secrets

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Runs a command line: parses, runs, and turns whatever happens into one line and an exit code.
package enum ProgramRunner {
    /// What a command line led to.
    package struct Outcome: Hashable, Sendable {
        package var status: Int32
        /// For standard output: help and the like.
        package var output = ""
        /// For the standard error stream: one line.
        package var complaint = ""
    }

    /// Runs the command of the process's arguments and ends the process.
    package static func run<Root: AsyncParsableCommand>(_ root: Root.Type) async -> Never {
        let outcome = await outcome(of: root, arguments: Array(CommandLine.arguments.dropFirst()))
        if !outcome.output.isEmpty { print(outcome.output) }
        if !outcome.complaint.isEmpty { DescriptorSink.standardError.write(Array("\(outcome.complaint)\n".utf8)) }
        exit(outcome.status)
    }

    /// The same without ending the process.
    package static func outcome<Root: AsyncParsableCommand>(
        of root: Root.Type,
        arguments: [String]
    ) async -> Outcome {
        do {
            var command = try await root.asyncParseAsRoot(modern(arguments))
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return Outcome(status: ExitStatus.fine.rawValue)
        } catch {
            return outcome(of: error, root)
        }
    }

    /// The original's flags that stood for commands: `-bootstrap`, `-version`, `-healthcheck`.
    package static func modern(_ arguments: [String]) -> [String] {
        let commands = ["-bootstrap": "bootstrap", "-version": "version", "-healthcheck": "status"]
        // It parsed flags in any order, so the command may stand behind the options.
        guard let index = arguments.firstIndex(where: { commands[$0] != nil }), let command = commands[arguments[index]]
        else { return arguments }
        var rest = arguments
        rest.remove(at: index)
        return [command] + rest
    }

    private static func outcome<Root: AsyncParsableCommand>(of error: any Error, _ root: Root.Type) -> Outcome {
        let program = root.configuration.commandName ?? root._commandName
        switch error {
        case let code as ExitCode: return Outcome(status: code.rawValue)
        case let failure as ProgramFailure:
            return complaint(program, failure.description, failure.status)
        case is ConfigurationError, is DataFolderError: return complaint(program, "\(error)", .failed)
        default: break
        }
        let code = root.exitCode(for: error)
        if code == .success { return Outcome(status: 0, output: root.fullMessage(for: error)) }
        guard code == .validationFailure else { return complaint(program, "\(error)", .failed) }
        return complaint(program, "\(root.message(for: error)); see \(program) --help", .usage)
    }

    private static func complaint(_ program: String, _ text: String, _ status: ExitStatus) -> Outcome {
        let line = Redactor.shared.redact(text).split(whereSeparator: \.isNewline).joined(separator: " ")
        return Outcome(status: status.rawValue, complaint: "\(program): \(line)")
    }
}
