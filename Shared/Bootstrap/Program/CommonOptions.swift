package import ArgumentParser
import Secrets

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The options every program takes; each is accepted with one dash too, as the original did.
package struct CommonOptions: ParsableArguments {
    @Option(
        name: [.long, .customLong("config", withSingleDash: true)],
        help: ArgumentHelp("Configuration file (YAML); config.yaml in the data folder is read too.", valueName: "file")
    )
    package var config: String?

    @Option(
        name: [.long, .customLong("data", withSingleDash: true)],
        help: ArgumentHelp("Data folder; KEIROUTER_DATA, else ~/.keirouter.", valueName: "folder")
    )
    package var data: String?

    @Option(
        name: [.long, .customLong("listen", withSingleDash: true)],
        help: ArgumentHelp("Where to listen: unix:///path.sock or host:port.", valueName: "address")
    )
    package var listen: String?

    @Option(
        name: [.long, .customLong("log-level", withSingleDash: true)],
        help: ArgumentHelp("trace, debug, info, notice, warning, error or critical.", valueName: "level")
    )
    package var logLevel: String?

    package init() {}

    /// Reads the options from words, for programs that have no others.
    package static func read(_ arguments: [String]) throws -> CommonOptions {
        try parse(arguments)
    }

    /// The configuration these options and the environment of the process lead to.
    ///
    /// The master key, if there is one, is made known to the log's redaction.
    ///
    /// - Parameters:
    ///   - flags: Further settings given as flags, by dotted name.
    ///   - declares: The parts of `declare:` this program applies.
    ///   - environment: The variables, those of the process if not given.
    /// - Returns: The checked configuration.
    /// - Throws: ``ConfigurationError`` for the first thing that is wrong.
    package func loadConfiguration(
        flags: [String: String] = [:],
        declares: [String] = ConfigurationSources.declarations,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(ConfigurationError) -> KeiRouterConfiguration {
        var flags = flags
        if let logLevel { flags["log.level"] = logLevel }
        let configuration = try KeiRouterConfiguration.load(
            ConfigurationSources(file: config, data: data, flags: flags, environment: environment, declares: declares)
        )
        if let masterKey = configuration.masterKey { _ = Redactor.shared.add(secret: masterKey) }
        return configuration
    }
}
