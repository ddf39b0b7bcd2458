import GuardCore
import JSON
import Logging
import NIOCore

/// Asks a moderation endpoint how toxic texts are: one call for all texts of a request.
final class ModerationEngine: Sendable {
    static let setting = "guardrails.moderation.url"

    private let client: EngineClient
    private let model: String

    init(_ settings: ModerationSettings, group: any EventLoopGroup, logger: Logger) {
        model = settings.model
        client = EngineClient(settings.address, group: group, logger: logger)
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
