package import Bootstrap
import GuardCore
package import HTTP
import JSON
import Logging
import NIOCore
import NIOHTTP1

/// Where a moderation endpoint of OpenAI's kind answers.
package struct ModerationSettings: Sendable {
    package var origin: UpstreamOrigin
    /// The path of `moderations` there.
    package var path: String
    package var apiKey: String
    package var model: String
    package var timeout: Duration

    /// Reads the endpoint's address.
    ///
    /// - Parameters:
    ///   - url: `https://api.openai.com/v1`, what stands in front of `/moderations`.
    ///   - apiKey: Sent as a bearer; empty for an endpoint that asks for none.
    ///   - model: The model that is asked.
    ///   - timeout: How long a request's texts may take.
    /// - Throws: ``ConfigurationError`` for what is no address.
    package init(url: String, apiKey: String, model: String, timeout: Duration) throws(ConfigurationError) {
        guard let origin = UpstreamOrigin(url: url), let parts = try? URLParts(url), !parts.path.contains("?") else {
            throw ConfigurationError(
                key: ModerationEngine.setting,
                problem: "expected https://host/v1 without user or query"
            )
        }
        self.origin = origin
        var base = parts.path
        while base.hasSuffix("/") { base.removeLast() }
        path = base + "/moderations"
        self.apiKey = apiKey
        self.model = model
        self.timeout = timeout
    }
}

/// Asks a moderation endpoint how toxic texts are: one call for all texts of a request.
final class ModerationEngine: Sendable {
    static let setting = "guardrails.moderation.url"

    private let client: EngineClient
    private let model: String

    init(_ settings: ModerationSettings, group: any EventLoopGroup, logger: Logger) {
        model = settings.model
        var address = EngineAddress(
            name: PlanBuilder.openAI,
            origin: settings.origin,
            path: settings.path,
            timeout: settings.timeout
        )
        if !settings.apiKey.isEmpty { address.headers.add(name: "Authorization", value: "Bearer \(settings.apiKey)") }
        client = EngineClient(address, group: group, logger: logger)
    }

    func shutdown() async {
        await client.shutdown()
    }

    /// How sure it is of each of our categories, for each of the texts.
    ///
    /// - Parameter texts: At least one.
    /// - Returns: One list for each text; every match is about the whole text.
    /// - Throws: ``EngineFault`` when it does not answer in time, or not properly.
    func moderate(_ texts: [String]) async throws(EngineFault) -> [[ExternalMatch]] {
        try await client.ask(ModerationWire.request(texts, model)) { ModerationWire.matches($0, of: texts) }
    }
}

/// The messages of `POST /moderations`.
enum ModerationWire {
    /// OpenAI's categories under our names.
    private static let categories: [String: String] = [
        "harassment": "HARASSMENT", "harassment/threatening": "VIOLENCE", "hate": "HATE", "hate/threatening": "HATE",
        "illicit/violent": "VIOLENCE", "self-harm": "SELF_HARM", "self-harm/intent": "SELF_HARM",
        "self-harm/instructions": "SELF_HARM", "sexual": "SEXUAL", "sexual/minors": "SEXUAL", "violence": "VIOLENCE",
        "violence/graphic": "VIOLENCE",
    ]

    static func request(_ texts: [String], _ model: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { fields in
            fields.string("model", model)
            fields.array("input") { items in for text in texts { items.string(text) } }
        }
        return writer.bytes
    }

    /// Reads an answer; `nil` for anything but one result with scores for each text.
    static func matches(_ answer: [UInt8], of texts: [String]) -> [[ExternalMatch]]? {
        guard let results = (try? JSONDocument(answer))?.root["results"], results.count == texts.count else {
            return nil
        }
        var lists: [[ExternalMatch]] = []
        for (result, text) in zip(results.elements, texts) {
            guard let scores = result["category_scores"], scores.kind == .object else { return nil }
            var best: [String: Double] = [:]
            for (name, value) in scores.members {
                // A category that we have no name for is not what a policy speaks of.
                guard let entity = name.string.flatMap({ categories[$0] }), let score = value.double else { continue }
                best[entity] = max(best[entity] ?? 0, min(1, max(0, score)))
            }
            lists.append(
                best.sorted { $0.key < $1.key }.map {
                    ExternalMatch(entity: $0.key, range: 0..<text.utf8.count, score: $0.value)
                }
            )
        }
        return lists
    }
}
