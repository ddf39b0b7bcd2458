import Dialects
import JSON
import TestSupport
import Testing

/// Upstreams lose frames, send them twice and mix them up; what the client gets is a stream of its dialect all the same.
@Suite("Disordered and damaged streams")
struct DisorderTests {
    private static let names = [
        "openai-text", "openai-tools", "openai-reasoning", "anthropic-text", "anthropic-tools",
        "anthropic-thinking-cache", "responses-text", "responses-tools", "responses-reasoning", "responses-custom",
    ]

    private func dialect(_ name: String) -> Dialect { Fixture.dialect(name) }

    private func other(_ dialect: Dialect) -> Dialect {
        dialect == .openAIChat ? .anthropicMessages : .openAIChat
    }

    @Test("frames lost, doubled and swapped", arguments: names, 0..<40)
    func disorder(name: String, seed: Int) throws {
        var random = TestSupport.SeededGenerator(seed: UInt64(seed))
        var frames = try Fixture.frames("\(name).sse")
        for _ in 0..<random.number(1...6) {
            let place = random.number(0...frames.count - 1)
            switch random.number(0...2) {
            case 0 where frames.count > 1: frames.remove(at: place)
            case 1: frames.insert(frames[place], at: random.number(0...frames.count))
            default: frames.swapAt(place, random.number(0...frames.count - 1))
            }
        }
        for client in Dialect.clients where client != dialect(name) {
            let context = try Translating.context(client)
            let out = Translating.stream(frames, from: dialect(name), to: client, context)
            let grammar = Translating.grammar(out, client)
            // Arguments whose pieces are lost or swapped are the upstream's.
            #expect(grammar.problems.filter { !$0.contains("arguments that are no") } == [], "\(client)")
        }
    }

    @Test("damaged bytes never crash, in any direction", arguments: names, 0..<20)
    func damage(name: String, seed: Int) throws {
        var random = TestSupport.SeededGenerator(seed: UInt64(seed))
        var frames = try Fixture.frames("\(name).sse")
        for _ in 0..<random.number(1...4) {
            let place = random.number(0...frames.count - 1)
            let byte = random.number(0...frames[place].count - 1)
            switch random.number(0...2) {
            case 0: frames[place].remove(at: byte)
            case 1: frames[place][byte] = UInt8(random.number(0...255))
            default: frames[place].insert(random.pick(Array("{}[]\",:\\0n".utf8)), at: byte)
            }
        }
        for client in Dialect.clients {
            let out = Translating.stream(frames, from: dialect(name), to: client, try Translating.context(client))
            #expect(!out.isEmpty)
        }
    }

    @Test("damaged answers and requests never crash", arguments: 0..<60)
    func damagedDocuments(seed: Int) throws {
        var random = TestSupport.SeededGenerator(seed: UInt64(seed))
        for name in Self.names + ["openai-request", "anthropic-request", "responses-request"] {
            var text = Array(try Fixture.bytes("\(name).json"))
            for _ in 0..<random.number(1...3) {
                // Values of other kinds in place of what is expected.
                let commas = text.indices.filter { text[$0] == UInt8(ascii: ":") }
                guard let place = commas.randomElement(using: &random) else { continue }
                text.insert(
                    contentsOf: Array(random.pick(["1,\"x\":", "{},\"y\":", "[null],\"z\":", "null,\"w\":"]).utf8),
                    at: place + 1
                )
            }
            if name.hasSuffix("request") {
                guard let document = try? JSONDocument(text),
                    let facts = try? RequestFacts.read(document, dialect: dialect(name))
                else { continue }
                _ = try? RequestTranslation.translate(
                    document,
                    facts,
                    to: other(dialect(name)),
                    model: "claude-sonnet-4-5",
                    maxOutputTokens: nil,
                    asksForUsage: true
                )
            } else if let answer = try? AnswerTranslation.read(text, from: dialect(name)) {
                var lossy: [String] = []
                let client = other(dialect(name))
                let body = AnswerTranslation.write(answer, as: client, try Translating.context(client), lossy: &lossy)
                #expect(throws: Never.self) { try JSONDocument(body) }
            }
        }
    }

    @Test("a recorded request there and back says the same")
    func roundTrip() throws {
        for name in ["openai-request", "anthropic-request"] {
            let json = String(decoding: try Fixture.bytes("\(name).json"), as: UTF8.self)
            let client = dialect(name)
            let there = try Translating.request(json, from: client, to: other(client), model: "claude-sonnet-4-5").root
            let back = try Translating.request(there.json, from: other(client), to: client, model: "claude-sonnet-4-5")
            let again = try Translating.request(
                back.root.json,
                from: client,
                to: other(client),
                model: "claude-sonnet-4-5"
            )
            #expect(again.root["messages"]?.json == there["messages"]?.json)
            #expect(again.root["tools"]?.json == there["tools"]?.json)
            #expect(again.root["system"]?.json == there["system"]?.json)
        }
    }
}
