import Contracts
import JSON
import TestSupport
import Testing

@Suite("Gemini's endpoints")
struct GeminiEndpointTests {
    private static let body = #"{ "contents" : [ {"role":"user","parts":[{"text":"h\u00e9llo"}]} ], "odd": 1.50e+1 }"#
    private static let unary =
        #"{ "candidates": [{"content":{"parts":[{"text":"Hi"}],"role":"model"},"finishReason":"STOP","index":0}], "usageMetadata": {"promptTokenCount":100,"candidatesTokenCount":40,"thoughtsTokenCount":10,"totalTokenCount":150},"modelVersion":"g","responseId":"r" }"#
    private static let frames = [
        #"data: {"candidates": [{"content": {"parts": [{"text": "H"}],"role": "model"},"index": 0}],"usageMetadata": {"promptTokenCount": 100,"totalTokenCount": 100},"modelVersion":"g","responseId":"r"}"#
            + "\r\n\r\n",
        #"data: {"candidates": [{"content": {"parts": [{"text": "i"}],"role": "model"},"finishReason": "STOP","index": 0}],"usageMetadata": {"promptTokenCount": 100,"candidatesTokenCount": 50,"totalTokenCount": 150},"modelVersion":"g","responseId":"r"}"#
            + "\r\n\r\n",
    ]
    private static let upstream = MockMatch { $0.target.contains(":generateContent") || $0.target.contains(":stream") }

    private func request(
        _ router: RunningRouter,
        _ path: String,
        _ credential: HeaderField?,
        body: String = body
    ) -> RawRequest {
        let fields = [HeaderField("host", "localhost"), HeaderField("content-type", "application/json")]
        return RawRequest("POST", path, headers: fields + (credential.map { [$0] } ?? []), body: Array(body.utf8))
    }

    private func google(_ router: RunningRouter) -> HeaderField { HeaderField("x-goog-api-key", router.key) }

    @Test(
        "a whole answer passes byte for byte, however key and model are written",
        arguments: [
            ("gem/small:generateContent", "header"), ("gem%2Fsmall:generateContent", "header"),
            ("gem/small:generateContent", "bearer"), ("gem/small:generateContent", "query"),
        ]
    )
    func unary(model: String, way: String) async throws {
        try await RunningRouter.run { router in
            router.provider.answer(Self.upstream) { _ in .json(Self.unary) }
            let query = way == "query" ? "?key=\(router.key)&x=1" : ""
            let credential: HeaderField? =
                switch way {
                case "header": google(router)
                case "bearer": HeaderField("authorization", "Bearer \(router.key)")
                default: nil
                }
            let response = try await router.send(request(router, "/v1beta/models/\(model)\(query)", credential))
            #expect(response.status == 200 && response.text == Self.unary, "\(response.text)")
            let sent = try #require(router.provider.exchanges.first).request
            #expect(sent.target == "/v1/models/small:generateContent")
            #expect(sent.bodyText == Self.body)
            #expect(sent.headers.first("x-goog-api-key") == RunningRouter.firstSecret)
            #expect(sent.headers.allSatisfy { !$0.value.contains(router.key) })
            let record = try await router.record(response)
            #expect(record.outcome == .ok && record.usage.input == 100 && record.usage.output == 50)
            #expect(record.usage.reasoning == 10 && record.record.dialect == "gemini")
        }
    }

