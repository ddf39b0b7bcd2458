import GuardCore
import Logging
import NIOCore

/// Asks a Presidio analyzer which personal data stands in texts: one call for all texts of a request.
final class PresidioEngine: Sendable {
    static let setting = "guardrails.presidio.url"

    private let client: EngineClient
    private let language: String

    init(_ settings: PresidioSettings, group: any EventLoopGroup, logger: Logger) {
        language = settings.language
        client = EngineClient(settings.address, group: group, logger: logger)
    }

    func shutdown() async {
        await client.shutdown()
    }

    /// What it finds in each of the texts.
    ///
    /// - Parameters:
    ///   - texts: At least one.
    ///   - entities: What to look for.
    ///   - minimumScore: What scores less is left out.
    /// - Returns: One list for each text, ranges in bytes of UTF-8.
    /// - Throws: ``EngineFault`` when it does not answer in time, or not properly.
    func analyze(
        _ texts: [String],
        entities: [String],
        minimumScore: Double
    ) async throws(EngineFault) -> [[ExternalMatch]] {
        let body = PresidioWire.request(texts, entities: entities, minimumScore: minimumScore, language)
        return try await client.ask(body) { PresidioWire.matches($0, of: texts) }
    }
}
