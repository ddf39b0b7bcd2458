import Contracts
import JSON
import TestSupport
import Testing

@Suite("Ollama's endpoints")
struct OllamaEndpointTests {
    private static let unary =
        #"{ "model":"small","created_at":"2026-01-05T10:00:00Z","message":{"role":"assistant","content":"Hi"},"done":true,"done_reason":"stop","total_duration":9,"prompt_eval_count":100,"eval_count":50 }"#
    private static let lines = [
        #"{"model":"small","created_at":"2026-01-05T10:00:00Z","message":{"role":"assistant","content":"H"},"done":false}"#
            + "\n",
        #"{"model":"small","created_at":"2026-01-05T10:00:00Z","message":{"role":"assistant","content":"i"},"done":false}"#
            + "\n",
        #"{"model":"small","created_at":"2026-01-05T10:00:00Z","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","total_duration":9,"prompt_eval_count":100,"eval_count":50}"#
            + "\n",
    ]
    private static let type = "application/x-ndjson"
    private static let upstream = MockMatch { $0.target.hasSuffix("/api/chat") }

    /// Lines cut into pieces of seven bytes.
    private static var pieces: MockReply {
        let bytes = Array(lines.joined().utf8)
        let starts = stride(from: 0, to: bytes.count, by: 7)
        return .stream(starts.map { Array(bytes[$0..<min($0 + 7, bytes.count)]) }, type: type)
    }

    private static func body(_ model: String, stream: Bool?) -> String {
        let member = stream.map { #","stream":\#($0)"# } ?? ""
        return
            #"{ "messages": [ {"role":"user","content":"h\u00e9llo"} ], "odd": 1.50e+1\#(member), "model":"\#(model)" }"#
    }

    private func post(_ router: RunningRouter, _ path: String, _ body: String, key: String? = nil) -> RawRequest {
        let fields = [
            HeaderField("host", "localhost"), HeaderField("content-type", "application/json"),
            HeaderField("authorization", "Bearer \(key ?? router.key)"),
        ]
        return RawRequest("POST", path, headers: fields, body: Array(body.utf8))
    }

    @Test("a whole answer passes byte for byte, without a key where none is needed")
    func unary() async throws {
        try await RunningRouter.run { router in
            router.provider.answer(Self.upstream) { _ in .json(Self.unary) }
            let response = try await router.send(post(router, "/api/chat", Self.body("oll/small", stream: false)))
            #expect(response.status == 200 && response.text == Self.unary, "\(response.text)")
            let sent = try #require(router.provider.exchanges.first).request
            #expect(sent.bodyText == Self.body("small", stream: false))
            #expect(sent.headers.first("authorization") == nil)
            let record = try await router.record(response)
            #expect(record.outcome == .ok && record.usage.input == 100 && record.usage.output == 50)
            #expect(record.record.dialect == "ollama")
        }
    }

    @Test("a stream, which goes without saying, passes byte for byte however it is cut")
    func stream() async throws {
        try await RunningRouter.run { router in
            router.provider.answer(Self.upstream) { _ in Self.pieces }
            let response = try await router.send(post(router, "/api/chat", Self.body("oll/small", stream: nil)))
            #expect(response.status == 200 && response.text == Self.lines.joined(), "\(response.text)")
            #expect(response.header("content-type") == "application/x-ndjson")
            #expect(router.provider.exchanges.first?.request.headers.first("accept") == "application/x-ndjson")
            #expect(try await router.record(response).usage.output == 50)
        }
    }

    @Test("providers of other dialects answer, and Ollama's answers others' clients", arguments: [false, true])
    func translated(stream: Bool) async throws {
        try await RunningRouter.run { router in
            for provider in ["mock", "claudish"] {
                let body = Self.body("\(provider)/small", stream: stream)
                let response = try await router.send(post(router, "/api/chat", body))
                #expect(response.status == 200)
                if stream {
                    let grammar = StreamGrammar.ollama(response.body)
                    #expect(grammar.problems == [] && grammar.answer.text == MockAnswer().text.joined())
                } else {
                    let message = try JSONDocument(response.body).root["message"]
                    #expect(message?["content"]?.string == MockAnswer().text.joined())
                }
                #expect(try await router.record(response).usage.output == 50)
            }
            router.provider.answer(Self.upstream) { _ in stream ? Self.pieces : .json(Self.unary) }
            for dialect in [MockDialect.openAI, .anthropic] {
                let response = try await router.send(
                    router.chat(dialect, Sample.body(dialect, model: "oll/small", stream: stream))
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

    @Test("errors: before the answer, and on a line of it")
    func errors() async throws {
        try await RunningRouter.run { router in
            let unknown = try await router.send(post(router, "/api/chat", Self.body("nobody/x", stream: nil)))
            #expect(unknown.status == 404)
            #expect(try JSONDocument(unknown.body).root["error"]?.kind == .string)
            let stranger = try await router.send(post(router, "/api/chat", Self.body("oll/x", stream: nil), key: "no"))
            #expect(stranger.status == 401)
            let wrong = try await router.get("/api/chat")
            #expect(wrong.status == 405 && wrong.header("allow") == "POST")
            router.provider.answer(Self.upstream) { _ in
                let lines = [Self.lines[0], "{\"error\":\"model runner has stopped\"}\n"]
                return .stream(lines.map { Array($0.utf8) }, type: Self.type)
            }
            let broken = try await router.send(post(router, "/api/chat", Self.body("oll/small", stream: nil)))
            let grammar = StreamGrammar.ollama(broken.body)
            #expect(broken.status == 200 && grammar.answer.text == "H" && grammar.answer.error != nil)
            #expect(grammar.problems == [])
        }
    }

    @Test("the list of models, what one is, and the version")
    func models() async throws {
        try await RunningRouter.run { router in
            let version = try await router.get("/api/version")
            #expect(version.status == 200)
            #expect(try JSONDocument(version.body).root["version"]?.string?.isEmpty == false)
            let key = HeaderField("authorization", "Bearer \(router.key)")
            let tags = try await router.get("/api/tags", headers: [key])
            let names = try JSONDocument(tags.body).root["models"]?.elements.compactMap { $0["name"]?.string } ?? []
            #expect(names.contains("quick") && names.contains("pair"), "\(names)")
            #expect(try await router.get("/api/tags").status == 401)
            let shown = try await router.send(post(router, "/api/show", #"{"model":"quick"}"#))
            #expect(shown.status == 200)
            #expect(try JSONDocument(shown.body).root["capabilities"]?.count == 2, "\(shown.text)")
            let missing = try await router.send(post(router, "/api/show", #"{"model":"nothing"}"#))
            #expect(missing.status == 404)
        }
    }
}
