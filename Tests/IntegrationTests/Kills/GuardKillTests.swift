import Contracts
import Synchronization
import TestSupport
import Testing

extension Integration {
    /// Guard and saver die without a word while requests run.
    @Suite("Killed guards and savers")
    struct GuardKillTests {
        private static let secret = GatewaySetup.secret("load")
        private static let address = GuardMatrixTests.address
        private static let clients = 6

        private func start(_ mock: MockProvider, replicas: Int) async throws -> Gateway {
            var setup = GatewaySetup(
                providers: [
                    .init("acme", .openAI, mock, credentials: ["sk-acme-1"]),
                    .init("claude", .anthropic, mock, credentials: ["sk-claude-1"]),
                ],
                keys: [.init("load", Self.secret)]
            )
            setup.settings = [
                "limits: { default_concurrency: 200, default_rpm: 1000000, default_tpm: 0 }",
                "services: { guard: { replicas: \(replicas) } }",
            ]
            setup.guardrails = ["{ scope: global, pii: { enabled: true, direction: inbound, action: mask } }"]
            setup.savers = ["{ rtk: on, terse: on }"]
            return try await Gateway.start(setup, supervised: true)
        }

        @Test("cost no answer where others stand in, and let nothing through where none does", arguments: [3, 1])
        func guards(replicas: Int) async throws {
            let mock = try await MockProvider.start()
            let gateway = try await start(mock, replicas: replicas)
            #expect(gateway.pids(Products.guard).count == replicas)
            let load = Load(gateway, secret: Self.secret, content: "Write to \(Self.address), please.")
            async let running: Void = load.run(clients: Self.clients, seed: 21)
            for round in 0..<6 {
                let before = load.count
                try await Poll.until("some requests in round \(round)") { load.count >= before + 30 }
                let victim = try #require(gateway.pids(Products.guard).first)
                ProcessTable.kill(victim)
                try await Poll.until("another guard", deadline: .seconds(20)) {
                    let now = gateway.pids(Products.guard)
                    return now.count == replicas && !now.contains(victim)
                }
            }
            load.stop()
            await running
            try await check(load.results, mock, gateway, mayRefuse: replicas == 1)
        }

        @Test("a saver's death is not noticed")
        func savers() async throws {
            let mock = try await MockProvider.start()
            let gateway = try await start(mock, replicas: 1)
            let load = Load(gateway, secret: Self.secret, content: "Write to \(Self.address), please.")
            async let running: Void = load.run(clients: Self.clients, seed: 22)
            for round in 0..<4 {
                let before = load.count
                try await Poll.until("some requests in round \(round)") { load.count >= before + 30 }
                for victim in gateway.pids(Products.saver) { ProcessTable.kill(victim) }
            }
            load.stop()
            await running
            try await check(load.results, mock, gateway, mayRefuse: false)
        }

        /// Every request has its row or was refused whole, and none went out unmasked.
        private func check(
            _ results: [Load.Result],
            _ mock: MockProvider,
            _ gateway: Gateway,
            mayRefuse: Bool
        ) async throws {
            let refused = results.filter { !$0.isWhole }
            let shown = refused.prefix(3).map { "\($0.status) \($0.text)" }
            if mayRefuse {
                // Closed: a policy that masks must not be passed by.
                #expect(refused.allSatisfy { $0.status == 503 }, "\(shown)")
            } else {
                #expect(refused.isEmpty, "\(refused.count) of \(results.count): \(shown)")
            }
            #expect(results.contains { $0.isWhole })
            #expect(mock.chats.allSatisfy { !$0.request.bodyText.contains(Self.address) })
            try await gateway.waitUntilIdle(key: "load", deadline: .seconds(75))
            let rows = Set(try await gateway.ledger().map(\.requestID))
            for result in results where result.isWhole {
                #expect(rows.contains(try #require(result.requestID)))
            }
            try await gateway.stop()
        }
    }
}
