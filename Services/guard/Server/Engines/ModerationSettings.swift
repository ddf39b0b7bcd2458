package import Bootstrap
import GuardCore
import NIOHTTP1

/// Where a moderation endpoint of OpenAI's kind answers.
package struct ModerationSettings: Sendable {
    let address: EngineAddress
    /// The model that is asked.
    let model: String

    /// Reads the endpoint's address.
    ///
    /// - Parameters:
    ///   - url: `https://api.openai.com/v1`, what stands in front of `/moderations`.
    ///   - apiKey: Sent as a bearer; empty for an endpoint that asks for none.
    ///   - model: The model that is asked.
    ///   - timeout: How long a request's texts may take.
    /// - Throws: ``ConfigurationError`` for what is no address.
    package init(url: String, apiKey: String, model: String, timeout: Duration) throws(ConfigurationError) {
        var address = try EngineAddress(
            PlanBuilder.openAI,
            url: url,
            method: "/moderations",
            setting: ModerationEngine.setting,
            timeout: timeout
        )
        if !apiKey.isEmpty { address.headers.add(name: "Authorization", value: "Bearer \(apiKey)") }
        self.address = address
        self.model = model
    }
}
