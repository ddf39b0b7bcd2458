import Contracts
import Dialects
import JSON
import RouterCore
import TestSupport
import Testing

@testable import RouterServer

@Suite("What a provider's cache lost, and why")
struct CacheDoctorTests {
    private static let instructions = String(repeating: "Keep to the style of the house. ", count: 200)

    /// A conversation of so many turns; every part of it can be changed.
    private struct Talk {
        var tools = #"[{"type":"function","function":{"name":"sh"}},{"type":"function","function":{"name":"rg"}}]"#
        var system = "Today is 2026-11-27. " + instructions
        var first = "fix the build"
        var answers = ["I looked at it.", "It is done."]

        var json: String {
            let turns = answers.enumerated().map { number, answer in
                #"{"role":"assistant","content":"\#(answer)"},{"role":"user","content":"and \#(number)?"}"#
            }
            let rest = turns.isEmpty ? "" : "," + turns.joined(separator: ",")
            return
                #"{"model":"m","tools":\#(tools),"messages":[{"role":"system","content":"\#(system)"},{"role":"user","content":"\#(first)"}\#(rest)]}"#
        }
    }

    private static func loss(
        _ bench: PreparationBench,
        _ json: String,
        _ dialect: Dialect = .openAIChat,
        conversation: UInt64 = 1,
        scope: RequestScope = PreparationBench.scope
    ) async throws -> Saving? {
        let request = try bench.request(json, dialect, conversation: conversation)
        return try await bench.preparer.prepare(request, for: scope).savings.first { $0.saver == "prompt-cache" }
    }

    @Test("turns that go on lose nothing; the cause and the place of a change are told, with what is lost")
    func causes() async throws {
        try await PreparationBench.run(.none) { bench async throws in
            var talk = Talk()
            talk.answers = []
            #expect(try await Self.loss(bench, talk.json) == nil)
            talk.answers = ["I looked at it."]
            #expect(try await Self.loss(bench, talk.json) == nil)

            talk.system = "Today is 2026-11-28. " + Self.instructions
            let date = try #require(try await Self.loss(bench, talk.json))
            #expect(date.rule == "date" && date.place == "system, byte 0")
            #expect(date.priceClass == "cache_lost" && date.tokensBefore == 0)
            talk.answers.append("It is done.")
            #expect(try await Self.loss(bench, talk.json) == nil, "told once")

            talk.tools = #"[{"type":"function","function":{"name":"rg"}},{"type":"function","function":{"name":"sh"}}]"#
            let tools = try #require(try await Self.loss(bench, talk.json))
            #expect(tools.rule == "tools" && tools.place == "tools, byte 0" && tools.tokensAfter > 1600)

            talk.answers[0] = String(repeating: "Rewritten. ", count: 500)
            _ = try await Self.loss(bench, talk.json)
            talk.answers[0] = String(repeating: "Rewritten again. ", count: 500)
            let client = try #require(try await Self.loss(bench, talk.json))
            #expect(client.rule == "client" && client.place == "message 3, byte 0")
        }
    }

    @Test("another conversation, another model, and a side job of the client are no change")
    func apart() async throws {
        try await PreparationBench.run(.none) { bench async throws in
            var talk = Talk()
            #expect(try await Self.loss(bench, talk.json) == nil)
            talk.system = String(talk.system.reversed())
            #expect(try await Self.loss(bench, talk.json, conversation: 2) == nil)
            var scope = PreparationBench.scope
            scope.model = "other"
            #expect(try await Self.loss(bench, talk.json, scope: scope) == nil)
            talk.first = "name this conversation"
            #expect(try await Self.loss(bench, talk.json) == nil)
        }
    }

    @Test("small requests and small losses are not told, nor what no provider has cached")
    func threshold() async throws {
        try await PreparationBench.run(.none) { bench async throws in
            for name in ["a", "b"] {
                let small =
                    #"{"model":"m","messages":[{"role":"system","content":"\#(name)"},{"role":"user","content":"q"}]}"#
                #expect(try await Self.loss(bench, small) == nil)
            }
            var talk = Talk()
            _ = try await Self.loss(bench, talk.json, conversation: 2)
            talk.answers[1] = "It is not done."
            #expect(try await Self.loss(bench, talk.json, conversation: 2) == nil)
            for day in ["Monday", "Tuesday"] {
                let text = day + Self.instructions
                let unmarked =
                    #"{"model":"m","max_tokens":900,"system":"\#(text)","messages":[{"role":"user","content":"q"}]}"#
                #expect(try await Self.loss(bench, unmarked, .anthropicMessages, conversation: 3) == nil)
                let marked = unmarked.replacing(
                    #""system":"\#(text)""#,
                    with: #""system":[{"type":"text","text":"\#(text)","cache_control":{"type":"ephemeral"}}]"#
                )
                let loss = try await Self.loss(bench, marked, .anthropicMessages, conversation: 4)
                #expect((loss != nil) == (day == "Tuesday") && loss?.rule != "date")
            }
        }
    }

    @Test("what savers send is the same on every turn; where it is not, the saver is named")
    func saver() async throws {
        // Nothing is remembered here, so that a saver that answers otherwise reaches what was sent before.
        try await PreparationBench.run(.none, settings: .on("e1"), memory: 0, conversations: 0) { bench async throws in
            var agent = SampleAgent(.openAIChat)
            for _ in 0..<20 { agent.step() }
            #expect(try await Self.loss(bench, agent.json) == nil)
            agent.step()
            #expect(try await Self.loss(bench, agent.json) == nil)
            bench.saver.answer { CompressReply(epoch: $0.epoch ?? "") }
            let loss = try #require(try await Self.loss(bench, agent.json))
            #expect(loss.rule == "saver" && loss.place == "message 3, byte 0")
        }
    }

    @Test(
        "dates and times are told from other words",
        arguments: [
            ("Today is 2026-11-27.", true), ("now: 14:05:33", true), ("it is 9:05", false), ("11/27/2026", true),
            ("27.11.2026", true), ("Friday, November 27", true), ("27 Nov 2026", true), ("2026-11-27T14:05:33Z", true),
            ("version 1.2.3", false), ("March on", false), ("may 5", false), ("10.0.0.1", false), ("a/b/c", false),
            ("", false), ("src/x.swift:12:30", false),
        ]
    )
    func dates(_ text: String, _ isDate: Bool) {
        #expect(DateMention.isIn(Array(text.utf8)[...]) == isDate)
    }
}
