package import Logging
package import Observability
import Secrets

/// The log of a program: lines on the standard error stream, redacted.
package enum ProgramLog {
    /// The level of all loggers of the process; it may be changed at any time.
    package static let level = LogLevelControl(.info)

    /// The handler behind every logger of the process.
    static func handler(label: String, format: LogFormat, sink: any LogSink) -> LineLogHandler {
        LineLogHandler(
            label: label,
            format: format,
            control: level,
            redact: { Redactor.shared.redact($0) },
            sink: sink,
            metadataProvider: .currentRequest
        )
    }

    private static let systemFormat = LogFormatBox()

    /// Makes loggers that libraries create by themselves write the same lines; once per process.
    private static let bootstrapped: Void = LoggingSystem.bootstrap { label in
        handler(label: label, format: systemFormat.format, sink: DescriptorSink.standardError)
    }

    /// Sets level and format of the process.
    static func configure(_ settings: LogSettings) {
        level.level = settings.level
        systemFormat.format = settings.format
        _ = bootstrapped
    }
}

/// A logger that writes as the configuration says.
///
/// - Parameters:
///   - label: The program's name.
///   - configuration: Level and format; both become those of the whole process.
///   - sink: Where lines go.
/// - Returns: A logger whose level follows ``ProgramLog/level``.
package func makeLogger(
    label: String,
    configuration: KeiRouterConfiguration,
    sink: any LogSink = DescriptorSink.standardError
) -> Logger {
    ProgramLog.configure(configuration.log)
    return Logger(label: label) { label in
        ProgramLog.handler(label: label, format: configuration.log.format, sink: sink)
    }
}
