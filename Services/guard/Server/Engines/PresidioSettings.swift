package import Bootstrap
import GuardCore

/// Where a Presidio analyzer answers and how long it may take.
package struct PresidioSettings: Sendable {
    let address: EngineAddress
    /// The language that is asked for.
    let language: String

    /// Reads the analyzer's address.
    ///
    /// - Parameters:
    ///   - url: `http://presidio:3000`, with or without a path in front of `/analyze`.
    ///   - timeout: How long a request's texts may take.
    ///   - language: As the analyzer has it configured.
    /// - Throws: ``ConfigurationError`` for what is no address.
    package init(url: String, timeout: Duration, language: String) throws(ConfigurationError) {
        address = try EngineAddress(
            PlanBuilder.presidio,
            url: url,
            method: "/analyze",
            setting: PresidioEngine.setting,
            timeout: timeout
        )
        self.language = language
    }
}
