import Contracts
import TestSupport
import Testing

@Suite("Half-open targets")
struct ProbeTests {
    @Test("a client that leaves during a probe makes place for the next one at once", arguments: [false, true])
    func leaves(stream: Bool) async throws {
        let declare: (MockProvider) -> String = { provider in
            """
              providers:
                - { id: p, dialect: openai, base_url: "\(provider.baseURL)" }
                - { id: q, dialect: openai, base_url: "\(provider.baseURL)" }
              accounts:
                - { provider: p, api_key: sk-p-0123456789 }
                - { provider: q, api_key: sk-q-0123456789 }
              chains: [ { name: pq, steps: [p/first, q/second] } ]
            """
        }
        try await RunningRouter.run(declare: declare) { router in
            let body = Sample.body(.openAI, model: "pq", stream: stream)
            let gate = Gate()
            router.provider.answer(.model("first"), times: 1) { _ in .fault(.rateLimited(retryAfter: 1), .openAI) }
            router.provider.answer(.model("first"), times: 1) { request in
                MockReply.answer(to: request).after(.hold(gate))
            }
            let limited = try await router.send(router.chat(.openAI, body))
            #expect(limited.header("x-keirouter-provider") == "q")
            // Once the pause has ended the next request is the probe, and others go elsewhere.
            let probe = try await Poll.value("the probe", every: .milliseconds(50)) { () -> RawExchange? in
                let count = router.provider.chats.count
                let exchange = try await RawHTTP.open(router.chat(.openAI, body), port: router.port)
                try await Poll.until("its request upstream") { router.provider.chats.count > count }
                if router.provider.chats.last?.request.model == "first" { return exchange }
                await exchange.close()
                return nil
            }
            let upstream = try #require(router.provider.chats(model: "first").last)
            let other = try await router.send(router.chat(.openAI, body))
            #expect(other.header("x-keirouter-provider") == "q")
            #expect(other.header("x-keirouter-route")?.contains("skipped=probing") == true)
            await probe.close()
            _ = try await Poll.value("the upstream's loss") { upstream.lostAt }
            let next = try await router.send(router.chat(.openAI, body))
            #expect(next.status == 200 && next.header("x-keirouter-provider") == "p")
            gate.open()
        }
    }
}
