import Contracts
import Foundation
import TestSupport
import Testing

/// Two targets of which the first is slow: the second is asked too, and who has the first content answers.
@Suite("Hedging")
struct HedgeTests {
    static func run(
        hedge: Bool = true,
        warmed: Int = 20,
        stream: Bool,
        _ body: (RunningRouter, RawRequest) async throws -> Void
    ) async throws {
        let declare: (MockProvider) -> String = { provider in
            """
              providers:
                - { id: p, dialect: openai, base_url: "\(provider.baseURL)" }
                - { id: q, dialect: openai, base_url: "\(provider.baseURL)" }
              accounts:
                - { provider: p, label: one, api_key: sk-p-0123456789, priority: 1 }
                - { provider: p, label: two, api_key: sk-p-9876543210, priority: 2 }
                - { provider: q, api_key: sk-q-0123456789 }
              chains: [ { name: pq, steps: [p/first, q/second], hedge: \(hedge) } ]
            """
        }
        try await RunningRouter.run(declare: declare) { router in
            let request = router.chat(.openAI, Sample.body(.openAI, model: "pq", stream: stream))
            for _ in 0..<warmed { _ = try await router.send(request) }
            #expect(router.provider.chats.allSatisfy { $0.request.model == "first" })
            router.provider.forget()
            try await body(router, request)
        }
    }

    static func whole(_ response: RawResponse, stream: Bool) -> Bool {
        response.status == 200 && (!stream || response.text.hasSuffix("data: [DONE]\n\n"))
    }

    @Test("a second target answers for a slow one, which is let go within a second", arguments: [false, true])
    func second(stream: Bool) async throws {
        try await Self.run(stream: stream) { router, request in
            let gate = Gate()
            router.provider.answer(.model("first")) { MockReply.answer(to: $0).after(.hold(gate)) }
            let response = try await router.send(request)
            let answered = ContinuousClock.now
            #expect(Self.whole(response, stream: stream), "\(response.text)")
            #expect(response.header("x-keirouter-model") == "second" && response.header("x-keirouter-attempts") == "2")
            let route = try #require(response.header("x-keirouter-route"))
            #expect(try /"p\/first";reason=hedge_lost;ms=\d+/.wholeMatch(in: route) != nil, "\(route)")
            let slow = try #require(router.provider.chats(model: "first").first)
            let lost = try await Poll.value("the slow one's loss") { slow.lostAt }
            #expect(lost - answered < .seconds(1))
            let record = try await router.record(response)
            #expect(record.outcome == .ok && record.attempts == ["p/first 0 hedge_lost", "q/second 200 ok"])
            // Who has the request may work on it, and bill it.
            let given = try #require(record.record.attempts.first)
            #expect(given.usage.input > 0 && given.usageSource == .estimated)
            #expect(router.meter.settled.count { $0.requestID == record.record.requestID } == 1)
            gate.open()
        }
    }

    @Test("the first target answers after all when it is quicker than the second", arguments: [false, true])
    func first(stream: Bool) async throws {
        try await Self.run(stream: stream) { router, request in
            let (gate, other) = (Gate(), Gate())
            router.provider.answer(.model("first")) { MockReply.answer(to: $0).after(.hold(gate)) }
            router.provider.answer(.model("second")) { MockReply.answer(to: $0).after(.hold(other)) }
            async let answer = router.send(request)
            try await Poll.until("two attempts") { router.provider.chats.count == 2 }
            gate.open()
            let response = try await answer
            #expect(Self.whole(response, stream: stream), "\(response.text)")
            #expect(response.header("x-keirouter-model") == "first" && response.header("x-keirouter-attempts") == "2")
            #expect(response.header("x-keirouter-route")?.hasPrefix(#""q/second";reason=hedge_lost"#) == true)
            let record = try await router.record(response)
            #expect(record.outcome == .ok && record.attempts == ["q/second 0 hedge_lost", "p/first 200 ok"])
            other.open()
        }
    }

