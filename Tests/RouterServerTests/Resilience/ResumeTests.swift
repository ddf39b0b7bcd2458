import Contracts
import JSON
import TestSupport
import Testing

/// Streams that break off after content, and models that go on with them.
@Suite("Going on with broken streams")
struct ResumeTests {
    private static let whole = ["Once upon a time", " there was", " a stream that broke", ", and went on", "."]
    private static let text = whole.joined()

    private static func declare(_ provider: MockProvider) -> String {
        """
          providers:
            - { id: anthropic, dialect: anthropic, base_url: "\(provider.baseURL)" }
            - { id: mock, dialect: openai, base_url: "\(provider.baseURL)" }
          accounts:
            - { provider: anthropic, label: one, api_key: sk-ant-one-0123456789, priority: 1 }
            - { provider: anthropic, label: two, api_key: sk-ant-two-0123456789, priority: 2 }
            - { provider: mock, api_key: sk-mock-0123456789 }
          chains:
            - { name: mixed, steps: [mock/small, anthropic/claude-sonnet-4-20250514] }
            - { name: claudes, steps: [anthropic/claude-opus-4-20250514, anthropic/claude-sonnet-4-20250514] }
            - { name: last, steps: [anthropic/claude-opus-4-20250514, mock/small] }
        """
    }

    private static func answer(_ pieces: some Sequence<String>) -> MockAnswer { MockAnswer(text: Array(pieces)) }

    /// What the frames of a stream say, and the ids that they name.
    private static func said(_ response: RawResponse, _ dialect: MockDialect) throws -> (text: String, ids: Set<String>)
    {
        var text = ""
        var ids: Set<String> = []
        for line in response.text.split(separator: "\n") where line.hasPrefix("data: {") {
            let root = try JSONDocument(Array(line.dropFirst("data: ".count).utf8)).root
            text += root["delta"]?["text"]?.string ?? root["choices"]?[0]?["delta"]?["content"]?.string ?? ""
            if let id = root["message"]?["id"]?.string ?? root["id"]?.string { ids.insert(id) }
        }
        return (text, ids)
    }

    private static let breaks: [(name: String, steps: [MockReply.Step])] = [
        ("cut", [.close]), ("stalled", [.pause(.seconds(20))]), ("ended early", [.end]),
        ("an error event", [.body(Array(MockFault.overloaded.event(.anthropic).utf8)), .end]),
    ]

    @Test("another account or model goes on: one answer, one id, nothing twice", arguments: 0..<4)
    func anthropic(place: Int) async throws {
        try await RunningRouter.run("timeouts: { stall: 1s }", declare: Self.declare) { router in
            router.provider.answer(.credential("sk-ant-one-0123456789")) { request in
                // Opening, block, ping and three pieces.
                MockReply.answer(Self.answer(Self.whole), to: request).cut(after: 6, then: Self.breaks[place].steps)
            }
            router.provider.answer { MockReply.answer(Self.answer(Self.whole.dropFirst(3)), to: $0) }
            let body = Sample.body(.anthropic, model: "claudes", stream: true)
            let response = try await router.send(router.chat(.anthropic, body))
            #expect(StreamGrammar.anthropic(response.body).problems == [], "\(response.text)")
            let said = try Self.said(response, .anthropic)
            #expect(said.text == Self.text && said.ids == ["msg_mock"], "\(response.text)")
            #expect(response.text.contains(": resumed by anthropic/claude-opus-4-20250514 after "))
            // The model is given what it has said, as the beginning of its answer.
            let sent = try #require(router.provider.chats.last).request
            let turns = try #require(sent.json?["messages"])
            #expect(turns.count == 2 && turns[1]?["role"]?.string == "assistant")
            #expect(turns[1]?["content"]?.string == Self.whole.prefix(3).joined())
            #expect(sent.credential == "sk-ant-two-0123456789")
            let record = try await router.record(response)
            #expect(record.outcome == .ok && record.record.attempts.count == 2)
            #expect(record.record.attempts.first?.reason?.hasSuffix("_resumed") == true)
            #expect(record.record.attempts.allSatisfy { $0.usage.output > 0 })
        }
    }

