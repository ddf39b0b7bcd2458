package import Logging

/// How a log line looks.
package enum LogFormat: String, CaseIterable, Sendable {
    /// `2026-01-31T23:59:59.123Z info keirouter: message key=value`
    case text
    /// One JSON object per line.
    case json
}

/// Writes log events as single lines, one write each.
///
/// Every piece of text passes through the redaction before it is cut and escaped, so that neither a cut nor an escape
/// can hide a secret from it. Control characters never reach the sink: nothing that is logged can forge a line or
/// steer a terminal. The level is that of the shared ``LogLevelControl`` unless this very logger was given its own.
package struct LineLogHandler: LogHandler {
    /// Bytes of a message or of one value beyond which it is cut.
    package static let longestValue = 8 << 10

    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let format: LogFormat
    private let control: LogLevelControl
    private var ownLevel: Logger.Level?
    private let redact: @Sendable (String) -> String
    private let sink: any LogSink
    private let clock: @Sendable () -> Int64

    /// Makes a handler whose level can be changed through `control`.
    ///
    /// - Parameters:
    ///   - label: The logger's name, written on every line.
    ///   - format: Text or JSON.
    ///   - control: The level, shared with other handlers.
    ///   - redact: Takes secrets out of a text; called for the message and for each `key=value`.
    ///   - sink: Where lines go.
    ///   - metadataProvider: Adds what the task at hand knows, see ``CurrentRequest``.
    ///   - clock: Microseconds since 1970.
    package init(
        label: String,
        format: LogFormat,
        control: LogLevelControl,
        redact: @escaping @Sendable (String) -> String,
        sink: any LogSink = DescriptorSink.standardError,
        metadataProvider: Logger.MetadataProvider? = nil,
        clock: @escaping @Sendable () -> Int64 = WallClock.now
    ) {
        self.label = label
        self.format = format
        self.control = control
        self.redact = redact
        self.sink = sink
        self.metadataProvider = metadataProvider
        self.clock = clock
    }

    /// Makes a handler with a level of its own.
    package init(
        label: String,
        format: LogFormat,
        level: Logger.Level,
        redact: @escaping @Sendable (String) -> String,
        sink: any LogSink = DescriptorSink.standardError
    ) {
        self.init(label: label, format: format, control: LogLevelControl(level), redact: redact, sink: sink)
    }

    package var logLevel: Logger.Level {
        get { ownLevel ?? control.level }
        set { ownLevel = newValue }
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var merged = metadata
        if let provided = metadataProvider?.get() { merged.merge(provided) { _, provided in provided } }
        if let given = event.metadata { merged.merge(given) { _, given in given } }
        if let error = event.error { merged["error"] = .string(String(describing: error)) }
        var line = LogLine(format: format, longestValue: Self.longestValue)
        line.begin(time: clock(), level: event.level.rawValue, label: label, message: redact(event.message.description))
        for (key, value) in merged.sorted(by: { $0.key < $1.key }) {
            let (key, value) = redacted(key, value.description)
            line.field(key, value)
        }
        sink.write(line.end())
    }

    /// Redaction sees key and value together, for some secrets are known only by their name.
    private func redacted(_ key: String, _ value: String) -> (String, String) {
        let clean = redact("\(key)=\(value)")
        let name = "\(key)=".utf8
        guard clean.utf8.starts(with: name) else { return (redact(key), clean) }
        return (key, String(Substring(clean.utf8.dropFirst(name.count))))
    }
}
