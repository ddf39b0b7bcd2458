import Contracts
import Synchronization
import TestSupport
import Testing

extension Integration {
    /// Guard and saver die without a word while requests run.
    @Suite("Killed guards and savers")
    struct GuardKillTests {
        private static let clients = 6

        private func start(_ mock: MockProvider, replicas: Int) async throws -> Gateway {
            var setup = Load.setup(mock)
            setup.settings = ["services: { guard: { replicas: \(replicas) } }"]
            return try await Gateway.start(setup, supervised: true)
        }

        @Test("cost no answer where others stand in, and let nothing through where none does", arguments: [3, 1])
        func guards(replicas: Int) async throws {
            let mock = try await MockProvider.start()
            let gateway = try await start(mock, replicas: replicas)
            #expect(gateway.pids(Products.guard).count == replicas)
            let load = Load(gateway)
            try await load.run(clients: Self.clients, seed: 21) {
                for _ in 0..<6 {
                    try await load.more(30)
                    let victim = try #require(gateway.pids(Products.guard).first)
                    ProcessTable.kill(victim)
                    try await Poll.until("another guard", deadline: .seconds(20)) {
                        let now = gateway.pids(Products.guard)
                        return now.count == replicas && !now.contains(victim)
                    }
                }
            }
            try await check(load.results, mock, gateway, mayRefuse: replicas == 1)
        }

        @Test("a saver's death is not noticed")
        func savers() async throws {
            let mock = try await MockProvider.start()
            let gateway = try await start(mock, replicas: 1)
            let load = Load(gateway)
            try await load.run(clients: Self.clients, seed: 22) {
                for _ in 0..<4 {
                    try await load.more(30)
                    for victim in gateway.pids(Products.saver) { ProcessTable.kill(victim) }
                }
            }
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
            LedgerCheck.masked(mock)
            try await LedgerCheck.rows(results, mock, gateway)
            try await gateway.stop()
        }
    }
}
