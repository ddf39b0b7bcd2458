package import Bootstrap
package import HTTP

/// Where a Presidio analyzer answers and how long it may take.
package struct PresidioSettings: Sendable {
    /// The analyzer's origin; its address may be private, for the configuration file names it.
    package var origin: UpstreamOrigin
    /// The path of `analyze` there.
    package var path: String
    /// For a whole request, with all its texts.
    package var timeout: Duration
    /// The language that is asked for.
    package var language: String

    /// Reads the analyzer's address.
    ///
    /// - Parameters:
    ///   - url: `http://presidio:3000`, with or without a path in front of `/analyze`.
    ///   - timeout: How long a request's texts may take.
    ///   - language: As the analyzer has it configured.
    /// - Throws: ``ConfigurationError`` for what is no address.
    package init(url: String, timeout: Duration, language: String) throws(ConfigurationError) {
        guard let origin = UpstreamOrigin(url: url), let parts = try? URLParts(url), !parts.path.contains("?") else {
            throw ConfigurationError(
                key: "guardrails.presidio.url",
                problem: "expected http://host:port without user or query"
            )
        }
        self.origin = origin
        var base = parts.path
        while base.hasSuffix("/") { base.removeLast() }
        path = base + "/analyze"
        self.timeout = timeout
        self.language = language
    }
}
