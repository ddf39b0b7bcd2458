import Contracts
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Integration {
    /// The database server goes away under a whole installation, and comes back.
    ///
    /// `KEIROUTER_TEST_OUTAGE` sets the seconds of the outage (4).
    @Suite("PostgreSQL goes away under load")
    struct PostgresOutageTests {
        private static let outage =
            ProcessInfo.processInfo.environment["KEIROUTER_TEST_OUTAGE"].flatMap(Int.init) ?? 4

        @Test(
            "restarts and an outage cost no request and no row, and all recover by themselves",
            .timeLimit(.minutes(6))
        )
        func outages() async throws {
            let server = try await PostgresServer(isDurable: true)
            let mock = try await MockProvider.start()
            mock.answer { .answer(to: $0, every: .milliseconds(4)) }
            let setup = PostgresGateway.setup(mock, storage: server.url())
            let gateway = try await Gateway.start(setup, supervised: true)
            try await PostgresGateway.waitForPortal(gateway)
            let pids = PostgresGateway.pids(gateway)
            let load = Load(gateway, isVaried: true)
            try await load.run(clients: 6, seed: 41) {
                for (isAbrupt, seconds) in [(false, 0), (true, 0), (true, Self.outage)] {
                    try await load.more(30, deadline: .seconds(40))
                    try await server.stop(isAbrupt: isAbrupt)
                    if seconds > 0 { try await during(gateway, load, until: .now + .seconds(seconds)) }
                    try await server.start()
                    try await Poll.until("the store answers again", deadline: .seconds(30)) {
                        try await gateway.run(["keys", "list"]).code == 0
                    }
                }
                try await load.more(30, deadline: .seconds(40))
            }
            try await LedgerCheck.rows(load.results, mock, gateway)
            // Nobody who asks a model needs the store to be there.
            LedgerCheck.refusals(load.results, outside: [], "outages")
            LedgerCheck.masked(mock)
            #expect(PostgresGateway.pids(gateway) == pids, "a process has died")
            // What the guard decided waited for the store.
            let masked = Set(load.results.compactMap(\.requestID))
            let told = gateway.log.split(separator: "\n").filter { $0.contains("decisions lost") }
            #expect(told.isEmpty)
            var missing = masked
            do {
                try await Poll.until("all decisions are there") {
                    missing = masked.subtracting(try await gateway.decisions().map(\.requestID))
                    return missing.isEmpty
                }
            } catch {
                Issue.record("\(missing.count) of \(masked.count) are missing: \(missing.sorted().prefix(3))")
                throw error
            }
            try await gateway.stop()
            try await server.stop(isAbrupt: false)
        }

        /// While the server is away requests are served, and what needs the store is told so.
        private func during(_ gateway: Gateway, _ load: Load, until end: ContinuousClock.Instant) async throws {
            try await load.more(30, deadline: .seconds(40))
            let refused = try await gateway.run(["plans", "list"])
            #expect(refused.code != 0)
            #expect((refused.output + refused.errors).contains("database"), "\(refused)")
            try await Task.sleep(until: end)
        }

        @Test("services that start before their server wait for it, not ready, and end when they are told to")
        func lateServer() async throws {
            let server = try await PostgresServer()
            try await server.stop(isAbrupt: false)
            let mock = try await MockProvider.start()
            let setup = PostgresGateway.setup(mock, storage: server.url())
            let begin = ContinuousClock.now

            let impatient = try Gateway.prepare(setup)
            try impatient.launch(.meter)
            try impatient.launch(.portal)
            try await Poll.until("both wait") { PostgresGateway.count("waiting for the database", in: impatient) == 2 }
            for program in [Gateway.Program.meter, .portal] {
                #expect(try await impatient.stop(program, deadline: .seconds(10)) == .exited(0))
            }

            let gateway = try Gateway.prepare(setup)
            try gateway.launch(.supervisor)
            try await Poll.until("all five wait") {
                PostgresGateway.count("waiting for the database", in: gateway) >= 5
            }
            #expect(gateway.log.contains("cannot be reached"))
            // Longer than an opening that is nobody's start waits.
            try await Task.sleep(until: begin + .seconds(13))
            #expect(try gateway.process(.supervisor).isRunning)
            let early = try? await RawHTTP.send(RawRequest("GET", "/readyz"), port: gateway.port, deadline: .seconds(5))
            #expect(early?.status != 200)
            try await server.start()
            try await gateway.waitUntilReady(deadline: .seconds(60))
            #expect(try await PostgresGateway.chat(gateway).status == 200)
            try await gateway.stop()
            try await server.stop(isAbrupt: false)
        }
    }
}
