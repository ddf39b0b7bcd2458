import Contracts
import TestSupport
import Testing

@Suite("Strategies of chains")
struct StrategyTests {
    private static func declare(_ chain: String) -> @Sendable (MockProvider) -> String {
        { provider in
            """
              providers:
                - { id: one, dialect: openai, base_url: "\(provider.baseURL)" }
                - { id: two, dialect: openai, base_url: "\(provider.baseURL)" }
              accounts:
                - { provider: one, label: main, api_key: sk-one-0123456789 }
                - { provider: two, label: main, api_key: sk-two-0123456789 }
              chains: [ \(chain) ]
            """
        }
    }

    private func provider(_ router: RunningRouter, _ body: String) async throws -> String {
        let response = try await router.send(router.chat(.openAI, body))
        #expect(response.status == 200)
        return response.header("x-keirouter-provider") ?? ""
    }

    private static func turn(_ number: Int) -> String {
        let history = (0..<number).map {
            #"{"role":"user","content":"question \#($0)"},{"role":"assistant","content":"answer \#($0)"},"#
        }
        return
            #"{"model":"c","messages":[\#(history.joined()){"role":"user","content":"question \#(number)"}]}"#
    }

    @Test("round robin takes turns, and a conversation stays where it was answered")
    func roundRobin() async throws {
        let chain = "{ name: c, strategy: round_robin, steps: [one/m, two/m] }"
        try await RunningRouter.run(declare: Self.declare(chain)) { router async throws in
            // The same first question again and again is nobody's conversation yet.
            var firsts: [String] = []
            for _ in 0..<4 { firsts.append(try await provider(router, Self.turn(0))) }
            #expect(firsts == ["one", "two", "one", "two"])
            for turn in 1..<4 { #expect(try await provider(router, Self.turn(turn)) == "two") }
        }
    }

    @Test("weights are shares")
    func weighted() async throws {
        let chain = "{ name: c, strategy: weighted, steps: [one/m, two/m], weights: [3, 1] }"
        try await RunningRouter.run(declare: Self.declare(chain)) { router async throws in
            var counts: [String: Int] = [:]
            for _ in 0..<8 { counts[try await provider(router, Self.turn(0)), default: 0] += 1 }
            #expect(counts == ["one": 6, "two": 2])
        }
    }

    @Test("cost asks the meter what each target charges")
    func cost() async throws {
        let chain = "{ name: c, strategy: cost, steps: [one/m, two/m] }"
        try await RunningRouter.run(declare: Self.declare(chain)) { router async throws in
            router.meter.charge([
                "one/m": TargetRates(inputNano: 2_000_000_000, outputNano: 8_000_000_000),
                "two/m": TargetRates(inputNano: 1_000_000_000, outputNano: 4_000_000_000),
            ])
            // The first request waits for the meter 50 ms at most, and the next ones have what came later.
            try await Poll.until("the cheaper one answers") { try await provider(router, Self.turn(0)) == "two" }
            #expect(try await provider(router, Self.turn(0)) == "two")
        }
    }

    @Test("without prices the chain's own order holds, and the meter is not asked by every request")
    func noPrices() async throws {
        let chain = "{ name: c, strategy: cost, steps: [one/m, two/m] }"
        try await RunningRouter.run(declare: Self.declare(chain)) { router async throws in
            router.meter.hideRates()
            try #require(try await provider(router, Self.turn(0)) == "one")
            let asked = router.meter.ratesAsked
            #expect(asked > 0)
            for _ in 0..<3 { #expect(try await provider(router, Self.turn(0)) == "one") }
            #expect(router.meter.ratesAsked == asked)
        }
    }

    @Test("least busy goes around a target that is at work")
    func leastBusy() async throws {
        let chain = "{ name: c, strategy: least_busy, steps: [one/m, two/m] }"
        try await RunningRouter.run(declare: Self.declare(chain)) { router async throws in
            let gate = Gate()
            router.provider.answer(.chats, times: 1) { MockReply.answer(to: $0).after(.hold(gate)) }
            async let held = provider(router, Self.turn(0))
            _ = try await Poll.value("the first request") { router.provider.chats.first }
            #expect(try await provider(router, Self.turn(0)) == "two")
            gate.open()
            #expect(try await held == "one")
            #expect(try await provider(router, Self.turn(0)) == "one")
        }
    }

    @Test("latency leaves a target that has become slow")
    func latency() async throws {
        let chain = "{ name: c, strategy: latency, steps: [one/m, two/m] }"
        try await RunningRouter.run(declare: Self.declare(chain)) { router async throws in
            router.provider.answer(.credential("sk-one-0123456789")) {
                MockReply.answer(to: $0).after(.pause(.seconds(3)))
            }
            #expect(try await provider(router, Self.turn(0)) == "one")
            for _ in 0..<3 { #expect(try await provider(router, Self.turn(0)) == "two") }
        }
    }
}
