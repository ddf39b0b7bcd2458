import Contracts
import JSON
import TestSupport
import Testing

/// Providers that answer in one form alone, for clients that want the other.
@Suite("Streams of answers and answers of streams")
struct StreamFormTests {
    private static func providers(_ baseURL: String) -> String {
        """
          providers:
            - { id: only, dialect: openai, base_url: "\(baseURL)", stream: only }
            - { id: never, dialect: openai, base_url: "\(baseURL)", stream: never }
            - { id: claude-only, dialect: anthropic, base_url: "\(baseURL)", stream: only }
            - { id: claude-never, dialect: anthropic, base_url: "\(baseURL)", stream: never }
            - { id: tagged, dialect: openai, base_url: "\(baseURL)", think_tags: on }
            - { id: untagged, dialect: openai, base_url: "\(baseURL)", think_tags: off }
          accounts:
            - { provider: only, label: one, api_key: \(RunningRouter.firstSecret), priority: 10 }
            - { provider: only, label: two, api_key: \(RunningRouter.secondSecret), priority: 20 }
            - { provider: never, api_key: \(RunningRouter.firstSecret) }
            - { provider: claude-only, api_key: \(RunningRouter.firstSecret) }
            - { provider: claude-never, api_key: \(RunningRouter.firstSecret) }
            - { provider: tagged, api_key: \(RunningRouter.firstSecret) }
            - { provider: untagged, api_key: \(RunningRouter.firstSecret) }
        """
    }

    private func run(
        policies: PolicyList = PolicyList(version: "none"),
        keepAlive: Duration? = nil,
        _ body: (RunningRouter) async throws -> Void
    ) async throws {
        try await RunningRouter.run(
            policies: policies,
            declare: { Self.providers($0.baseURL) },
            keepAlive: keepAlive,
            body
        )
    }

    /// What an answer says, in its client's dialect.
    private static func text(_ dialect: MockDialect, _ body: [UInt8]) throws -> String? {
        let root = try JSONDocument(body).root
        return dialect == .openAI
            ? root["choices"]?[0]?["message"]?["content"]?.string : root["content"]?[0]?["text"]?.string
    }

    @Test(
        "a stream becomes a whole answer, with the provider's count",
        arguments: [MockDialect.openAI, .anthropic],
        ["only", "claude-only"]
    )
    func assembled(dialect: MockDialect, provider: String) async throws {
        try await run { router in
            let body = Sample.body(dialect, model: "\(provider)/m", stream: false)
            let response = try await router.send(router.chat(dialect, body))
            #expect(response.status == 200 && response.header("content-type") == "application/json")
            #expect(try Self.text(dialect, response.body) == MockAnswer().text.joined(), "\(response.text)")
            let sent = try #require(router.provider.chats.first).request
            #expect(sent.isStream)
            #expect(provider != "only" || sent.wantsUsage)
            let record = try await router.record(response)
            #expect(record.outcome == .ok && record.usage.input == 100 && record.usage.output == 50)
        }
    }

    @Test(
        "a whole answer becomes a stream",
        arguments: [MockDialect.openAI, .anthropic],
        ["never", "claude-never"]
    )
    func split(dialect: MockDialect, provider: String) async throws {
        try await run { router in
            let usage = dialect == .openAI ? #", "stream_options": {"include_usage": true}"# : ""
            let body = Sample.body(dialect, model: "\(provider)/m", stream: true, extra: usage)
            let response = try await router.send(router.chat(dialect, body))
            let grammar =
                dialect == .openAI
                ? StreamGrammar.openAI(response.body, wantsUsage: true) : StreamGrammar.anthropic(response.body)
            #expect(response.status == 200 && grammar.problems == [], "\(response.text)")
            #expect(grammar.answer.text == MockAnswer().text.joined() && grammar.answer.outputTokens == 50)
            let sent = try #require(router.provider.chats.first).request
            #expect(!sent.isStream && !sent.bodyText.contains("stream_options"))
            let record = try await router.record(response)
            #expect(record.outcome == .ok && record.usage.input == 100 && record.usage.output == 50)
        }
    }

