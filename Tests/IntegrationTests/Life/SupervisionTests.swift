import TestSupport
import Testing

extension Integration {
    @Suite("Supervision")
    struct SupervisionTests {
        private static let secret = GatewaySetup.secret("supervised")

        private func start(_ mock: MockProvider) async throws -> Gateway {
            let setup = GatewaySetup(
                providers: [.init("acme", .openAI, mock, credentials: ["sk-acme"])],
                keys: [.init("supervised", Self.secret)]
            )
            return try await Gateway.start(setup, supervised: true)
        }

        private func isServed(_ gateway: Gateway) async throws -> Bool {
            let body = Gateway.body(.openAI, model: "acme/plain", stream: false)
            let exchange = try await gateway.open(Gateway.chat(.openAI, key: Self.secret, body: body))
            return try await exchange.end().status == 200
        }

        @Test("a meter that dies is started again and requests go on")
        func restart() async throws {
            let mock = try await MockProvider.start()
            let gateway = try await start(mock)
            let first = try #require(gateway.pids(Products.meter).first)
            ProcessTable.kill(first)
            try await Poll.until("another meter runs", deadline: .seconds(10)) {
                gateway.pids(Products.meter).contains { $0 != first }
            }
            #expect(try await isServed(gateway))
            let status = try await gateway.run(["status"])
            #expect(status.output.contains("serving"))
            try await gateway.stop()
            #expect(gateway.pids(Products.meter).isEmpty)
        }

        @Test("nothing outlives a supervisor that was killed, and the next one starts at once")
        func orphans() async throws {
            let mock = try await MockProvider.start()
            let gateway = try await start(mock)
            #expect(gateway.pids(Products.meter).count == 1)
            try await gateway.kill(.supervisor)
            // The new one waits for the orphan, which stops because its lifeline has closed.
            try gateway.launch(.supervisor)
            try await gateway.waitUntilReady()
            #expect(gateway.pids(Products.meter).count == 1)
            #expect(try await isServed(gateway))
            try await gateway.kill(.supervisor)
            try await Poll.until("no process is left", deadline: .seconds(10)) {
                gateway.pids(Products.meter).isEmpty
            }
        }
    }
}
