import Contracts
import JSON
import TestSupport
import Testing

@Suite("Failover")
struct FailoverTests {
    /// What a first account does wrong before a byte of content.
    static let openings: [(name: String, reply: MockReply)] = [
        ("rate limit", .fault(.rateLimited(retryAfter: 7), .openAI)),
        ("refused credential", .fault(.authentication, .openAI)),
        ("server error", .fault(.serverError, .openAI)),
        ("overload", .fault(.overloaded, .openAI)),
        ("no such model here", .fault(.notFound, .openAI)),
        ("closed before the head", .closed),
        ("reset before the head", .reset),
        ("a page instead of an API", .page()),
        ("an error inside a stream", .stream([MockFault.serverError.event(.openAI)])),
        ("a stream of nothing", .stream([] as [String])),
        ("a stream that ends after its opening", .stream([opening])),
        ("a stream cut off after its opening", MockReply.stream([opening]).cut(after: 1, then: [.close])),
    ]

    private static let opening =
        #"data: {"id":"1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant"}}]}"#
        + "\n\n"

    @Test("the second account answers and the client sees nothing of it", arguments: 0..<12, [false, true])
    func second(opening: Int, stream: Bool) async throws {
        let fault = Self.openings[opening]
        try await RunningRouter.run { router in
            router.provider.answer(.credential(RunningRouter.firstSecret)) { _ in fault.reply }
            let body = Sample.body(.openAI, model: "pair", stream: stream)
            let response = try await router.send(router.chat(.openAI, body))
            #expect(response.status == 200, "\(fault.name)")
            let served = try #require(router.provider.chats.last)
            #expect(stream ? response.text.hasSuffix("[DONE]\n\n") : response.body == served.sentBody, "\(fault.name)")
            #expect(Int(response.header("x-keirouter-attempts") ?? "") == router.provider.chats.count)
            let record = try await router.record(response)
            #expect(record.outcome == .ok && record.attempts.count == router.provider.chats.count, "\(fault.name)")
            #expect(record.attempts.last?.hasSuffix("200 ok") == true)
        }
    }

    @Test("an answer names what was tried and passed over before it, an error too; accounts are not named")
    func route() async throws {
        try await RunningRouter.run { router in
            router.provider.answer(.model("small")) { _ in .fault(.rateLimited(retryAfter: 60), .openAI) }
            router.provider.answer(.model("large")) { _ in .fault(.serverError, .openAI) }
            let refused = try await router.send(
                router.chat(.openAI, Sample.body(.openAI, model: "pair", stream: false))
            )
            #expect(refused.status == 429)
            let tried = try #require(refused.header("x-keirouter-route"))
            let pattern = /"mock\/small";reason=rate_limited;ms=\d+, "mock\/small";reason=rate_limited;ms=\d+, .*/
            #expect(tried.wholeMatch(of: pattern) != nil, "\(tried)")
            #expect(tried.contains(#""mock/large";skipped=rate_limited"#))
            router.provider.forget()
            let fine = Sample.body(.openAI, model: "claudish/large", stream: false)
            #expect(try await router.send(router.chat(.openAI, fine)).header("x-keirouter-route") == nil)
        }
    }

    @Test("a request at fault is not tried again, and the client reads the provider's own words")
    func clientFault() async throws {
        try await RunningRouter.run { router in
            router.provider.answer { _ in .fault(.badRequest, .openAI) }
            let body = Sample.body(.openAI, model: "pair", stream: true)
            let response = try await router.send(router.chat(.openAI, body))
            #expect(response.status == 400 && router.provider.chats.count == 1)
            #expect(response.body == router.provider.chats.first?.sentBody)
            let record = try await router.record(response)
            #expect(record.outcome == .clientError && record.attempts == ["mock/small 400 bad_request"])
        }
    }

