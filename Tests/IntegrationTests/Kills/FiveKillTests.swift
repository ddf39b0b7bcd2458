import Contracts
import Synchronization
import TestSupport
import Testing

extension Integration {
    /// `kill -9` of each of the five services while requests run, on both engines.
    @Suite("Each service killed under load")
    struct FiveKillTests {
        enum Engine: String, CaseIterable, CustomTestStringConvertible {
            case sqlite, postgres

            var testDescription: String { rawValue }
        }

        private typealias Outage = ClosedRange<ContinuousClock.Instant>

        private static let secret = GatewaySetup.secret("load")
        private static let address = GuardMatrixTests.address
        private static let clients = 6
        private static let rounds = 2

        private func start(_ mock: MockProvider, _ engine: Engine) async throws -> Gateway {
            var setup = GatewaySetup(
                providers: [
                    .init("acme", .openAI, mock, credentials: ["sk-acme"]),
                    .init("claude", .anthropic, mock, credentials: ["sk-claude"]),
                ],
                keys: [.init("load", Self.secret, plan: "load")]
            )
            setup.plans = ["{ name: load, limit_usd: 1000, period: total, concurrency: 1000, rpm: 0, tpm: 0 }"]
            setup.prices = [
                "{ model: \"acme/*\", input: 1, output: 10 }", "{ model: \"claude/*\", input: 1, output: 10 }",
            ]
            setup.guardrails = ["{ scope: global, pii: { enabled: true, direction: inbound, action: mask } }"]
            setup.savers = ["{ rtk: on, terse: on }"]
            if engine == .postgres { setup.storage = try await PostgresServer.shared().makeDatabase() }
            return try await Gateway.start(setup, programs: Gateway.services + [.portal])
        }

        @Test(
            "costs what its policies say: no row, no row twice, nothing unmasked",
            .timeLimit(.minutes(5)),
            arguments: Engine.allCases
        )
        func each(engine: Engine) async throws {
            let mock = try await MockProvider.start()
            mock.answer { .answer(to: $0, every: .milliseconds(4)) }
            let gateway = try await start(mock, engine)
            try await waitForPortal(gateway)
            let load = Load(gateway, secret: Self.secret, content: "Write to \(Self.address), please.")
            var outages: [Gateway.Program: [Outage]] = [:]
            async let running: Void = load.run(clients: Self.clients, seed: 31)
            do {
                var generator = SeededGenerator(seed: 31)
                for round in 0..<Self.rounds {
                    for program in [Gateway.Program.portal, .saver, .guard, .meter, .router] {
                        let before = load.count
                        try await Poll.until("requests before \(program), \(round)") { load.count >= before + 10 }
                        try await Task.sleep(for: .milliseconds(generator.number(0...100)))
                        let from = ContinuousClock.now
                        try await gateway.kill(program)
                        try gateway.launch(program)
                        try await gateway.waitUntilReady()
                        if program == .portal { try await waitForPortal(gateway) }
                        outages[program, default: []].append(from...ContinuousClock.now)
                    }
                }
                let before = load.count
                try await Poll.until("requests after the last round") { load.count >= before + 20 }
            } catch {
                load.stop()
                await running
                throw error
            }
            load.stop()
            await running
            try await gateway.waitUntilIdle(key: "load", deadline: .seconds(75))
            try await LedgerCheck.rows(load.results, mock, gateway)
            check(load.results, outages)
            #expect(mock.chats.allSatisfy { !$0.request.bodyText.contains(Self.address) })
            try await gateway.stop()
        }

        /// The router's death is felt by those it served; a guard's by those that its policy would not let pass without it.
        private func check(_ results: [Load.Result], _ outages: [Gateway.Program: [Outage]]) {
            let routers = outages[.router] ?? []
            LedgerCheck.refusals(results, outside: routers + (outages[.guard] ?? []), "guards and routers")
            let refused = results.filter { result in
                !result.isWhole && !routers.contains { $0.overlaps(result.began...max(result.began, result.ended)) }
            }
            #expect(refused.allSatisfy { $0.status == 503 }, "\(refused.prefix(3).map { "\($0.status) \($0.text)" })")
            // Whoever finds no router asks again at once, so most results are of those.
            #expect(results.filter(\.isWhole).count >= 25 * Self.rounds)
        }

        private func waitForPortal(_ gateway: Gateway) async throws {
            try await Poll.until("the portal's first page", deadline: .seconds(30)) {
                let headers = [HeaderField("host", "localhost"), HeaderField("accept", "text/html")]
                return try await gateway.send(RawRequest("GET", "/welcome", headers: headers)).status == 200
            }
        }
    }
}