    @Test("a stream of events passes byte for byte; without alt=sse it is one array")
    func stream() async throws {
        try await RunningRouter.run { router in
            router.provider.answer(Self.upstream) { _ in .stream(Self.frames) }
            let events = try await router.send(
                request(router, "/v1beta/models/gem/small:streamGenerateContent?alt=sse", google(router))
            )
            #expect(events.status == 200 && events.text == Self.frames.joined())
            #expect(events.header("content-type")?.hasPrefix("text/event-stream") == true)
            let sent = try #require(router.provider.exchanges.first).request
            #expect(sent.target == "/v1/models/small:streamGenerateContent?alt=sse")
            let array = try await router.send(
                request(router, "/v1beta/models/gem/small:streamGenerateContent", google(router))
            )
            #expect(array.header("content-type")?.hasPrefix("application/json") == true)
            let root = try JSONDocument(array.body).root
            #expect(
                root.elements.map { $0["candidates"]?[0]?["content"]?["parts"]?[0]?["text"]?.string } == ["H", "i"]
            )
            #expect(try await router.record(array).usage.output == 50)
        }
    }

    @Test("providers of other dialects answer, and Gemini's answers others' clients", arguments: [false, true])
    func translated(stream: Bool) async throws {
        try await RunningRouter.run { router in
            let action = stream ? "streamGenerateContent?alt=sse" : "generateContent"
            for provider in ["mock", "claudish"] {
                let response = try await router.send(
                    request(router, "/v1beta/models/\(provider)/small:\(action)", google(router))
                )
                #expect(response.status == 200)
                if stream {
                    let grammar = StreamGrammar.gemini(response.body)
                    #expect(grammar.problems == [] && grammar.answer.text == MockAnswer().text.joined())
                } else {
                    let part = try JSONDocument(response.body).root["candidates"]?[0]?["content"]?["parts"]?[0]
                    #expect(part?["text"]?.string == MockAnswer().text.joined())
                }
                #expect(try await router.record(response).usage.output == 50)
            }
            router.provider.answer(Self.upstream) {
                $0.target.contains(":stream") ? .stream(Self.frames) : .json(Self.unary)
            }
            for dialect in [MockDialect.openAI, .anthropic] {
                let response = try await router.send(
                    router.chat(dialect, Sample.body(dialect, model: "gem/small", stream: stream))
                )
                #expect(response.status == 200 && response.text.contains("H"), "\(response.text)")
                if stream {
                    let grammar =
                        dialect == .openAI
                        ? StreamGrammar.openAI(response.body) : StreamGrammar.anthropic(response.body)
                    #expect(grammar.problems == [] && grammar.answer.text == "Hi")
                }
                #expect(try await router.record(response).usage.input == 100)
            }
        }
    }

    @Test("errors have Google's form")
    func errors() async throws {
        try await RunningRouter.run { router in
            func check(_ response: RawResponse, _ status: Int, _ word: String) {
                let error = (try? JSONDocument(response.body))?.root["error"]
                #expect(response.status == status && error?["code"]?.integer == status, "\(response.text)")
                #expect(error?["status"]?.string == word && error?["message"]?.string?.isEmpty == false)
            }
            let path = "/v1beta/models/gem/small:generateContent"
            check(try await router.send(request(router, path, nil)), 401, "UNAUTHENTICATED")
            check(try await router.send(request(router, path + "?key=nothing", nil)), 401, "UNAUTHENTICATED")
            check(try await router.send(request(router, path, google(router), body: "{")), 400, "INVALID_ARGUMENT")
            check(try await router.send(request(router, path, google(router), body: "{}")), 400, "INVALID_ARGUMENT")
            let unknown = "/v1beta/models/nowhere/x:generateContent"
            check(try await router.send(request(router, unknown, google(router))), 404, "NOT_FOUND")
            let action = "/v1beta/models/gem/small:embedContent"
            check(try await router.send(request(router, action, google(router))), 405, "UNIMPLEMENTED")
            router.provider.enqueue(
                [.json(#"{"error":{"code":400,"message":"bad field","status":"INVALID_ARGUMENT"}}"#, status: 400)],
                Self.upstream
            )
            let passed = try await router.send(request(router, path, google(router)))
            #expect(passed.text == #"{"error":{"code":400,"message":"bad field","status":"INVALID_ARGUMENT"}}"#)
            router.provider.enqueue(
                [
                    .json(
                        #"{"error":{"code":429,"message":"Resource has been exhausted","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34s"}]}}"#,
                        status: 429
                    )
                ],
                Self.upstream
            )
            let limited = try await router.send(request(router, path, google(router)))
            check(limited, 429, "RESOURCE_EXHAUSTED")
            #expect(limited.header("retry-after").flatMap { Int($0) }.map { (30...34).contains($0) } == true)
        }
    }

    @Test("a stream that breaks off ends in an error, in either form", arguments: ["?alt=sse", ""])
    func broken(query: String) async throws {
        try await RunningRouter.run { router in
            router.provider.answer(Self.upstream) { _ in .stream([Self.frames[0]]) }
            let response = try await router.send(
                request(router, "/v1beta/models/gem/small:streamGenerateContent\(query)", google(router))
            )
            #expect(response.status == 200)
            if query.isEmpty {
                let root = try JSONDocument(response.body).root
                #expect(root[1]?["error"]?["status"]?.string == "UNAVAILABLE")
            } else {
                #expect(response.text.hasPrefix(Self.frames[0]))
                #expect(response.text.contains(#"data: {"error":{"code":502"#))
            }
            #expect(try await router.record(response).outcome == .providerError)
        }
    }

    @Test("models and counts")
    func lists() async throws {
        try await RunningRouter.run { router in
            let list = try await router.get("/v1beta/models?key=\(router.key)")
            let names = try JSONDocument(list.body).root["models"]?.elements.compactMap { $0["name"]?.string } ?? []
            #expect(list.status == 200 && names.contains("models/quick"))
            let one = try await router.get("/v1beta/models/quick", headers: [google(router)])
            #expect(try JSONDocument(one.body).root["name"]?.string == "models/quick")
            let none = try await router.get("/v1beta/models/nothing", headers: [google(router)])
            #expect(none.status == 404 && none.text.contains("NOT_FOUND"))
            let count = try await router.send(
                request(router, "/v1beta/models/quick:countTokens", google(router))
            )
            #expect(count.status == 200 && count.header("x-keirouter-count") == "estimate")
            // What stands around a message and before an answer, and three digits in each token.
            #expect(try JSONDocument(count.body).root["totalTokens"]?.integer ?? 0 > 7)
            let wrapped =
                #"{"generateContentRequest":{"model":"models/x","contents":[{"parts":[{"text":"12345678"}]}]}}"#
            let other = try await router.send(
                request(router, "/v1beta/models/quick:countTokens", google(router), body: wrapped)
            )
            #expect(try JSONDocument(other.body).root["totalTokens"]?.integer == 3 + 4 + 3)
            #expect(router.provider.count == 0)
        }
    }
}
