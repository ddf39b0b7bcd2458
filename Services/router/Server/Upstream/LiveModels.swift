import JSON
import Synchronization

/// What providers have said of their models, in memory: a restart forgets it, and asking again costs nothing.
package final class LiveModels: Sendable {
    /// How long an answer counts before a provider is asked again.
    static let life = Duration.seconds(3600)
    /// The longest answer that is read, and what is taken of it.
    static let answerLimit = 4 << 20
    private static let nameLimit = 256
    private static let modelLimit = 2000

    /// One provider's answer.
    package struct List: Hashable, Sendable {
        /// In their order.
        package let names: [String]
        /// In microseconds since the epoch.
        package let fetchedUS: Int
        let until: ContinuousClock.Instant
    }

    /// What asking led to.
    package enum Outcome: Hashable, Sendable {
        case list(List, cached: Bool)
        /// One sentence for the operator.
        case failed(String)
    }

    private let lists = Mutex<[String: List]>([:])

    init() {}

    /// A provider's answer, as long as it counts.
    func fresh(_ provider: String, now: ContinuousClock.Instant) -> List? {
        lists.withLock { $0[provider] }.flatMap { $0.until > now ? $0 : nil }
    }

    func keep(_ list: List, of provider: String) {
        lists.withLock { $0[provider] = list }
    }

    /// The names by provider; an old answer is better than none.
    var names: [String: [String]] {
        lists.withLock { $0.mapValues(\.names) }
    }

    /// Reads a list of models: `data[].id` of OpenAI and Anthropic, `models[].name` of Google, Ollama and Cohere.
    ///
    /// - Returns: The names in order, each once; `nil` for an answer that is none.
    static func read(_ bytes: [UInt8]) -> [String]? {
        guard let root = try? JSONDocument(bytes).root else { return nil }
        // Some send the array itself.
        guard let models = root["data"] ?? root["models"] ?? (root.kind == .array ? root : nil), models.kind == .array
        else { return nil }
        var names: Set<String> = []
        for model in models.elements {
            guard var name = model["id"]?.string ?? model["name"]?.string else { continue }
            if name.hasPrefix("models/") { name.removeFirst("models/".count) }
            guard (1...nameLimit).contains(name.utf8.count), name.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                continue
            }
            names.insert(name)
            if names.count >= modelLimit { break }
        }
        return names.sorted()
    }
}