    @Test("a failure after content is an error event and a failed record", arguments: [true, false])
    func afterContent(cut: Bool) async throws {
        try await RunningRouter.run { router in
            router.provider.answer { request in
                let whole = MockReply.answer(to: request)
                guard cut else {
                    return whole.cut(after: 3, then: [.body(Array(MockFault.overloaded.event(.openAI).utf8)), .end])
                }
                return whole.cut(after: 3, then: [.close])
            }
            let body = Sample.body(.openAI, model: "mock/small", stream: true)
            let response = try await router.send(router.chat(.openAI, body))
            #expect(response.status == 200 && response.isComplete)
            let last = try #require(response.text.split(separator: "\n\n").last)
            let event = try JSONDocument(Array(last.dropFirst("data: ".count).utf8)).root
            #expect(event["error"]?["message"]?.string?.isEmpty == false)
            #expect(!response.text.contains("[DONE]"))
            #expect(router.provider.chats.count == 1)
            let record = try await router.record(response)
            #expect(record.outcome == .providerError && record.source == .estimated && record.usage.output > 0)
        }
    }

    @Test("when all are limited the client hears 429 and when to come back")
    func allLimited() async throws {
        try await RunningRouter.run { router in
            router.provider.answer { _ in .fault(.rateLimited(retryAfter: 7), .openAI) }
            let body = Sample.body(.openAI, model: "mock/small", stream: false)
            for _ in 0..<2 {
                let response = try await router.send(router.chat(.openAI, body))
                #expect(response.status == 429)
                let seconds = try #require(response.header("retry-after").flatMap { Int($0) })
                #expect((1...7).contains(seconds))
                #expect(try await router.record(response).outcome == .providerError)
            }
            // The second request tried nobody: both accounts are left alone.
            #expect(router.provider.chats.count == 2)
        }
    }

    @Test("a client that leaves ends the upstream's connection within a second, one row", arguments: [false, true])
    func clientLeaves(stream: Bool) async throws {
        try await RunningRouter.run { router in
            let gate = Gate()
            router.provider.answer { request in
                let whole = MockReply.answer(to: request)
                return stream ? whole.cut(after: 3, then: [.hold(gate)]) : whole.after(.hold(gate))
            }
            let body = Sample.body(.openAI, model: "mock/small", stream: stream)
            let exchange = try await RawHTTP.open(router.chat(.openAI, body), port: router.port)
            let upstream = try await Poll.value("the upstream request") { router.provider.chats.first }
            if stream { _ = try await exchange.body(containing: "Hello") }
            let left = ContinuousClock.now
            await exchange.close()
            let lost = try await Poll.value("the upstream's loss") { upstream.lostAt }
            #expect(lost - left < .seconds(1))
            let settled = try await Poll.value("a row") { router.meter.settled.first }
            #expect(settled.outcome == .cancelled && settled.attempts.count == 1)
            #expect(settled.attempts.first?.usage.input ?? 0 > 0)
            #expect(router.meter.settled.count == 1)
            gate.open()
        }
    }

    @Test("a silent provider is given up in time, and the next account answers")
    func silence() async throws {
        try await RunningRouter.run("timeouts: { first_byte: 500ms, stall: 5s }") { router in
            router.provider.answer(.credential(RunningRouter.firstSecret)) { _ in .silent(.seconds(30)) }
            let body = Sample.body(.openAI, model: "mock/small", stream: true)
            let response = try await router.send(router.chat(.openAI, body))
            #expect(response.status == 200)
            let record = try await router.record(response)
            #expect(record.attempts == ["mock/small 0 first_byte_timeout", "mock/small 200 ok"])
        }
    }

    @Test("a quiet stream is kept open by comments, and a failure after them still moves on unseen")
    func quiet() async throws {
        try await RunningRouter.run { router in
            router.provider.answer(.credential(RunningRouter.firstSecret)) { _ in
                MockReply([.pause(.milliseconds(15_500)), .reset])
            }
            let body = Sample.body(.openAI, model: "mock/small", stream: true)
            let response = try await router.send(router.chat(.openAI, body))
            #expect(response.status == 200 && router.provider.chats.count == 2)
            #expect(response.text.hasPrefix(": keep-alive\n\ndata: {"))
            #expect(response.text.hasSuffix("data: [DONE]\n\n"))
            #expect(try await router.record(response).outcome == .ok)
        }
    }
}
