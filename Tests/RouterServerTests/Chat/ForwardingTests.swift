import Contracts
import JSON
import TestSupport
import Testing

@Suite("Requests and answers pass through byte for byte")
struct ForwardingTests {
    static let dialects: [(MockDialect, String)] = [(.openAI, "mock"), (.anthropic, "claudish")]

    @Test("a whole answer: only the model's name differs upstream, nothing downstream", arguments: dialects)
    func unary(dialect: MockDialect, provider: String) async throws {
        try await RunningRouter.run { router in
            let body = Sample.body(dialect, model: "\(provider)/small", stream: false)
            let response = try await router.send(router.chat(dialect, body))
            #expect(response.status == 200)
            let exchange = try #require(router.provider.chats.first)
            #expect(exchange.request.bodyText == body.replacing("\(provider)/small", with: "small"))
            #expect(response.body == exchange.sentBody)
            #expect(exchange.request.credential == RunningRouter.firstSecret)
            #expect(response.header("x-keirouter-provider") == provider)
            #expect(response.header("x-keirouter-model") == "small")
            #expect(response.header("x-keirouter-attempts") == "1")
            let record = try await router.record(response)
            #expect(record.outcome == .ok && record.attempts == ["\(provider)/small 200 ok"])
            #expect(record.usage.input == 100 && record.usage.output == 50 && record.source == .provider)
            #expect(record.record.reservationID == "r-\(record.record.requestID)")
        }
    }

    @Test(
        "a stream that reports usage unasked or as asked reaches the client as it left the provider",
        arguments: dialects
    )
    func stream(dialect: MockDialect, provider: String) async throws {
        try await RunningRouter.run { router in
            let asked = dialect == .openAI ? #", "stream_options": {"include_usage": true}"# : ""
            let body = Sample.body(dialect, model: "\(provider)/small", stream: true, extra: asked)
            let response = try await router.send(router.chat(dialect, body))
            let exchange = try #require(router.provider.chats.first)
            #expect(exchange.request.bodyText == body.replacing("\(provider)/small", with: "small"))
            #expect(response.status == 200 && response.body == exchange.sentBody)
            #expect(response.header("content-type") == "text/event-stream; charset=utf-8")
            let record = try await router.record(response)
            #expect(record.outcome == .ok && record.usage.output == 50 && record.source == .provider)
            #expect(record.record.firstTokenMS != nil)
        }
    }

    @Test("usage that the client did not ask for is asked for and kept from it")
    func usageOnTheQuiet() async throws {
        try await RunningRouter.run { router in
            let body = Sample.body(.openAI, model: "mock/small", stream: true)
            let response = try await router.send(router.chat(.openAI, body))
            let exchange = try #require(router.provider.chats.first)
            #expect(exchange.request.wantsUsage)
            #expect(!response.text.contains(#""choices":[]"#) && response.text.hasSuffix("data: [DONE]\n\n"))
            #expect(try await router.record(response).usage.input == 100)
        }
    }

    @Test("tool calls and reasoning with signatures pass untouched", arguments: dialects)
    func everything(dialect: MockDialect, provider: String) async throws {
        try await RunningRouter.run { router in
            router.provider.answer { .answer(.everything, to: $0) }
            let body = Sample.body(dialect, model: "\(provider)/small", stream: true)
            let response = try await router.send(router.chat(dialect, body))
            let sent = try #require(router.provider.chats.first).sentBody
            // OpenAI's usage frame was asked for by the router and is kept back.
            #expect(dialect == .openAI ? response.body.count < sent.count : response.body == sent)
            let usage = try await router.record(response).usage
            #expect(usage.cacheRead == 400 && usage.output == 70)
        }
    }

    @Test("what the client's library sends along goes upstream, its key and cookies do not")
    func headers() async throws {
        try await RunningRouter.run { router in
            let headers = [
                HeaderField("anthropic-beta", "tools-2024"), HeaderField("cookie", "a=b"),
                HeaderField("x-forwarded-for", "1.2.3.4"), HeaderField("traceparent", Self.traceparent),
            ]
            let body = Sample.body(.anthropic, model: "claudish/small", stream: false)
            let request = router.chat(.anthropic, body, headers: headers, query: "?beta=true")
            #expect(try await router.send(request).status == 200)
            let sent = try #require(router.provider.chats.first).request
            #expect(sent.target == "/v1/messages?beta=true")
            #expect(sent.headers.first("anthropic-beta") == "tools-2024")
            #expect(sent.headers.first("anthropic-version") == "2023-06-01")
            #expect(sent.headers.first("cookie") == nil && sent.headers.first("x-forwarded-for") == nil)
            let trace = try #require(sent.headers.first("traceparent"))
            #expect(trace.split(separator: "-")[1] == Self.traceparent.split(separator: "-")[1])
            #expect(!sent.headers.contains { $0.value.contains(router.key) })
        }
    }

    private static let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    @Test("a provider that does not end its response after the last frame holds up neither client nor record")
    func lateEnd() async throws {
        try await RunningRouter.run { router in
            let gate = Gate()
            router.provider.answer { MockReply(MockReply.answer(to: $0).steps.dropLast() + [.hold(gate), .end]) }
            let body = Sample.body(.openAI, model: "mock/small", stream: true)
            let start = ContinuousClock.now
            let response = try await router.send(router.chat(.openAI, body))
            #expect(response.isComplete && response.text.hasSuffix("data: [DONE]\n\n"))
            #expect(try await router.record(response).outcome == .ok)
            #expect(ContinuousClock.now - start < .seconds(10))
            gate.open()
        }
    }

    @Test("an alias and a chain lead to their targets, and the record says which chain")
    func names() async throws {
        try await RunningRouter.run { router in
            for (name, chain) in [("quick", nil), ("pair", "pair"), ("chain:pair", "pair")] as [(String, String?)] {
                let body = Sample.body(.openAI, model: name, stream: false)
                let response = try await router.send(router.chat(.openAI, body))
                let record = try await router.record(response)
                #expect(record.attempts == ["mock/small 200 ok"] && record.record.chain == chain)
            }
        }
    }

    @Test("the built-in demo answers in both dialects, streamed and not", arguments: dialects, [false, true])
    func demo(dialect: (MockDialect, String), stream: Bool) async throws {
        try await RunningRouter.run { router in
            let body = Sample.body(dialect.0, model: "demo/echo", stream: stream)
            let response = try await router.send(router.chat(dialect.0, body))
            #expect(response.status == 200 && response.text.contains("demo"))
            #expect(try await router.record(response).outcome == .ok)
            #expect(router.provider.count == 0)
        }
    }
}