    @Test("a stream that breaks off moves to the next account, unseen by who wants it whole")
    func failover() async throws {
        try await run { router in
            router.provider.answer(.credential(RunningRouter.firstSecret)) { request in
                MockReply.answer(to: request).cut(after: 3, then: [.reset])
            }
            let response = try await router.send(
                router.chat(.openAI, Sample.body(.openAI, model: "only/m", stream: false))
            )
            #expect(try Self.text(.openAI, response.body) == MockAnswer().text.joined(), "\(response.text)")
            let record = try await router.record(response)
            #expect(record.attempts.count == 2 && record.outcome == .ok)
        }
    }

    @Test("an error inside the only stream is an error of the dialect")
    func failure() async throws {
        try await run { router in
            router.provider.answer { request in MockReply.answer(to: request).cut(after: 2, then: [.end]) }
            let response = try await router.send(
                router.chat(.anthropic, Sample.body(.anthropic, model: "claude-only/m", stream: false))
            )
            #expect(response.status == 502)
            #expect(try JSONDocument(response.body).root["type"]?.string == "error", "\(response.text)")
        }
    }

    @Test("the guard looks at either form", arguments: [("only", false), ("never", true)])
    func guarded(provider: String, stream: Bool) async throws {
        var answer = MockAnswer()
        answer.text = ["Write to \(ScriptedGuard.address)", " today."]
        let masked = answer
        try await run(policies: .everything) { router in
            router.provider.answer { .answer(masked, to: $0) }
            let body = Sample.body(.openAI, model: "\(provider)/m", stream: stream)
            let response = try await router.send(router.chat(.openAI, body))
            #expect(response.status == 200 && !response.text.contains(ScriptedGuard.address), "\(response.text)")
            #expect(response.text.contains("Write to") && response.text.contains("today."))
        }
    }

    @Test("comments keep a stream open that is made at its end, and a failure after them is told in it")
    func quiet() async throws {
        try await run(keepAlive: .milliseconds(100)) { router in
            router.provider.answer(times: 1) { MockReply.answer(to: $0).after(.pause(.milliseconds(350))) }
            let body = Sample.body(.openAI, model: "never/m", stream: true)
            let response = try await router.send(router.chat(.openAI, body))
            #expect(response.status == 200 && response.text.hasPrefix(": keep-alive\n\n"), "\(response.text)")
            #expect(StreamGrammar.openAI(response.body).answer.text == MockAnswer().text.joined())
            router.provider.answer { _ in MockReply([.pause(.milliseconds(250)), .reset]) }
            let broken = try await router.send(router.chat(.openAI, body))
            #expect(broken.status == 200 && broken.text.hasPrefix(": keep-alive\n\n"))
            #expect(StreamGrammar.openAI(broken.body).answer.error != nil, "\(broken.text)")
        }
    }

    @Test(
        "whether tags are reasoning is the provider's setting, else the model's name tells",
        arguments: [
            ("tagged/plain", true, true), ("tagged/plain", false, true), ("untagged/qwen3-32b", true, false),
            ("untagged/qwen3-32b", false, false), ("only/qwen3-32b", false, true), ("never/qwen3-32b", true, true),
        ]
    )
    func tags(model: String, stream: Bool, isSplit: Bool) async throws {
        var answer = MockAnswer()
        answer.text = ["<th", "ink>Hmm.</thi", "nk>\n\nBlue."]
        let tagged = answer
        try await run { router in
            router.provider.answer { .answer(tagged, to: $0) }
            let response = try await router.send(
                router.chat(.anthropic, Sample.body(.anthropic, model: model, stream: stream))
            )
            if stream {
                let said = StreamGrammar.anthropic(response.body)
                #expect(said.problems == [])
                #expect(said.answer.text == (isSplit ? "Blue." : tagged.text.joined()))
                #expect(said.answer.reasoning == (isSplit ? "Hmm." : ""))
            } else {
                let content = try JSONDocument(response.body).root["content"]
                #expect(content?[0]?["type"]?.string == (isSplit ? "thinking" : "text"), "\(response.text)")
                #expect(content?[isSplit ? 1 : 0]?["text"]?.string == (isSplit ? "Blue." : tagged.text.joined()))
            }
            // In its own dialect an answer stays as the provider sent it.
            let plain = try await router.send(
                router.chat(.openAI, Sample.body(.openAI, model: "tagged/qwen3-32b", stream: false))
            )
            #expect(try Self.text(.openAI, plain.body) == tagged.text.joined())
        }
    }
}
