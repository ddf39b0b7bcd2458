import Contracts
import JSON
import TestSupport
import Testing

@Suite("Counting without sending")
struct TokenCountTests {
    private static let counts = MockMatch { $0.target.contains("count") }
    private static let messages = #"{"role":"user","content":"Hello, world!"}"#
    private static let contents = #"[{"role":"user","parts":[{"text":"Hello, world!"}]}]"#

    private func count(_ router: RunningRouter, _ body: String, key: String? = nil) async throws -> RawResponse {
        var request = router.chat(.anthropic, body, key: key)
        request.target = "/v1/messages/count_tokens"
        return try await router.send(request)
    }

    private func countGemini(_ router: RunningRouter, _ model: String, _ body: String) async throws -> RawResponse {
        let fields = [
            HeaderField("host", "localhost"), HeaderField("content-type", "application/json"),
            HeaderField("x-goog-api-key", router.key),
        ]
        let path = "/v1beta/models/\(model):countTokens"
        return try await router.send(RawRequest("POST", path, headers: fields, body: Array(body.utf8)))
    }

    private static func body(_ model: String, extra: String = "") -> String {
        #"{"model":"\#(model)","system":"Be brief.","messages":[\#(messages)]\#(extra)}"#
    }

    /// What Anthropic's count answers, and what Gemini's.
    private static func count(_ request: MockRequest, _ anthropic: Int, _ gemini: Int) -> MockReply {
        .json(
            request.target.contains("count_tokens")
                ? #"{"input_tokens":\#(anthropic)}"# : #"{"totalTokens":\#(gemini),"cachedContentTokenCount":1}"#
        )
    }

    // MARK: The provider counts