    @Test("a stream of another wire is gone on with in the client's own dialect", arguments: MockDialect.allCases)
    func translated(dialect: MockDialect) async throws {
        try await RunningRouter.run(declare: Self.declare) { router in
            router.provider.answer(.model("small")) { request in
                MockReply.answer(Self.answer(Self.whole), to: request).cut(after: 4, then: [.close])
            }
            router.provider.answer { MockReply.answer(Self.answer(Self.whole.dropFirst(3)), to: $0) }
            let body = Sample.body(dialect, model: "mixed", stream: true)
            let response = try await router.send(router.chat(dialect, body))
            let problems =
                dialect == .anthropic
                ? StreamGrammar.anthropic(response.body).problems
                : StreamGrammar.openAI(response.body, wantsUsage: false).problems
            #expect(problems == [], "\(response.text)")
            let said = try Self.said(response, dialect)
            #expect(said.text == Self.text && said.ids.count == 1, "\(response.text)")
            #expect(router.provider.chats.last?.request.model == "claude-sonnet-4-20250514")
            #expect(try await router.record(response).outcome == .ok)
        }
    }

    @Test("white space at the break is there once, and a model that repeats itself is not heard twice")
    func seam() async throws {
        let first = ["A line that ends", " with a space "]
        for second in [["and goes on."], [" and goes on."], ["A line that ends wi", "th a space and", " goes on."]] {
            try await RunningRouter.run(declare: Self.declare) { router in
                router.provider.answer(.credential("sk-ant-one-0123456789")) { request in
                    MockReply.answer(Self.answer(first), to: request).cut(after: 5, then: [.close])
                }
                router.provider.answer { MockReply.answer(Self.answer(second), to: $0) }
                let body = Sample.body(.anthropic, model: "claudes", stream: true)
                let response = try await router.send(router.chat(.anthropic, body))
                let said = try Self.said(response, .anthropic)
                #expect(said.text == "A line that ends with a space and goes on.", "\(second): \(said.text)")
                let given = router.provider.chats.last?.request.json?["messages"]?[1]?["content"]?.string
                #expect(given == "A line that ends with a space")
            }
        }
    }

    @Test("who does not take the beginning of an answer is not asked to go on: an error event ends the stream")
    func nobody() async throws {
        try await RunningRouter.run(declare: Self.declare) { router in
            router.provider.answer(MockMatch { $0.model.hasPrefix("claude") }) { request in
                MockReply.answer(Self.answer(Self.whole), to: request).cut(after: 6, then: [.close])
            }
            let body = Sample.body(.anthropic, model: "last", stream: true)
            let response = try await router.send(router.chat(.anthropic, body))
            let said = try Self.said(response, .anthropic)
            // The second account says the same once more and breaks off as well: it is gone on with once.
            #expect(router.provider.chats.count == 2 && router.provider.chats(model: "small").isEmpty)
            #expect(said.text == Self.whole.prefix(3).joined())
            #expect(response.text.contains("event: error"))
            #expect(try await router.record(response).outcome == .providerError)
        }
    }

    @Test("calls of tools, reasoning and models that refuse it end in an error event")
    func notText() async throws {
        let call = MockAnswer.ToolCall(id: "toolu_1", name: "look", arguments: ["{\"a\":", "1}"])
        let answers = [
            MockAnswer(text: ["Let me look."], tools: [call]),
            MockAnswer(text: ["So."], reasoning: .init(text: ["Hm", "m"], signature: "sig")),
        ]
        for answer in answers {
            try await RunningRouter.run(declare: Self.declare) { router in
                let count = MockDialect.anthropic.frames(answer, model: "m", usage: true).count
                router.provider.answer { MockReply.answer(answer, to: $0).cut(after: count - 3, then: [.close]) }
                let body = Sample.body(.anthropic, model: "claudes", stream: true)
                let response = try await router.send(router.chat(.anthropic, body))
                #expect(router.provider.chats.count == 1 && response.text.contains("event: error"))
                #expect(try await router.record(response).outcome == .providerError)
            }
        }
    }

    @Test("when those who could go on fail too, the client hears of it in its stream")
    func exhausted() async throws {
        try await RunningRouter.run(declare: Self.declare) { router in
            router.provider.answer(.credential("sk-ant-one-0123456789")) { request in
                MockReply.answer(Self.answer(Self.whole), to: request).cut(after: 6, then: [.close])
            }
            router.provider.answer { _ in .fault(.serverError, .anthropic) }
            let body = Sample.body(.anthropic, model: "claudes", stream: true)
            let response = try await router.send(router.chat(.anthropic, body))
            #expect(response.status == 200 && response.text.contains("event: error"))
            #expect(try Self.said(response, .anthropic).text == Self.whole.prefix(3).joined())
            let record = try await router.record(response)
            #expect(record.outcome == .providerError && record.record.attempts.count > 1)
        }
    }
}
