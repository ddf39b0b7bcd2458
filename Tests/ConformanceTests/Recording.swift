import Dialects
import Foundation
import JSON
import Testing

/// One recorded answer of one upstream dialect, and what it says.
struct Recording: Sendable, CustomTestStringConvertible {
    let name: String
    let upstream: Dialect
    let stream: [UInt8]
    /// The same answer, whole; `nil` where a stream fails.
    let whole: [UInt8]?
    let expected: Expectation

    var testDescription: String { "\(upstream.rawValue): \(name)" }

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")

    /// Every recording of every folder that is called like a dialect.
    static let all: [Recording] = Dialect.allCases.flatMap { upstream in
        names(of: folder.appendingPathComponent(upstream.rawValue), upstream.recordingType).compactMap { name in
            let file = folder.appendingPathComponent("\(upstream.rawValue)/\(name)")
            guard let stream = try? Data(contentsOf: file.appendingPathExtension(upstream.recordingType)),
                let expected = Expectation(name, upstream)
            else { return nil }
            let whole = try? Data(contentsOf: file.appendingPathExtension("json"))
            return Recording(
                name: name,
                upstream: upstream,
                stream: Array(stream),
                whole: whole.map { Array($0) },
                expected: expected
            )
        }
    }

    static func names(of folder: URL, _ type: String) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.filter { $0.pathExtension == type }.map { $0.deletingPathExtension().lastPathComponent }.sorted()
    }
}

/// What a recording says, in no dialect: `Fixtures/cases/NAME.json`, where `by` has what differs for one upstream.
struct Expectation: Sendable {
    var says = ""
    var reasoning = ""
    var calls: [String] = []
    var ending: Ending?
    var counts: [String: Int]?
    /// Whether it ends in a failure.
    var fails = false
    /// Whether the provider signed the reasoning or a call.
    var isSigned = false
    /// The request it answers: a file beside the recordings of the client's dialect.
    var request = "hello"
    /// The upstream's name of the model, where another than the dialect's usual one matters.
    var model: String?
    /// Whether the provider's own clients never see it.
    var isForeign = false

    init?(_ name: String, _ upstream: Dialect) {
        let file = Recording.folder.appendingPathComponent("cases/\(name).json")
        guard let data = try? Data(contentsOf: file), let root = try? WireValue(data) else { return nil }
        let own = root["by"][upstream.rawValue]
        func value(_ name: String) -> WireValue { own[name].isPresent ? own[name] : root[name] }
        says = value("says").string ?? ""
        reasoning = value("reasoning").string ?? ""
        calls = value("calls").list.map { "\($0["name"].string ?? "") \($0["arguments"].canonical)" }
        ending = value("stop").string.flatMap { Ending(rawValue: $0) }
        fails = value("fails").boolean ?? false
        isSigned = value("signed").boolean ?? false
        request = value("request").string ?? "hello"
        model = value("model").string
        isForeign = value("foreign").boolean ?? false
        guard value("usage").isObject else { return }
        let usage = value("usage")
        counts = Dictionary(uniqueKeysWithValues: usage.members.map { ($0, usage[$0].integer ?? 0) })
    }
}

/// A recording on its way to a client.
struct Pair: Sendable, CustomTestStringConvertible {
    let recording: Recording
    let client: Dialect

    static let all = Recording.all.flatMap { recording in
        Dialect.clients.compactMap { client in
            recording.expected.isForeign && client == recording.upstream
                ? nil : Pair(recording: recording, client: client)
        }
    }

    var isNative: Bool { recording.upstream == client }
    var testDescription: String { "\(recording.upstream.rawValue) to \(client.rawValue): \(recording.name)" }

    /// What the client's request leaves for the answer.
    func context() throws -> AnswerContext {
        let request = try RequestFile(client, recording.expected.request)
        return try isNative
            ? RequestTranslation.context(request.facts)
            : request.translated(recording.upstream, model: recording.expected.model).context
    }
}

/// A recorded request.
struct RequestFile {
    let document: JSONDocument
    let facts: RequestFacts

    /// The models that the requests go to: of the kind that most of what can be asked applies to.
    static let models: [Dialect: String] = [
        .openAIChat: "gpt-4o", .anthropicMessages: "claude-sonnet-4-20250514", .gemini: "gemini-2.5-flash",
        .openAIResponses: "gpt-4.1", .ollama: "qwen3:8b", .cohere: "command-a-reasoning-08-2025",
        .bedrock: "us.anthropic.claude-sonnet-4-20250514-v1:0",
    ]

    init(_ client: Dialect, _ name: String) throws {
        let file = Recording.folder.appendingPathComponent("\(client.rawValue)/requests/\(name).json")
        try self.init(client, bytes: Array(try Data(contentsOf: file)))
    }

    init(_ client: Dialect, bytes: [UInt8]) throws {
        document = try JSONDocument(bytes)
        let path = ModelPath(model: "asked", action: .stream)
        facts = try RequestFacts.read(document, dialect: client, path: client.namesModelInPath ? path : nil)
    }

    func translated(_ upstream: Dialect, model: String? = nil) throws -> TranslatedRequest {
        try RequestTranslation.translate(
            document,
            facts,
            to: upstream,
            model: model ?? Self.models[upstream] ?? "upstream-model",
            maxOutputTokens: nil,
            asksForUsage: true
        )
    }
}
