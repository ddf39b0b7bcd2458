import Contracts
import JSON
import TestSupport
import Testing

extension RunningRouter {
    func embeddings(_ body: String, key: String? = nil) -> RawRequest {
        RawRequest(
            "POST",
            "/v1/embeddings",
            headers: [
                HeaderField("host", "localhost"), HeaderField("content-type", "application/json"),
                HeaderField("authorization", "Bearer \(key ?? self.key)"),
            ],
            body: Array(body.utf8)
        )
    }
}

extension MockMatch {
    /// Requests for vectors, on any wire.
    static let embeddings = MockMatch { request in
        ["/embeddings", "/api/embed", "/embed", ":batchEmbedContents"].contains { request.target.hasSuffix($0) }
    }
}

@Suite("Embeddings")
struct EmbeddingEndpointTests {
    private static let answer = #"""
        {"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.25,-1.5e-1]}],"model":"small",\#
        "usage":{"prompt_tokens":7,"total_tokens":7}}
        """#

    @Test("the client's bytes go out with the model's own name, and the answer comes back as it is")
    func unary() async throws {
        try await RunningRouter.run { router in
            router.provider.answer(.embeddings) { _ in .json(Self.answer) }
            let body = #"{ "input":"h\u00e9llo", "dimensions" :2,"user":"u-1","odd":1.50 , "model":"quick"}"#
            let response = try await router.send(router.embeddings(body))
            #expect(response.status == 200 && response.text == Self.answer)
            #expect(response.header("x-keirouter-provider") == "mock" && response.header("x-keirouter-lossy") == nil)
            let sent = try #require(router.provider.exchanges.last?.request)
            #expect(sent.target == "/v1/embeddings" && sent.credential == RunningRouter.firstSecret)
            #expect(sent.bodyText == body.replacing("\"quick\"", with: "\"small\""))
            let admitted = try #require(router.meter.admitted.last)
            #expect(admitted.operation == .embeddings && admitted.estimatedInputTokens == 2)
            #expect(admitted.maxOutputTokens == nil && admitted.requestedModel == "quick")
            let record = try await router.record(response)
            #expect(record.outcome == .ok && record.attempts == ["mock/small 200 ok"])
            #expect(record.usage == TokenUsage(input: 7) && record.source == .provider)
            #expect(record.record.conversation == nil)
        }
    }

    @Test("a second account answers where the first one fails, and the failure is in the record")
    func failover() async throws {
        try await RunningRouter.run { router in
            router.provider.answer(.credential(RunningRouter.firstSecret)) { _ in .fault(.serverError, .openAI) }
            router.provider.answer(.embeddings) { _ in .json(Self.answer) }
            let response = try await router.send(router.embeddings(#"{"model":"mock/small","input":["a","b"]}"#))
            #expect(response.status == 200 && response.header("x-keirouter-attempts") == "2")
            let record = try await router.record(response)
            #expect(record.attempts == ["mock/small 500 server_error", "mock/small 200 ok"])
        }
    }

    @Test("tokens that a provider counts under another name are input")
    func totals() async throws {
        try await RunningRouter.run { router in
            router.provider.answer(.embeddings) { _ in
                .json(#"{"object":"list","data":[{"embedding":[1],"index":0}],"usage":{"total_tokens":12}}"#)
            }
            let response = try await router.send(router.embeddings(#"{"model":"mock/small","input":"a"}"#))
            #expect(try await router.record(response).usage == TokenUsage(input: 12))
        }
    }

    static let wrong: [(String, String)] = [
        (#"{"input":"a"}"#, "model"), (#"{"model":"mock/small"}"#, "input"),
        (#"{"model":"mock/small","input":""}"#, "input"), (#"{"model":"mock/small","input":[]}"#, "input"),
        (#"{"model":"mock/small","input":["a",""]}"#, "input[1]"),
        (#"{"model":"mock/small","input":["a",1]}"#, "input[1]"),
        (#"{"model":"mock/small","input":[1,-2]}"#, "input"),
        (#"{"model":"mock/small","input":[[1],[]]}"#, "input[1]"),
        (#"{"model":"mock/small","input":{"a":1}}"#, "input"),
        (#"{"model":"mock/small","input":"a","dimensions":0}"#, "dimensions"),
        (#"{"model":"mock/small","input":"a","encoding_format":"hex"}"#, "encoding_format"),
        (#"{"model":"mock/small","input":"a","user":3}"#, "user"),
    ]

    @Test("what is no request for embeddings is refused and named, and nobody is asked", arguments: wrong)
    func badInput(body: String, parameter: String) async throws {
        try await RunningRouter.run { router in
            let response = try await router.send(router.embeddings(body))
            #expect(response.status == 400)
            let error = try JSONDocument(response.body).root["error"]
            #expect(error?["param"]?.string == parameter && error?["type"]?.string == "invalid_request_error")
            #expect(router.provider.count == 0 && router.meter.admitted.isEmpty)
        }
    }

    @Test("2,048 inputs are taken and one more is not")
    func limit() async throws {
        try await RunningRouter.run { router in
            router.provider.answer(.embeddings) { _ in .json(Self.answer) }
            for (count, status) in [(2048, 200), (2049, 400)] {
                let inputs = Array(repeating: "\"a\"", count: count).joined(separator: ",")
                let response = try await router.send(
                    router.embeddings(#"{"model":"mock/small","input":[\#(inputs)]}"#)
                )
                #expect(response.status == status)
            }
        }
    }

    @Test("a provider that makes none is passed over in a chain, and named where it is the only one")
    func withoutWire() async throws {
        try await RunningRouter.run { router in
            router.provider.answer(.embeddings) { _ in .json(Self.answer) }
            let mixed = try await router.send(router.embeddings(#"{"model":"mixed","input":"a"}"#))
            #expect(mixed.status == 200 && mixed.header("x-keirouter-provider") == "mock")
            #expect(mixed.header("x-keirouter-route") == #""claudish/large";skipped=no_embeddings"#)
            for model in ["claudish/large", "rock/titan", "demo/echo"] {
                let response = try await router.send(router.embeddings(#"{"model":"\#(model)","input":"a"}"#))
                #expect(response.status == 400 && response.text.contains("no embeddings"))
                #expect(try await router.record(response).outcome == .clientError)
            }
        }
    }

    @Test("tokens go where OpenAI's wire is spoken, and nowhere else")
    func tokens() async throws {
        try await RunningRouter.run { router in
            router.provider.answer(.embeddings) { _ in .json(Self.answer) }
            let body = #"{"model":"mock/small","input":[[1,2,3],[4]]}"#
            #expect(try await router.send(router.embeddings(body)).status == 200)
            #expect(router.meter.admitted.last?.estimatedInputTokens == 4)
            #expect(router.provider.exchanges.last?.request.json?["input"]?.count == 2)
            let other = try await router.send(router.embeddings(#"{"model":"coh/embed","input":[1,2]}"#))
            #expect(other.status == 400 && other.text.contains("texts and no tokens"))
        }
    }

    // MARK: Other wires

    struct Wire: Sendable, CustomTestStringConvertible {
        var model: String
        var path: String
        /// What the provider is sent.
        var body: String
        var answer: String
        var testDescription: String { model }
    }

    static let wires: [Wire] = [
        Wire(
            model: "gem/embed",
            path: "/v1/models/embed:batchEmbedContents",
            body: """
                {"requests":[{"model":"models/embed","content":{"parts":[{"text":"a"}]},"outputDimensionality":2},\
                {"model":"models/embed","content":{"parts":[{"text":"b"}]},"outputDimensionality":2}]}
                """,
            answer: #"{"embeddings":[{"values":[0.5,1]},{"values":[1,-2]}],"usageMetadata":{"promptTokenCount":5}}"#
        ),
        Wire(
            model: "oll/embed",
            path: "/v1/api/embed",
            body: #"{"model":"embed","input":["a","b"],"dimensions":2,"truncate":false}"#,
            answer: #"{"model":"embed","embeddings":[[0.5,1],[1,-2]],"total_duration":9,"prompt_eval_count":5}"#
        ),
        Wire(
            model: "coh/embed",
            path: "/v1/embed",
            body: """
                {"model":"embed","input_type":"search_document","embedding_types":["float"],"texts":["a","b"],\
                "output_dimension":2,"truncate":"NONE"}
                """,
            answer: """
                {"id":"x","embeddings":{"float":[[0.5,1],[1,-2]]},"texts":["a","b"],\
                "meta":{"api_version":{"version":"2"},"billed_units":{"input_tokens":5}}}
                """
        ),
    ]

    private static let translated = """
        {"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5,1]},\
        {"object":"embedding","index":1,"embedding":[1,-2]}],"model":"embed",\
        "usage":{"prompt_tokens":5,"total_tokens":5}}
        """

    @Test("texts are said in the provider's wire, and its vectors in the client's", arguments: wires)
    func said(wire: Wire) async throws {
        try await RunningRouter.run { router in
            router.provider.answer(.embeddings) { _ in .json(wire.answer) }
            let request = #"{"model":"\#(wire.model)","input":["a","b"],"dimensions":2,"user":"u"}"#
            let response = try await router.send(router.embeddings(request))
            #expect(response.status == 200 && response.header("x-keirouter-lossy") == "user")
            let sent = try #require(router.provider.exchanges.last?.request)
            #expect(sent.target == wire.path && sent.bodyText == wire.body)
            #expect(response.text == Self.translated)
            #expect(try await router.record(response).usage == TokenUsage(input: 5))
            // 0.5, 1, and 1, -2 as little-endian 32-bit floats.
            let coded = request.replacing("\"dimensions\":2", with: #""encoding_format":"base64""#)
            let second = try JSONDocument(try await router.send(router.embeddings(coded)).body).root
            #expect(second["data"]?[0]?["embedding"]?.string == "AAAAPwAAgD8=")
            #expect(second["data"]?[1]?["embedding"]?.string == "AACAPwAAAMA=")
        }
    }

    @Test("an answer without one vector for each text is a failure of its provider", arguments: ["gem", "oll", "coh"])
    func malformed(provider: String) async throws {
        try await RunningRouter.run { router in
            router.provider.answer(.embeddings) { _ in .json(#"{"embeddings":[[1]]}"#) }
            let response = try await router.send(router.embeddings(#"{"model":"\#(provider)/e","input":["a","b"]}"#))
            #expect(response.status >= 500)
            #expect(try await router.record(response).outcome == .providerError)
        }
    }

    // MARK: The guard

    @Test("the guard masks and blocks texts before they go, and tokens that it cannot read do not go at all")
    func guarded() async throws {
        try await RunningRouter.run(policies: .everything) { router in
            router.provider.answer(.embeddings) { _ in .json(Self.answer) }
            let mail = ScriptedGuard.address
            let body = #"{"model":"mock/small","input":["to \#(mail)","plain"]}"#
            #expect(try await router.send(router.embeddings(body)).status == 200)
            let sent = router.provider.exchanges.last?.request.json?["input"]?.elements.compactMap(\.string)
            #expect(sent == ["to \(ScriptedGuard.placeholder)", "plain"])
            let asked = try #require(router.guard.inspected.last)
            #expect(asked.segments.map(\.text) == ["to \(mail)", "plain"] && asked.segments.allSatisfy(\.lastUser))
            let coh = #"{"model":"coh/embed","input":"\#(mail)"}"#
            _ = try await router.send(router.embeddings(coh))
            #expect(router.provider.exchanges.last?.request.json?["texts"]?[0]?.string == ScriptedGuard.placeholder)
            let forbidden = #"{"model":"mock/small","input":"\#(ScriptedGuard.forbidden)"}"#
            let blocked = try await router.send(router.embeddings(forbidden))
            #expect(blocked.status == 400 && blocked.text.contains("content_policy"))
            #expect(try await router.record(blocked).outcome == .blocked)
            let tokens = try await router.send(router.embeddings(#"{"model":"mock/small","input":[1,2]}"#))
            #expect(tokens.status == 400 && tokens.text.contains("send texts"))
        }
    }
}
