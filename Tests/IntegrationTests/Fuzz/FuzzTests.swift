import JSON
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Integration {
    /// Input that is wrong on purpose, from seeded generators, against running processes.
    ///
    /// `KEIROUTER_TEST_FUZZ_COUNT` sets how many of each kind (1 000), `KEIROUTER_TEST_SEED` the seed.
    @Suite("Malformed input")
    struct FuzzTests {
        private static let secret = GatewaySetup.secret("fuzz")
        /// What a process may hold more after the second half than after the first: caches and allocator slack, no leak.
        private static let slack = 8 << 20
        /// Inputs under way at once.
        private static let width = 8

        private static func number(_ name: String, default value: Int) -> Int {
            ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? value
        }

        private static var count: Int { number("KEIROUTER_TEST_FUZZ_COUNT", default: 1_000) }
        private static var seed: UInt64 { UInt64(number("KEIROUTER_TEST_SEED", default: 4711)) }

        private func start(_ mock: MockProvider) async throws -> Gateway {
            var setup = GatewaySetup(
                providers: [
                    .init("acme", .openAI, mock, credentials: ["sk-acme"]),
                    .init("claude", .anthropic, mock, credentials: ["sk-claude"]),
                ],
                keys: [.init("fuzz", Self.secret)]
            )
            setup.settings = [
                "limits: { default_concurrency: 0, default_rpm: 0, default_tpm: 0 }",
                "timeouts: { connect: 2s, first_byte: 5s, stall: 5s }",
            ]
            return try await Gateway.start(setup)
        }

        /// Runs one input after another, some at once; each has a generator of its own, named by its number.
        private func drive(
            _ gateway: Gateway,
            _ one: @escaping @Sendable (Int, inout SeededGenerator) async throws -> Void
        ) async throws {
            let half = max(1, Self.count / 2)
            try await drive(0..<half, one)
            let before = try memory(gateway)
            try await drive(half..<max(half + 1, Self.count), one)
            for (program, bytes) in try memory(gateway) {
                let grown = bytes - (before[program] ?? 0)
                #expect(grown < Self.slack, "\(program) grew by \(grown >> 20) MiB to \(bytes >> 20) MiB")
            }
            // Whatever came, both still do their work.
            let body = Gateway.body(.openAI, model: "acme/fine")
            let response = try await gateway.send(Gateway.chat(.openAI, key: Self.secret, body: body))
            #expect(response.status == 200, "\(response.text)")
            #expect(try gateway.process(.router).isRunning)
            #expect(try gateway.process(.meter).isRunning)
        }

        private func drive(
            _ numbers: Range<Int>,
            _ one: @escaping @Sendable (Int, inout SeededGenerator) async throws -> Void
        ) async throws {
            try await withThrowingTaskGroup { group in
                for worker in 0..<Self.width {
                    group.addTask {
                        for number in stride(from: numbers.lowerBound + worker, to: numbers.upperBound, by: Self.width)
                        {
                            var generator = SeededGenerator(seed: Self.seed &+ UInt64(number))
                            try await one(number, &generator)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }

        private func memory(_ gateway: Gateway) throws -> [Gateway.Program: Int] {
            var sizes: [Gateway.Program: Int] = [:]
            for program in [Gateway.Program.router, .meter] {
                let pid = try gateway.process(program).pid
                sizes[program] = ProcessTable.residentBytes(pid)
            }
            return sizes
        }

        @Test("HTTP requests get a 4xx or a closed connection", .timeLimit(.minutes(60)))
        func http() async throws {
            let mock = try await MockProvider.start()
            let gateway = try await start(mock)
            try await drive(gateway) { number, generator in
                let bytes = Malformed.http(&generator)
                let exchange = try await RawExchange.connect(port: gateway.port)
                exchange.send(bytes)
                exchange.finishSending()
                _ = try? await exchange.end(deadline: .seconds(10))
                let response = exchange.response
                // 501 and 505 are HTTP's own words for a transfer coding and a version that are not known.
                // Every path that is no client's leads to the portal, which does not run here: a notice in text, where clients get JSON.
                let isNotice =
                    response.status == 503 && response.headers.first("content-type")?.hasPrefix("text/") == true
                let isRefusal =
                    (400..<500).contains(response.status) || [501, 505].contains(response.status) || isNotice
                let isFine = response.headAt == nil ? exchange.isClosed : isRefusal
                let shown = String(decoding: bytes.prefix(300), as: UTF8.self)
                #expect(isFine, "number \(number), seed \(Self.seed): \(response.status) for \(shown.debugDescription)")
                await exchange.close()
            }
            #expect(mock.chats.filter { $0.request.model != "fine" }.isEmpty)
            try await gateway.stop()
        }

        @Test("JSON bodies get a 4xx", .timeLimit(.minutes(60)))
        func json() async throws {
            let mock = try await MockProvider.start()
            let gateway = try await start(mock)
            try await drive(gateway) { number, generator in
                let dialect = generator.pick(MockDialect.allCases)
                let model = dialect == .openAI ? "acme/m" : "claude/m"
                var request = Gateway.chat(dialect, key: Self.secret, body: "")
                request.body = Malformed.body(model: model, &generator)
                let response = try await gateway.send(request)
                let shown = String(decoding: request.body.prefix(300), as: UTF8.self)
                let isFine = (400..<500).contains(response.status) && response.json?["error"]?["message"]?.string != nil
                #expect(isFine, "number \(number), seed \(Self.seed): \(response.status) for \(shown.debugDescription)")
            }
            #expect(mock.chats.filter { $0.request.model != "fine" }.isEmpty)
            try await gateway.waitUntilIdle(key: "fuzz")
            try await gateway.stop()
        }

        @Test(
            "RPC frames get an error or a closed connection",
            .timeLimit(.minutes(60)),
            arguments: ["meter", "router"]
        )
        func frames(service: String) async throws {
            let mock = try await MockProvider.start()
            let gateway = try await start(mock)
            try await drive(gateway) { number, generator in
                let bytes = Malformed.frames(&generator)
                let peer = try await RawExchange.connect(path: "\(gateway.data)/run/\(service).sock")
                peer.send(bytes)
                peer.finishSending()
                try await Poll.until("an answer or a close", deadline: .seconds(10)) {
                    peer.isClosed || !peer.raw.isEmpty
                }
                let answer = String(decoding: peer.raw, as: UTF8.self)
                let isFine = answer.isEmpty || answer.contains("\"error\"") || answer.contains("\"result\"")
                let shown = String(decoding: bytes.prefix(300), as: UTF8.self)
                #expect(isFine, "number \(number), seed \(Self.seed): \(answer) for \(shown.debugDescription)")
                await peer.close()
            }
            try await gateway.stop()
        }

        @Test("upstream streams end in an error and never look whole", .timeLimit(.minutes(60)))
        func streams() async throws {
            let mock = try await MockProvider.start()
            let gateway = try await start(mock)
            let base = Self.seed
            // Each request's model names the seed of its reply.
            mock.answer(MockMatch { $0.dialect != nil && $0.model.hasPrefix("f") && $0.model != "fine" }) { request in
                let number = UInt64(request.model.dropFirst()) ?? 0
                var generator = SeededGenerator(seed: base &+ number)
                return MalformedStream.reply(request.dialect ?? .openAI, model: request.model, &generator)
            }
            try await drive(gateway) { number, generator in
                let dialect = generator.pick(MockDialect.allCases)
                let target = dialect == .openAI ? "acme/f\(number)" : "claude/f\(number)"
                let body = Gateway.body(dialect, model: target, stream: true)
                let exchange = try await gateway.open(Gateway.chat(dialect, key: Self.secret, body: body))
                _ = try? await exchange.end(deadline: .seconds(20))
                let response = exchange.response
                let isOver = response.isComplete || exchange.isClosed
                // Before its first content byte an upstream's own fault may still be a plain error.
                let isRefusal = (400..<600).contains(response.status) && response.json?["error"] != nil
                let isBroken = response.status == 200 && !StreamText.isWhole(response.body, dialect)
                #expect(
                    isOver && (isRefusal || isBroken),
                    "number \(number), seed \(Self.seed): \(response.status) \(response.text.suffix(200))"
                )
                if isBroken, response.isComplete {
                    #expect(StreamText.error(response.body, dialect) != nil, "number \(number): no error event")
                }
                await exchange.close()
            }
            #expect(Set(mock.chats.map(\.request.model)).count == Self.count + 1, "a stream was not asked for")
            try await gateway.waitUntilIdle(key: "fuzz")
            try await gateway.stop()
        }
    }
}