    @Test("a stream whose head has come and whose content has not is late too")
    func silentStream() async throws {
        try await Self.run(stream: true) { router, request in
            let gate = Gate()
            router.provider.answer(.model("first")) { MockReply.answer(to: $0).cut(after: 1, then: [.hold(gate)]) }
            let response = try await router.send(request)
            #expect(Self.whole(response, stream: true) && response.header("x-keirouter-model") == "second")
            #expect(try await router.record(response).attempts == ["p/first 200 hedge_lost", "q/second 200 ok"])
            gate.open()
        }
    }

    @Test("a first target that fails while the second one works is left, and one that fails early is not hedged")
    func failures() async throws {
        try await Self.run(stream: false) { router, request in
            let (gate, other) = (Gate(), Gate())
            router.provider.answer(.model("first"), times: 1) { _ in
                MockReply.fault(.serverError, .openAI).after(.hold(gate))
            }
            router.provider.answer(.model("second"), times: 1) { MockReply.answer(to: $0).after(.hold(other)) }
            async let answer = router.send(request)
            try await Poll.until("two attempts") { router.provider.chats.count == 2 }
            gate.open()
            try await Poll.until("the first one's end") { router.provider.chats(model: "first").first?.isOver == true }
            try await Poll.until("the router has noted it") {
                let lines = try await router.get("/metrics").text.split(separator: "\n")
                return lines.contains { $0.contains(#"provider="p""#) && $0.contains("server_error") }
            }
            other.open()
            let late = try await answer
            #expect(late.status == 200)
            let attempts = ["p/first 500 server_error", "q/second 200 ok"]
            #expect(try await router.record(late).attempts == attempts)
            router.provider.answer(.model("first")) { _ in .fault(.badRequest, .openAI) }
            let refused = try await router.send(request)
            #expect(refused.status == 400)
            #expect(try await router.record(refused).attempts == ["p/first 400 bad_request"])
        }
    }

    @Test("nothing is hedged that the chain does not ask for, or whose usual time is not known")
    func without() async throws {
        for (hedge, warmed) in [(false, 20), (true, 19)] {
            try await Self.run(hedge: hedge, warmed: warmed, stream: false) { router, request in
                router.provider.answer(.model("first")) { MockReply.answer(to: $0).after(.pause(.milliseconds(700))) }
                let response = try await router.send(request)
                #expect(response.header("x-keirouter-model") == "first")
                #expect(router.provider.chats.count == 1)
            }
        }
    }

    @Test("where the budget does not pay for two, there is one attempt at a time")
    func budget() async throws {
        try await Self.run(stream: false) { router, request in
            let single = try #require(router.meter.admitted.first).estimatedInputTokens / 2
            router.meter.decide { asked in
                asked.estimatedInputTokens > single ? .denied(.budgetExhausted, "spent") : .granted(asked)
            }
            router.provider.answer(.model("first")) { MockReply.answer(to: $0).after(.pause(.milliseconds(700))) }
            let response = try await router.send(request)
            #expect(response.status == 200 && response.header("x-keirouter-model") == "first")
            #expect(router.provider.chats.count == 1)
            #expect(router.meter.admitted.suffix(2).map(\.estimatedInputTokens) == [single * 2, single])
        }
    }

    @Test("a client that leaves ends both")
    func leaves() async throws {
        try await Self.run(stream: true) { router, request in
            let gate = Gate()
            router.provider.answer { MockReply.answer(to: $0).after(.hold(gate)) }
            let exchange = try await RawHTTP.open(request, port: router.port)
            try await Poll.until("two attempts") { router.provider.chats.count == 2 }
            await exchange.close()
            for chat in router.provider.chats { _ = try await Poll.value("a loss") { chat.lostAt } }
            let record = try await Poll.value("a row") { router.meter.settled.first { $0.outcome == .cancelled } }
            #expect(Set(record.attempts.map(\.provider)) == ["p", "q"])
            gate.open()
        }
    }
}
