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

        private static let clients = 6
        private static let rounds = 2
        private static let order: [Gateway.Program] = [.portal, .saver, .guard, .meter, .router]

        private func start(_ mock: MockProvider, _ engine: Engine) async throws -> Gateway {
            var setup = Load.setup(mock)
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
            let load = Load(gateway)
            var outages: [Gateway.Program: [Outage]] = [:]
            try await load.run(clients: Self.clients, seed: 31) {
                var generator = SeededGenerator(seed: 31)
                for program in Array(repeating: Self.order, count: Self.rounds).joined() {
                    try await load.more(10)
                    try await Task.sleep(for: .milliseconds(generator.number(0...100)))
                    let from = ContinuousClock.now
                    try await gateway.kill(program)
                    try gateway.launch(program)
                    try await gateway.waitUntilReady()
                    if program == .portal { try await waitForPortal(gateway) }
                    outages[program, default: []].append(from...ContinuousClock.now)
                }
                try await load.more(20)
            }
            try await LedgerCheck.rows(load.results, mock, gateway)
            check(load.results, outages)
            LedgerCheck.masked(mock)
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
