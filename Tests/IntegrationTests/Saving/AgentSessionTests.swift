import Contracts
import JSON
import TestSupport
import Testing

extension Integration {
    /// What keeps a provider's prompt cache alive: the hundredth turn sends what the turns before it have sent.
    @Suite("A coding agent's session")
    struct AgentSessionTests {
        private static let secret = GatewaySetup.secret("agent")
        private static let turns = 50

        private func start(_ mock: MockProvider) async throws -> Gateway {
            var setup = GatewaySetup(
                providers: [.init("claude", .anthropic, mock, credentials: ["sk-claude-1"])],
                keys: [.init("agent", Self.secret)]
            )
            setup.settings = ["limits: { default_concurrency: 50, default_rpm: 100000, default_tpm: 0 }"]
            setup.guardrails = Guarded.guardrails
            setup.savers = ["{ rtk: on, terse: on }"]
            return try await Gateway.start(setup)
        }

        private func send(_ conversation: AgentConversation, _ gateway: Gateway) async throws {
            let headers = [HeaderField("X-KeiRouter-Conversation", "session-1")]
            let request = Gateway.chat(.anthropic, key: Self.secret, body: conversation.body, headers: headers)
            let response = try await gateway.send(request)
            try #require(response.status == 200, "\(response.text)")
        }

        /// The bytes of a request's messages without the marks, which the agent moves from turn to turn.
        private func prefix(_ exchange: MockExchange) throws -> String {
            let text = exchange.request.bodyText
            let messages = try #require(exchange.request.json?["messages"])
            let bytes = String(decoding: messages.raw.dropLast(), as: UTF8.self)
            #expect(text.contains(bytes))
            return bytes.split(separator: AgentConversation.mark, omittingEmptySubsequences: false).joined()
        }

        @Test("sends what it has sent in the same bytes, also after a restart, and asks only about what is new")
        func session() async throws {
            let mock = try await MockProvider.start()
            let gateway = try await start(mock)
            var conversation = AgentConversation(model: "claude/agent", seed: 5)
            var earlier = Counts()
            for turn in 0..<Self.turns {
                if turn == Self.turns / 2 {
                    try await gateway.kill(.router)
                    try gateway.launch(.router)
                    try await gateway.waitUntilReady()
                    earlier = Counts()
                }
                conversation.advance()
                try await send(conversation, gateway)
                let now = try await Counts.read(gateway)
                // A turn brings two texts of the assistant (what it says, what it calls) and one result.
                let isFirstSight = turn == 0 || turn == Self.turns / 2
                if !isFirstSight {
                    #expect(now.guarded - earlier.guarded <= 3, "turn \(turn)")
                    #expect(now.saved - earlier.saved <= 3, "turn \(turn)")
                }
                earlier = now
            }
            let sent = mock.chats
            try #require(sent.count == Self.turns)
            for (before, after) in zip(sent, sent.dropFirst()) {
                let isKept = try prefix(after).hasPrefix(prefix(before))
                #expect(isKept, "turn \(after.request.number) changes what was sent before")
                #expect(before.request.json?["system"]?.raw == after.request.json?["system"]?.raw)
                #expect(before.request.json?["tools"]?.raw == after.request.json?["tools"]?.raw)
            }
            let last = try #require(sent.last).request.bodyText
            #expect(!last.contains("@example.org"))
            #expect(last.contains("<EMAIL_ADDRESS>"))
            // Savers had their part, and what the client placed stays: three kinds of marks, four in all.
            #expect(last.utf8.count < conversation.body.utf8.count * 9 / 10)
            let marks = last.split(separator: AgentConversation.mark, omittingEmptySubsequences: false).count - 1
            #expect(marks == 4)
            let rows = try await gateway.ledger()
            #expect(rows.contains { $0.savedTokens > 0 })
            try await gateway.stop()
        }
    }
}

/// How many texts the router has asked its guard and its saver about.
private struct Counts {
    var guarded = 0
    var saved = 0

    static func read(_ gateway: Gateway) async throws -> Counts {
        let page = try await gateway.send(RawRequest("GET", "/metrics")).text
        func value(_ memory: String) -> Int {
            page.split(separator: "\n").first {
                $0.hasPrefix("keirouter_memory_misses_total{") && $0.contains(#"kind="\#(memory)""#)
            }.flatMap { $0.split(separator: " ").last }.flatMap { Double($0) }.map { Int($0) } ?? 0
        }
        return Counts(guarded: value("guard"), saved: value("saver"))
    }
}
