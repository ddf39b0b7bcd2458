import Dialects
import Foundation
import JSON
import Testing

/// What a client of one dialect asks, every upstream must be asked in its own grammar; what is left out is named.
@Suite("Requests of every dialect for upstreams of every dialect")
struct RequestConformanceTests {
    struct Way: Sendable, CustomTestStringConvertible {
        let client: Dialect
        let upstream: Dialect
        let name: String
        var testDescription: String { "\(client.rawValue) to \(upstream.rawValue): \(name)" }
    }

    static let ways = Dialect.clients.flatMap { client in
        Recording.names(of: Recording.folder.appendingPathComponent("\(client.rawValue)/requests"), "json")
            .flatMap { name in
                Dialect.allCases.filter { $0 != client }.map { Way(client: client, upstream: $0, name: name) }
            }
    }

    /// Those whose upstream's dialect has clients, so that a request can come back.
    static let returns = ways.filter { Dialect.clients.contains($0.upstream) }

    /// The names of what a case loses on its way: `Fixtures/cases/requests/NAME.json` by client and upstream.
    private func lossy(_ way: Way) throws -> [String] {
        let file = Recording.folder.appendingPathComponent("cases/requests/\(way.name).json")
        guard let data = try? Data(contentsOf: file) else { return [] }
        return try WireValue(data)[way.client.rawValue][way.upstream.rawValue].list.compactMap(\.string).sorted()
    }

    @Test("the upstream is asked what the client asks", arguments: ways)
    func translated(way: Way) throws {
        let request = try RequestFile(way.client, way.name)
        let asked = grammar(way.client).request(try WireValue(request.document.bytes))
        #expect(asked.problems == [], "the recording is at fault")
        let translated = try request.translated(way.upstream)
        let said = requestGrammar(way.upstream).request(try WireValue(translated.body))
        #expect(said.problems == [], "\(way)")
        #expect(translated.lossy.sorted() == (try lossy(way)), "\(way) loses \(translated.lossy)")
        #expect(said.instructions == asked.instructions, "\(way)")
        #expect(way.ordered(said.turns) == way.ordered(way.carried(asked.turns)), "\(way)")
        #expect(said.tools.filter { !$0.hasPrefix("answer_as_json:") } == way.carried(asked), "\(way)")
        if way.client.saysErrors, way.upstream.saysErrors { #expect(said.errors == asked.errors, "\(way)") }
        for (name, value) in asked.options where !way.isExcused(name) {
            #expect(said.options[name] == value, "\(way): \(name)")
        }
        // A Messages request always has a maximum.
        let added = Set(said.options.keys).subtracting(asked.options.keys).subtracting(["maximum", "choice"])
        #expect(added == [], "\(way)")
    }

    @Test("there and back says the same", arguments: returns)
    func thereAndBack(way: Way) throws {
        let request = try RequestFile(way.client, way.name)
        let there = try RequestFile(way.upstream, bytes: try request.translated(way.upstream).body)
        let back = try there.translated(way.client)
        let asked = grammar(way.client).request(try WireValue(request.document.bytes))
        let said = grammar(way.client).request(try WireValue(back.body))
        #expect(said.problems == [], "\(way)")
        #expect(said.instructions == asked.instructions, "\(way)")
        #expect(way.ordered(said.turns) == way.ordered(way.carried(asked.turns)), "\(way)")
        #expect(said.tools.filter { !$0.hasPrefix("answer_as_json:") } == way.carried(asked), "\(way)")
    }
}

extension Dialect {
    /// Whether a tool's result can say that the tool has failed.
    fileprivate var saysErrors: Bool {
        switch self {
        case .anthropicMessages, .gemini, .cohere, .bedrock: true
        case .openAIChat, .openAIResponses, .ollama: false
        }
    }
}

extension RequestConformanceTests.Way {
    /// The turns; by way of Ollama's dialect, where pictures stand behind a message's text, without the order of those.
    fileprivate func ordered(_ turns: [String]) -> [String] {
        guard client == .ollama || upstream == .ollama else { return turns }
        return turns.filter { !$0.hasPrefix("user image") } + turns.filter { $0.hasPrefix("user image") }
    }

    /// What the upstream's dialect has a place for of what was said.
    fileprivate func carried(_ turns: [String]) -> [String] {
        turns.reduce(into: []) { kept, turn in
            if turn.hasPrefix("user audio"), upstream != .openAIChat, upstream != .gemini { return }
            if turn.hasPrefix("user file application/"), upstream == .ollama || upstream == .cohere { return }
            guard turn.hasPrefix("user image http") else { return kept.append(turn) }
            let address = turn.dropFirst("user image ".count)
            if upstream == .bedrock {
                kept.append("user text: \(address)")
            } else if upstream == .ollama, let place = kept.lastIndex(where: { $0.hasPrefix("user text") }) {
                // A message has one text, before its pictures.
                kept[place] += "\n\(address)"
            } else {
                kept.append(turn)
            }
        }
    }

    /// The tools that are told: where one cannot be demanded, that one alone.
    fileprivate func carried(_ asked: WholeRequest) -> [String] {
        guard upstream == .ollama || upstream == .cohere, let choice = asked.options["choice"], choice != "required"
        else { return asked.tools }
        return asked.tools.filter { $0.hasPrefix("\(choice):") }
    }

    /// Whether an option has no place in the upstream's dialect.
    fileprivate func isExcused(_ option: String) -> Bool {
        switch (option, upstream) {
        case ("stop", .openAIResponses), ("choice", .ollama): true
        case ("parallel", .gemini), ("parallel", .ollama), ("parallel", .cohere), ("parallel", .bedrock): true
        // A schema is a tool that must be called; so it cannot be told from one.
        case ("format", .anthropicMessages), ("format", .bedrock): true
        default: false
        }
    }
}
