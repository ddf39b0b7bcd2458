package import Logging
package import Observability

/// The response cache, as the default of plans.
///
/// ## Configuration keys:
/// - `cache.exact` (on/off, off): answer a repeated request from the cache.
/// - `cache.semantic` (on/off, off): answer a similar request from the cache.
/// - `cache.ttl` (duration, 1h): how long an answer is kept.
/// - `cache.threshold` (number, 0.95): similarity above which requests are taken for the same, 0 to 1.
/// - `cache.embedder` (provider/model, none): what measures similarity.
/// - `cache.share` (key or project, key): who shares answers.
package struct CacheSettings: Hashable, Sendable {
    package enum Share: String, CaseIterable, Hashable, Sendable {
        case key
        case project
    }

    package var exact = false
    package var semantic = false
    package var ttl = Duration.seconds(3600)
    package var threshold = 0.95
    package var embedder = ""
    package var share = Share.key

    init(_ section: SettingsSection) throws(ConfigurationError) {
        exact = try section.boolean("exact", default: exact)
        semantic = try section.boolean("semantic", default: semantic)
        ttl = try section.duration("ttl", default: ttl, in: .seconds(1) ... .seconds(86_400 * 366))
        threshold = try section.double("threshold", default: threshold, in: 0...1)
        embedder = try section.text("embedder", default: embedder, expected: "provider/model") { text in
            let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            return text.isEmpty || parts.count == 2 && parts.allSatisfy { !$0.isEmpty }
        }
        share = try section.choice("share", default: share)
        if semantic, embedder.isEmpty { throw section.error("semantic", "needs cache.embedder") }
    }
}

/// Guardrails that are not part of a policy.
///
/// ## Configuration keys:
/// - `guardrails.audit_retention_days` (number, 30): days a decision is kept; 0 keeps it for ever.
/// - `guardrails.window` (number, 256): characters of a stream held back while it is scanned, 16 to 65536.
/// - `guardrails.offline` (yes or no, no): leaves every engine outside alone, whatever policies say; native detectors do the work.
/// - `guardrails.presidio.url` (URL, none): the Presidio analyzer that policies with `engine: presidio` ask.
/// - `guardrails.presidio.timeout` (duration, 1s): how long it may take for the texts of a request, 10 ms to 1.5 s.
/// - `guardrails.presidio.language` (text, en): the language that is asked for, as the analyzer has it configured.
/// - `guardrails.moderation.url` (URL, none): the moderation endpoint that policies with `toxicity: { engine: openai }` ask, as
///   `https://api.openai.com/v1`.
/// - `guardrails.moderation.api_key` (text, none): sent as a bearer. `guardrails.moderation.model` (text, omni-moderation-latest).
/// - `guardrails.moderation.timeout` (duration, 1s): how long it may take for the texts of a request, 10 ms to 1.5 s.
package struct GuardrailSettings: Hashable, Sendable {
    package var auditRetentionDays = 30
    package var window = 256
    package var offline = false
    package var presidioURL = ""
    package var presidioTimeout = Duration.seconds(1)
    package var presidioLanguage = "en"
    package var moderationURL = ""
    package var moderationKey = ""
    package var moderationModel = "omni-moderation-latest"
    package var moderationTimeout = Duration.seconds(1)

    init(_ section: SettingsSection) throws(ConfigurationError) {
        auditRetentionDays = try section.integer("audit_retention_days", default: auditRetentionDays, in: 0...36_500)
        window = try section.integer("window", default: window, in: 16...65_536)
        offline = try section.boolean("offline", default: offline)
        let presidio = try section.section("presidio")
        presidioURL = try presidio.text("url", default: presidioURL, expected: "a URL such as http://presidio:3000") {
            $0.isEmpty || WebAddress.isURL($0, schemes: ["http", "https"])
        }
        // Below the time that the router gives a guard.
        presidioTimeout = try presidio.duration(
            "timeout",
            default: presidioTimeout,
            in: .milliseconds(10) ... .milliseconds(1500)
        )
        presidioLanguage = try presidio.text("language", default: presidioLanguage, expected: "a code such as en") {
            (2...16).contains($0.utf8.count)
        }
        try readModeration(section.section("moderation"))
    }

    private mutating func readModeration(_ section: SettingsSection) throws(ConfigurationError) {
        moderationURL = try section.text(
            "url",
            default: moderationURL,
            expected: "a URL such as https://api.openai.com/v1"
        ) {
            $0.isEmpty || WebAddress.isURL($0, schemes: ["http", "https"])
        }
        moderationKey = try section.text("api_key", default: moderationKey)
        moderationModel = try section.text("model", default: moderationModel, expected: "a model's name") {
            (1...128).contains($0.utf8.count)
        }
        moderationTimeout = try section.duration(
            "timeout",
            default: moderationTimeout,
            in: .milliseconds(10) ... .milliseconds(1500)
        )
    }
}

/// The ledger.
///
/// ## Configuration keys:
/// - `usage.retention_days` (number, 400): days a ledger row is kept; 0 keeps it for ever.
package struct UsageSettings: Hashable, Sendable {
    package var retentionDays = 400

    init(_ section: SettingsSection) throws(ConfigurationError) {
        retentionDays = try section.integer("retention_days", default: retentionDays, in: 0...36_500)
    }
}

/// The log.
///
/// ## Configuration keys:
/// - `log.level` (trace, debug, info, notice, warning, error or critical; info).
/// - `log.format` (text or json, text).
package struct LogSettings: Hashable, Sendable {
    package var level = Logger.Level.info
    package var format = LogFormat.text

    init(_ section: SettingsSection) throws(ConfigurationError) {
        level = try section.choice("level", default: level)
        format = try section.choice("format", default: format)
    }
}

/// Telemetry that leaves this machine.
///
/// ## Configuration keys:
/// - `telemetry.otlp_endpoint` (URL, none): where traces and metrics go.
/// - `telemetry.capture_content` (on/off, off): put prompts and answers into spans.
package struct TelemetrySettings: Hashable, Sendable {
    package var otlpEndpoint = ""
    package var captureContent = false

    init(_ section: SettingsSection) throws(ConfigurationError) {
        otlpEndpoint = try section.text(
            "otlp_endpoint",
            default: otlpEndpoint,
            expected: "a URL such as http://otel:4318"
        ) {
            $0.isEmpty || WebAddress.isURL($0, schemes: ["http", "https"])
        }
        captureContent = try section.boolean("capture_content", default: captureContent)
    }
}
