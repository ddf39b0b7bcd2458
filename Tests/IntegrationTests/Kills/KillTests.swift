import Contracts
import JSON
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Integration {
    /// `kill -9` at random moments under load: architecture.md section 7, and the ledger afterwards.
    ///
    /// `KEIROUTER_TEST_KILL_ROUNDS` sets the rounds (10), `KEIROUTER_TEST_SEED` the seed.
    @Suite("Killed processes")
    struct KillTests {
        private static let clients = 8

        private static func number(_ name: String, default value: Int) -> Int {
            ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? value
        }

        private func start(_ mock: MockProvider, supervised: Bool = false) async throws -> Gateway {
            try await Gateway.start(Load.setup(mock, masks: false), supervised: supervised)
        }

        @Test("lose no row, count none twice and leave nothing reserved", .timeLimit(.minutes(30)))
        func rounds() async throws {
            let rounds = Self.number("KEIROUTER_TEST_KILL_ROUNDS", default: 10)
            let seed = UInt64(Self.number("KEIROUTER_TEST_SEED", default: 20_261_125))
            let mock = try await MockProvider.start()
            mock.answer { .answer(to: $0, every: .milliseconds(4)) }
            let gateway = try await start(mock)
            let load = Load(gateway)
            var generator = SeededGenerator(seed: seed)
            var routerOutages: [ClosedRange<ContinuousClock.Instant>] = []
            try await load.run(clients: Self.clients, seed: seed) {
                for _ in 0..<rounds {
                    try await load.more(10)
                    try await Task.sleep(for: .milliseconds(generator.number(0...250)))
                    let program: Gateway.Program = generator.oneIn(2) ? .meter : .router
                    let from = ContinuousClock.now
                    try await gateway.kill(program)
                    try await Task.sleep(for: .milliseconds(generator.number(0...300)))
                    try gateway.launch(program)
                    try await gateway.waitUntilReady()
                    if program == .router { routerOutages.append(from...ContinuousClock.now) }
                }
                try await load.more(20)
            }
            try await LedgerCheck.rows(load.results, mock, gateway)
            LedgerCheck.refusals(load.results, outside: routerOutages, "seed \(seed), \(rounds) rounds")
            try await gateway.stop()
        }

        @Test("a key stays admitted while the meter is away, and an unknown one is told 503")
        func meterOutage() async throws {
            let mock = try await MockProvider.start()
            let gateway = try await start(mock)
            let body = Gateway.body(.openAI, model: "acme/m")
            let known = Gateway.chat(.openAI, key: Load.secret, body: body)
            let unknown = Gateway.chat(.openAI, key: GatewaySetup.secret("stranger"), body: body)
            #expect(try await gateway.send(known).status == 200)
            try await gateway.kill(.meter)
            for _ in 0..<5 {
                let response = try await gateway.send(known)
                #expect(response.status == 200, "\(response.text)")
            }
            let refused = try await gateway.send(unknown)
            ErrorShapeTests.check(refused, .openAI, status: 503)
            try await Poll.until("not ready", deadline: .seconds(5)) {
                try await gateway.send(RawRequest("GET", "/readyz")).status == 503
            }
            try gateway.launch(.meter)
            try await gateway.waitUntilReady()
            #expect(try await gateway.send(unknown).status == 401)
            // What was served in the meantime is entered, once.
            try await Poll.until("six rows") { try await gateway.ledger().count == 6 }
            try await gateway.waitUntilIdle(key: "load")
            #expect(try await gateway.key("load").requests == 6)
            try await gateway.stop()
        }

        @Test("the router's notes survive it")
        func routerNotes() async throws {
            let mock = try await MockProvider.start()
            let gate = Gate()
            mock.answer(.model("held")) { MockReply.answer(to: $0).cut(after: 3, then: [.hold(gate), .end]) }
            let gateway = try await start(mock)
            let body = Gateway.body(.openAI, model: "acme/held", stream: true)
            let exchange = try await gateway.open(Gateway.chat(.openAI, key: Load.secret, body: body))
            let id = try #require(try await exchange.body(containing: "Hello").requestID)
            try await gateway.kill(.router)
            gate.open()
            try await Poll.until("the client's loss") { exchange.isClosed }
            try gateway.launch(.router)
            try await gateway.waitUntilReady()
            let row = try await gateway.row(id)
            #expect(row.outcome == .interrupted)
            #expect(row.usage.input > 0)
            try await gateway.waitUntilIdle(key: "load")
            #expect(try await gateway.ledger().count == 1)
            try await gateway.stop()
        }

        @Test("the supervisor brings a killed meter back")
        func supervised() async throws {
            let mock = try await MockProvider.start()
            let gateway = try await start(mock, supervised: true)
            let old = gateway.pids(Products.meter)
            #expect(old.count == 1)
            for pid in old { ProcessTable.kill(pid) }
            let young = try await Poll.value("another meter", deadline: .seconds(20)) {
                gateway.pids(Products.meter).first { !old.contains($0) }
            }
            #expect(!old.contains(young))
            try await gateway.waitUntilReady()
            let body = Gateway.body(.openAI, model: "acme/m")
            #expect(try await gateway.send(Gateway.chat(.openAI, key: Load.secret, body: body)).status == 200)
            try await gateway.stop()
            try await Poll.until("no process is left", deadline: .seconds(5)) { gateway.pids(Products.meter).isEmpty }
        }
    }
}
