import Contracts
import TestSupport
import Testing

/// A gateway whose plans have room for a known number of requests.
///
/// A request of 100 output tokens costs exactly one cent there, reserved and spent.
private func start(_ mock: MockProvider) async throws -> Gateway {
    var setup = GatewaySetup(
        providers: [.init("acme", .openAI, mock, credentials: ["sk-acme"])],
        keys: [
            .init("ten", GatewaySetup.secret("ten"), plan: "ten"),
            .init("five", GatewaySetup.secret("five"), plan: "five"),
            .init("twenty", GatewaySetup.secret("twenty"), plan: "twenty"),
            .init("tokens", GatewaySetup.secret("tokens"), plan: "tokens"),
            .init("mixed", GatewaySetup.secret("mixed"), plan: "mixed"),
        ]
    )
    setup.prices = ["{ model: \"acme/*\", input: 0, output: 100 }"]
    setup.settings = ["limits: { default_concurrency: 0, default_rpm: 0, default_tpm: 0 }"]
    setup.plans = [
        "{ name: ten, limit_usd: 0.1, period: total, concurrency: 0, rpm: 0, tpm: 0 }",
        "{ name: five, concurrency: 5, rpm: 0, tpm: 0 }", "{ name: twenty, rpm: 20, concurrency: 0, tpm: 0 }",
        "{ name: tokens, limit_tokens: 1050, period: total, concurrency: 0, rpm: 0, tpm: 0 }",
        "{ name: mixed, concurrency: 8, limit_usd: 100, period: total, rpm: 0, tpm: 0 }",
    ]
    return try await Gateway.start(setup)
}

extension Integration {
    @Suite("Limits under parallel calls")
    struct LimitTests {
        private static let calls = 200

        private func request(_ key: String, _ model: String, stream: Bool = false) -> RawRequest {
            let body = Gateway.body(.openAI, model: "acme/\(model)", stream: stream, maxTokens: 100)
            return Gateway.chat(.openAI, key: GatewaySetup.secret(key), body: body)
        }

        /// Sends all calls at once and counts the answers by status.
        private func volley(_ gateway: Gateway, _ key: String) async throws -> [Int: Int] {
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<Self.calls {
                    group.addTask { try await gateway.send(request(key, "m"), deadline: .seconds(60)).status }
                }
                return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
        }

        private let answer = MockAnswer(usage: MockUsage(input: 5, output: 100))

        @Test("a budget for ten requests admits ten of two hundred")
        func budget() async throws {
            let mock = try await MockProvider.start()
            let answer = answer
            mock.answer { .answer(answer, to: $0) }
            let gateway = try await start(mock)
            let statuses = try await volley(gateway, "ten")
            #expect(statuses == [200: 10, 402: 190])
            #expect(mock.chats.count == 10)
            try await gateway.waitUntilIdle(key: "ten")
            #expect(try await gateway.key("ten").spentNanoUSD == 100_000_000)
            #expect(try await gateway.ledger().count == 10)
            #expect(try await gateway.send(request("ten", "m")).status == 402)
            try await gateway.stop()
        }

        @Test("a budget in tokens admits what it covers")
        func tokens() async throws {
            let mock = try await MockProvider.start()
            let answer = answer
            mock.answer { .answer(answer, to: $0) }
            let gateway = try await start(mock)
            let statuses = try await volley(gateway, "tokens")
            let admitted = statuses[200] ?? 0
            // A request uses 105 tokens and reserves its estimated input and 100.
            #expect((9...10).contains(admitted), "\(statuses)")
            #expect(statuses[402] == Self.calls - admitted)
            try await gateway.waitUntilIdle(key: "tokens")
            #expect(try await gateway.key("tokens").tokens == admitted * 105)
            try await gateway.stop()
        }

