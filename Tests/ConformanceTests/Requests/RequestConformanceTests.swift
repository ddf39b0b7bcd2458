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

    static let ways = Dialect.recorded.flatMap { client in
        Recording.names(of: Recording.folder.appendingPathComponent("\(client.rawValue)/requests"), "json")
            .flatMap { name in
                Dialect.recorded.filter { $0 != client }.map { Way(client: client, upstream: $0, name: name) }
            }
    }

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
        let said = grammar(way.upstream).request(try WireValue(translated.body))
        #expect(said.problems == [], "\(way)")
        #expect(translated.lossy.sorted() == (try lossy(way)), "\(way) loses \(translated.lossy)")
        #expect(said.instructions == asked.instructions, "\(way)")
        #expect(said.turns == asked.turns, "\(way)")
        #expect(said.tools.filter { !$0.hasPrefix("answer_as_json:") } == asked.tools, "\(way)")
        if way.client.saysErrors, way.upstream.saysErrors { #expect(said.errors == asked.errors, "\(way)") }
        for (name, value) in asked.options where !way.isExcused(name) {
            #expect(said.options[name] == value, "\(way): \(name)")
        }
        // A Messages request always has a maximum.
        let added = Set(said.options.keys).subtracting(asked.options.keys).subtracting(["maximum", "choice"])
        #expect(added == [], "\(way)")
    }

    @Test("there and back says the same", arguments: ways)
    func thereAndBack(way: Way) throws {
        let request = try RequestFile(way.client, way.name)
        let there = try RequestFile(way.upstream, bytes: try request.translated(way.upstream).body)
        let back = try there.translated(way.client)
        let asked = grammar(way.client).request(try WireValue(request.document.bytes))
        let said = grammar(way.client).request(try WireValue(back.body))
        #expect(said.problems == [], "\(way)")
        #expect(said.instructions == asked.instructions, "\(way)")
        #expect(said.turns == asked.turns, "\(way)")
        #expect(said.tools.filter { !$0.hasPrefix("answer_as_json:") } == asked.tools, "\(way)")
    }
}

extension Dialect {
    /// Whether a tool's result can say that the tool has failed.
    fileprivate var saysErrors: Bool { self == .anthropicMessages || self == .gemini }
}

extension RequestConformanceTests.Way {
    /// Whether an option has no place in the upstream's dialect.
    fileprivate func isExcused(_ option: String) -> Bool {
        switch (option, upstream) {
        case ("stop", .openAIResponses), ("parallel", .gemini): true
        // A schema is a tool that must be called; so it cannot be told from one.
        case ("format", .anthropicMessages): true
        default: false
        }
    }
}
