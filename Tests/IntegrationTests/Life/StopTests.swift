import Contracts
import TestSupport
import Testing

extension Integration {
    @Suite("Stopping")
    struct StopTests {
        private static let secret = GatewaySetup.secret("stop")

        private func start(_ mock: MockProvider, supervised: Bool) async throws -> Gateway {
            let setup = GatewaySetup(
                providers: [
                    .init("acme", .openAI, mock, credentials: ["sk-acme"]),
                    .init("claude", .anthropic, mock, credentials: ["sk-claude"]),
                ],
                keys: [.init("stop", Self.secret)]
            )
            return try await Gateway.start(setup, supervised: supervised)
        }

        @Test("lets a running stream end and loses nothing", arguments: MockDialect.allCases, [true, false])
        func stream(dialect: MockDialect, supervised: Bool) async throws {
            let mock = try await MockProvider.start()
            let gate = Gate()
            let options = dialect == .openAI ? #","stream_options":{"include_usage":true}"# : ""
            mock.answer(.model("held")) { request in
                var reply = MockReply.answer(to: request)
                reply.steps.insert(.hold(gate), at: dialect.framesBeforeContent + 2)
                return reply
            }
            let gateway = try await start(mock, supervised: supervised)
            let program: Gateway.Program = supervised ? .supervisor : .router
            let model = dialect == .openAI ? "acme/held" : "claude/held"
            let body = Gateway.body(dialect, model: model, stream: true, extra: options)
            let exchange = try await gateway.open(Gateway.chat(dialect, key: Self.secret, body: body))
            try await exchange.body(containing: "Hello")

            let process = try gateway.process(program)
            process.signal(15)
            // New requests are turned away while the old one goes on.
            try await Poll.until("the port is closed") {
                (try? await gateway.send(RawRequest("GET", "/healthz"), deadline: .seconds(2)).status) != 200
            }
            #expect(process.isRunning)
            #expect(!exchange.isClosed)
            gate.open()
            let response = try await exchange.end()
            #expect(response.isComplete)
            #expect(response.body == mock.chats(model: "held").first?.sentBody)
            #expect(StreamText.isWhole(response.body, dialect))
            let ending = try await process.wait(deadline: .seconds(15))
            #expect(ending == .exited(0), "\(gateway.log.suffix(1500))")
            if supervised {
                try await Poll.until("no process is left", deadline: .seconds(5)) {
                    gateway.pids(Products.meter).isEmpty
                }
            }

            try gateway.launch(program)
            try await gateway.waitUntilReady()
            let row = try await gateway.row(try #require(response.requestID))
            #expect(row.outcome == .ok)
            #expect(row.usage == Common.ledger(MockUsage(), dialect))
            #expect(try await gateway.ledger().count == 1)
            try await gateway.waitUntilIdle(key: "stop")
            try await gateway.stop()
        }

        @Test("a second process on the same data folder is refused in one line")
        func twice() async throws {
            let mock = try await MockProvider.start()
            let gateway = try await start(mock, supervised: true)
            let result = try await gateway.run(["start", "--port", String(try FreePort.take())])
            #expect(result.code == 1)
            #expect(result.errors.contains("in use"))
            #expect(try await gateway.send(RawRequest("GET", "/readyz")).status == 200)
            try await gateway.stop()
        }

        @Test(
            "a start that cannot work says why and ends",
            arguments: ["unknown: 1", "server: nonsense: 5", "log: { format: xml }"]
        )
        func badConfiguration(line: String) async throws {
            let mock = try await MockProvider.start()
            var setup = GatewaySetup(
                providers: [.init("acme", .openAI, mock, credentials: ["sk-acme"])],
                keys: [.init("stop", Self.secret)]
            )
            setup.settings = [line]
            let folder = try TemporaryFolder()
            let file = try folder.write(setup.text(port: 1), to: "config.yaml")
            let process = try ChildProcess(
                Products.path(Products.router),
                ["start", "--config", file, "--data", folder.file("data")],
                environment: setup.variables,
                output: folder.file("log")
            )
            #expect(try await process.wait(deadline: .seconds(20)) == .exited(1))
            #expect(process.errors.contains("config.yaml"), "\(process.errors)")
        }
    }
}
