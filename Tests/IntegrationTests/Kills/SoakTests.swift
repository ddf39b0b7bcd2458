import Contracts
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How long the load runs; zero for not at all.
private let soakMinutes =
    ProcessInfo.processInfo.environment["KEIROUTER_TEST_SOAK_MINUTES"].flatMap { Int($0) } ?? 0

extension Integration {
    /// A mixed load for as long as asked, for `make soak`: memory has to stay where it was.
    ///
    /// `KEIROUTER_TEST_SOAK_MINUTES` sets the minutes; without it the suite does not run.
    @Suite("A long load", .enabled(if: soakMinutes > 0))
    struct SoakTests {
        private static let secret = GatewaySetup.secret("soak")
        private static let clients = 8
        /// What a process may hold more at the end than at its most in the first third.
        private static let slack = 8 << 20

        private func start(_ mock: MockProvider) async throws -> Gateway {
            var setup = GatewaySetup(
                providers: [.init("acme", .openAI, mock, credentials: ["sk-acme-1", "sk-acme-2"])],
                keys: [.init("soak", Self.secret, plan: "soak")]
            )
            setup.plans = ["{ name: soak, limit_usd: 100000, period: total, concurrency: 0, rpm: 0, tpm: 0 }"]
            setup.prices = ["{ model: \"acme/*\", input: 1, output: 10 }"]
            setup.settings = ["timeouts: { stall: 2s, first_byte: 2s }"]
            return try await Gateway.start(setup)
        }

        @Test("keeps its memory and settles all it did", .timeLimit(.minutes(240)))
        func load() async throws {
            let mock = try await MockProvider.start()
            mock.keepNothing()
            mock.answer(.model("bad")) { _ in .fault(.badRequest, .openAI) }
            mock.answer(.model("cut")) { MockReply.answer(to: $0).cut(after: 3, then: [.reset]) }
            mock.answer(.model("slow")) { MockReply.answer(to: $0, every: .milliseconds(30)) }
            let gateway = try await start(mock)
            let end = ContinuousClock.now + .seconds(60 * soakMinutes)
            let pids = [try gateway.process(.router).pid, try gateway.process(.meter).pid]
            var sizes: [[Int]] = []
            let total = try await withThrowingTaskGroup(of: Int.self) { group in
                for client in 0..<Self.clients {
                    group.addTask { try await ask(gateway, client, until: end) }
                }
                while ContinuousClock.now < end {
                    try await Task.sleep(for: .seconds(5))
                    sizes.append(pids.map { ProcessTable.residentBytes($0) ?? 0 })
                }
                return try await group.reduce(0, +)
            }
            try await gateway.waitUntilIdle(key: "soak", deadline: .seconds(75))
            for (place, name) in ["router", "meter"].enumerated() {
                let series = sizes.map { $0[place] }
                let early = series.prefix(max(1, series.count / 3)).max() ?? 0
                let late = series.last ?? 0
                print("\(name): \(early >> 10) KiB at most early, \(late >> 10) KiB at the end, \(total) requests")
                #expect(late < early + Self.slack, "\(name) grew by \((late - early) >> 10) KiB")
            }
            let key = try await gateway.key("soak")
            #expect(key.requests <= total)
            #expect(key.requests > total / 2)
            try await gateway.stop()
        }

        /// One client, which asks again and again.
        ///
        /// - Returns: How many requests it sent.
        private func ask(_ gateway: Gateway, _ client: Int, until end: ContinuousClock.Instant) async throws -> Int {
            var generator = SeededGenerator(seed: UInt64(client))
            var count = 0
            while ContinuousClock.now < end {
                let model = generator.pick(["good", "good", "good", "bad", "cut", "slow"])
                let isStream = model == "slow" || generator.oneIn(2)
                let body = Gateway.body(.openAI, model: "acme/\(model)", stream: isStream)
                let exchange = try await gateway.open(Gateway.chat(.openAI, key: Self.secret, body: body))
                // One in four leaves early.
                let patience = generator.oneIn(4) ? Duration.milliseconds(generator.number(1...60)) : .seconds(20)
                _ = try? await exchange.end(deadline: patience)
                await exchange.close()
                count += 1
            }
            return count
        }
    }
}