    @Test("a provider of the client's dialect counts the client's own bytes")
    func native() async throws {
        try await RunningRouter.run { router in
            router.provider.answer(Self.counts) { Self.count($0, 77, 88) }
            let response = try await count(router, Self.body("claudish/large"))
            #expect(response.status == 200 && response.header("x-keirouter-count") == "provider")
            #expect(try JSONDocument(response.body).root["input_tokens"]?.integer == 77)
            let sent = try #require(router.provider.exchanges.first).request
            #expect(sent.target == "/v1/messages/count_tokens" && sent.bodyText == Self.body("large"))
            #expect(sent.credential == RunningRouter.firstSecret)
            let gemini = try await countGemini(router, "gem%2Fsmall", #"{"contents":\#(Self.contents)}"#)
            #expect(try JSONDocument(gemini.body).root["totalTokens"]?.integer == 88, "\(gemini.text)")
            #expect(gemini.header("x-keirouter-count") == "provider")
            let second = try #require(router.provider.exchanges.last).request
            #expect(second.target == "/v1/models/small:countTokens")
            #expect(second.bodyText == #"{"contents":\#(Self.contents)}"#)
            #expect(router.meter.settled.isEmpty && router.meter.admitted.isEmpty)
        }
    }

    @Test("a provider of another dialect counts the request in its own words")
    func translated() async throws {
        try await RunningRouter.run { router in
            router.provider.answer(Self.counts) { Self.count($0, 7, 8) }
            let extra = #","max_tokens":5,"tools":[{"name":"f","input_schema":{"type":"object"}}]"#
            let gemini = try await count(router, Self.body("gem/small", extra: extra))
            #expect(try JSONDocument(gemini.body).root["input_tokens"]?.integer == 8, "\(gemini.text)")
            let asked = try #require(router.provider.exchanges.first?.request.json?["generateContentRequest"])
            #expect(asked["model"]?.string == "models/small")
            #expect(asked["systemInstruction"]?["parts"]?[0]?["text"]?.string == "Be brief.")
            #expect(asked["tools"]?[0]?["functionDeclarations"]?[0]?["name"]?.string == "f")
            let config = #""generationConfig":{"maxOutputTokens":9}"#
            let wrapped = #"{"generateContentRequest":{"model":"models/x","contents":\#(Self.contents),\#(config)}}"#
            let claude = try await countGemini(router, "claudish%2Flarge", wrapped)
            #expect(try JSONDocument(claude.body).root["totalTokens"]?.integer == 7, "\(claude.text)")
            let body = try #require(router.provider.exchanges.last?.request.json)
            #expect(body["model"]?.string == "large" && body["messages"]?.count == 1)
            // What the count refuses is not in it.
            #expect(body["max_tokens"] == nil && body["stream"] == nil)
        }
    }

    // MARK: The router counts

    @Test("what no provider counts is counted here, exactly where the vocabulary is the model's")
    func here() async throws {
        try await RunningRouter.run { router in
            // Four tokens of text and three of instructions, four around each message and three before the answer.
            let exact = try await count(router, Self.body("mock/gpt-4o"))
            #expect(exact.header("x-keirouter-count") == "exact")
            #expect(try JSONDocument(exact.body).root["input_tokens"]?.integer == 4 + 3 + 2 * 4 + 3, "\(exact.text)")
            let other = try await count(router, Self.body("mock/llama-3"))
            #expect(other.header("x-keirouter-count") == "estimate" && other.body == exact.body)
            let tools = #","tools":[{"name":"f","input_schema":{"type":"object"}}]"#
            let more = try await count(router, Self.body("mock/gpt-4o", extra: tools))
            #expect(more.header("x-keirouter-count") == "estimate")
            let gemini = try await countGemini(router, "mock%2Fgpt-4o", #"{"contents":\#(Self.contents)}"#)
            #expect(try JSONDocument(gemini.body).root["totalTokens"]?.integer == 4 + 4 + 3, "\(gemini.text)")
            #expect(gemini.header("x-keirouter-count") == "exact")
            // Two tokens of o200k, five of cl100k.
            let korean = #"{"contents":[{"role":"user","parts":[{"text":"안녕하세요"}]}]}"#
            for (model, tokens) in [("gpt-4o", 2), ("gpt-4-turbo", 5), ("gpt-3.5-turbo-0125", 5)] {
                let reply = try await countGemini(router, "mock%2F\(model)", korean)
                #expect(try JSONDocument(reply.body).root["totalTokens"]?.integer == tokens + 4 + 3, "\(reply.text)")
                #expect(reply.header("x-keirouter-count") == "exact")
            }
            #expect(router.provider.count == 0)
        }
    }

    @Test("a provider that fails or says nothing of use is no failure of the client's")
    func failing() async throws {
        try await RunningRouter.run { router in
            for reply in [MockReply.json(#"{"error":"x"}"#, status: 500), .json("{}"), .page(), .closed] {
                router.provider.answer(Self.counts, times: 1) { _ in reply }
                let response = try await count(router, Self.body("claudish/large"))
                #expect(response.status == 200 && response.header("x-keirouter-count") == "estimate")
                #expect(try JSONDocument(response.body).root["input_tokens"]?.integer == 18, "\(response.text)")
            }
            // Nothing is held against the account.
            let body = Sample.body(.anthropic, model: "claudish/large", stream: false)
            let chat = try await router.send(router.chat(.anthropic, body))
            #expect(try await router.record(chat).attempts == ["claudish/large 200 ok"])
        }
    }

    @Test("texts that a policy keeps from a provider are not counted by it")
    func policies() async throws {
        try await RunningRouter.run(policies: .everything) { router in
            let response = try await count(router, Self.body("claudish/large"))
            #expect(response.header("x-keirouter-count") == "estimate" && router.provider.count == 0)
        }
    }

    @Test("a model that the key may not use is not asked")
    func forbidden() async throws {
        try await RunningRouter.run { router in
            router.meter.identify { _ in
                var reply = IdentifyReply.good()
                reply.key?.allowedModels = ["mock/*"]
                return reply
            }
            let response = try await count(router, Self.body("claudish/large"))
            #expect(response.header("x-keirouter-count") == "estimate" && router.provider.count == 0)
        }
    }

    @Test("what is wrong is told in the dialect")
    func refusals() async throws {
        try await RunningRouter.run { router in
            let messages = #""messages":[{"role":"user","content":"Hello"}]"#
            let unknown = try await count(router, #"{"model":"nowhere/x",\#(messages)}"#)
            #expect(unknown.status == 404 && unknown.text.contains("not_found_error"))
            let incomplete = try await count(router, #"{"model":"claudish/large"}"#)
            #expect(incomplete.status == 400 && incomplete.text.contains("invalid_request_error"))
            let stranger = try await count(router, #"{"model":"claudish/large",\#(messages)}"#, key: "kr_nothing")
            #expect(stranger.status == 401 && stranger.text.contains("authentication_error"))
        }
    }
}