        @Test("a concurrency of five admits five of two hundred while they run")
        func concurrency() async throws {
            let mock = try await MockProvider.start()
            let gate = Gate()
            let answer = answer
            mock.answer { MockReply.answer(answer, to: $0).after(.hold(gate)) }
            let gateway = try await start(mock)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<Self.calls {
                    group.addTask { try await gateway.send(request("five", "m"), deadline: .seconds(60)).status }
                }
                var statuses: [Int: Int] = [:]
                while let status = try await group.next() {
                    statuses[status, default: 0] += 1
                    // The five that run end only when every other call has been refused.
                    if statuses[429] == Self.calls - 5 { gate.open() }
                    if statuses[429, default: 0] > Self.calls - 5 || statuses[200] != nil && !gate.isOpen {
                        gate.open()
                        Issue.record("not five at once: \(statuses)")
                    }
                }
                return statuses
            }
            #expect(statuses == [200: 5, 429: 195])
            #expect(mock.chats.count == 5)
            try await gateway.waitUntilIdle(key: "five")
            #expect(try await gateway.send(request("five", "m")).status == 200)
            try await gateway.stop()
        }

        @Test("twenty requests a minute admit twenty of two hundred")
        func rpm() async throws {
            let mock = try await MockProvider.start()
            let gateway = try await start(mock)
            #expect(try await volley(gateway, "twenty") == [200: 20, 429: 180])
            #expect(mock.chats.count == 20)
            try await gateway.waitUntilIdle(key: "twenty")
            // What was refused has used up nothing: the window frees exactly what was admitted.
            #expect(try await gateway.key("twenty").requests == 20)
            try await gateway.stop()
        }

        @Test("slots and reservations return to zero after any mix of endings", arguments: [1, 2] as [UInt64])
        func mixture(seed: UInt64) async throws {
            let mock = try await MockProvider.start()
            mock.answer(.model("good")) { .answer(to: $0, every: .milliseconds(2)) }
            mock.answer(.model("bad")) { _ in .fault(.badRequest, .openAI) }
            mock.answer(.model("cut")) { MockReply.answer(to: $0).cut(after: 3, then: [.reset]) }
            mock.answer(.model("slow")) {
                MockReply.answer(to: $0).cut(after: 2, then: [.pause(.seconds(60)), .close])
            }
            let gateway = try await start(mock)
            var generator = SeededGenerator(seed: seed)
            for round in 0..<3 {
                try await withThrowingTaskGroup { group in
                    for _ in 0..<40 {
                        let model = generator.pick(["good", "good", "bad", "cut", "slow"])
                        let stream = generator.oneIn(2) || model == "slow"
                        let patience = generator.number(1...120)
                        group.addTask {
                            let exchange = try await gateway.open(request("mixed", model, stream: stream))
                            // Whoever is slow, and some of the others, lose their client.
                            let limit = Duration.milliseconds(model == "slow" ? 100 + patience : patience * 20)
                            _ = try? await exchange.end(deadline: limit)
                            await exchange.close()
                        }
                    }
                    try await group.waitForAll()
                }
                if round == 1 {
                    try await gateway.kill(.router)
                    try gateway.launch(.router)
                    try await gateway.waitUntilReady()
                }
            }
            // A request that the router's end caught between its admission and its first note waits for its lease.
            try await gateway.waitUntilIdle(key: "mixed", deadline: .seconds(75))
            let key = try await gateway.key("mixed")
            let rows = try await gateway.ledger()
            #expect(rows.count == key.requests)
            #expect(Set(rows.map(\.requestID)).count == rows.count)
            #expect(rows.reduce(0) { $0 + ($1.costNanoUSD ?? 0) } == key.spentNanoUSD)
            // All eight slots are there again.
            let gate = Gate()
            mock.answer(.model("held")) { MockReply.answer(to: $0).after(.hold(gate)) }
            let held = try await withThrowingTaskGroup(of: RawExchange.self) { group in
                for _ in 0..<8 { group.addTask { try await gateway.open(request("mixed", "held")) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            try await Poll.until("eight at once") { mock.chats(model: "held").count == 8 }
            #expect(try await gateway.send(request("mixed", "good")).status == 429)
            gate.open()
            for exchange in held { #expect(try await exchange.end().status == 200) }
            try await gateway.stop()
        }
    }
}
