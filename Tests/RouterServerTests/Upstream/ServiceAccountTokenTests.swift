import Dialects
import HTTP
import NIOCore
import NIOPosix
import RouterCore
import Synchronization
import TestSupport
import Testing

@testable import RouterServer

/// Tokens of service accounts, fetched over real sockets from an endpoint that does what a test says.
@Suite("Tokens of service accounts", .timeLimit(.minutes(2)))
struct ServiceAccountTokenTests {
    private static let tokens = MockMatch { $0.target == "/token" }
    private static let chats = MockMatch { $0.target.contains("/publishers/anthropic/") }

    /// Gives out `ya29.token-1`, `-2` and so on.
    private static func giveOut(_ provider: MockProvider) {
        let given = Counter()
        provider.answer(tokens) { _ in
            .json(#"{"access_token":"ya29.token-\#(given.next())","expires_in":3600,"token_type":"Bearer"}"#)
        }
    }

    private final class Counter: Sendable {
        private let number = Mutex(0)
        func next() -> Int {
            number.withLock { number in
                number += 1
                return number
            }
        }
    }

    // MARK: Of requests

    private static func run(_ body: (RunningRouter) async throws -> Void) async throws {
        let declare: (MockProvider) -> String = { provider in
            let base = "http://127.0.0.1:\(provider.port)/v1/projects/{project}/locations/{location}"
            let key = ServiceAccountSample.json(tokenURI: "http://127.0.0.1:\(provider.port)/token")
            return """
                  providers:
                    - { id: vertex, dialect: gemini, connector: vertex, base_url: "\(base)" }
                    - { id: q, dialect: openai, base_url: "\(provider.baseURL)" }
                  accounts:
                    - { provider: vertex, api_key: '\(key)', settings: { location: europe-west4 } }
                    - { provider: q, api_key: sk-q-0123456789 }
                  chains: [ { name: pair, steps: [vertex/claude-x, q/second] } ]
                """
        }
        try await RunningRouter.run(declare: declare) { try await body($0) }
    }

    private static func answers(_ router: RunningRouter) {
        router.provider.answer(chats) { _ in .json(MockDialect.anthropic.unary(MockAnswer(), model: "claude-x")) }
    }

    private static func refuses(_ router: RunningRouter, _ token: String) {
        let body = #"{"error":{"code":401,"message":"Invalid credentials.","status":"UNAUTHENTICATED"}}"#
        router.provider.answer(.credential(token)) { _ in .json(body, status: 401) }
    }

    private static func chat(_ router: RunningRouter, _ model: String = "vertex/claude-x") async throws -> RawResponse {
        try await router.send(router.chat(.openAI, Sample.body(.openAI, model: model, stream: false)))
    }

    private static func asked(_ router: RunningRouter) -> Int {
        router.provider.exchanges.count { $0.request.target == "/token" }
    }

    @Test("a token that is refused before its time is replaced once, and every request sent once more")
    func replaced() async throws {
        try await Self.run { router async throws in
            Self.giveOut(router.provider)
            Self.answers(router)
            #expect(try await Self.chat(router).status == 200)
            router.provider.forget()
            // The first one is revoked; the endpoint goes on with the second.
            Self.refuses(router, "ya29.token-1")
            router.provider.answer(Self.tokens) { _ in
                .json(#"{"access_token":"ya29.token-2","expires_in":3600}"#)
            }
            Self.answers(router)
            let responses = try await withThrowingTaskGroup(of: RawResponse.self) { group in
                for _ in 0..<8 { group.addTask { try await Self.chat(router) } }
                return try await group.reduce(into: [RawResponse]()) { $0.append($1) }
            }
            #expect(responses.allSatisfy { $0.status == 200 }, "\(responses.map(\.text))")
            #expect(Self.asked(router) == 1)
            let sent = router.provider.exchanges.map(\.request).filter { $0.target != "/token" }
            let old = sent.count { $0.credential == "ya29.token-1" }
            let new = sent.count { $0.credential == "ya29.token-2" }
            #expect(new == 8 && old >= 1 && old <= 8)
            for response in responses {
                #expect(try await router.record(response).attempts == ["vertex/claude-x 200 ok"])
            }
        }
    }

    @Test("a second token that is refused too is the account's fault, and nothing is sent a third time")
    func refusedTwice() async throws {
        try await Self.run { router async throws in
            Self.giveOut(router.provider)
            for number in 1...3 { Self.refuses(router, "ya29.token-\(number)") }
            let response = try await Self.chat(router, "pair")
            #expect(response.status == 200 && response.header("x-keirouter-model") == "second")
            let attempts = ["vertex/claude-x 401 upstream_authentication", "q/second 200 ok"]
            #expect(try await router.record(response).attempts == attempts)
            let sent = router.provider.exchanges.map(\.request).filter { $0.target.contains("/publishers/") }
            #expect(sent.map(\.credential) == ["ya29.token-1", "ya29.token-2"] && Self.asked(router) == 2)
        }
    }

    @Test("an endpoint that is down is told, and a chain goes on", arguments: [true, false])
    func down(closes: Bool) async throws {
        try await Self.run { router async throws in
            router.provider.answer(Self.tokens) { _ in closes ? .closed : .json("{}", status: 503) }
            let response = try await Self.chat(router)
            #expect(response.status >= 500, "\(response.text)")
            let told = "no token is to be had: it closes the connection without an answer"
            #expect(!closes || response.text.contains(told), "\(response.text)")
            let attempts = try await router.record(response).attempts
            #expect(attempts.count == 1 && attempts.first?.hasPrefix("vertex/claude-x \(closes ? 0 : 503) ") == true)
            let second = try await Self.chat(router, "pair")
            #expect(second.status == 200 && second.header("x-keirouter-model") == "second")
            #expect(router.provider.exchanges.allSatisfy { !$0.request.target.contains("/publishers/") })
        }
    }

    // MARK: Of the clock

    /// A clock that a test moves.
    private final class Clock: Sendable {
        private let now = Mutex(ContinuousClock.now)
        var time: ContinuousClock.Instant { now.withLock { $0 } }
        func move(_ duration: Duration) { now.withLock { $0 += duration } }
    }

    private static func fetching(
        _ body:
            @escaping @Sendable (MockProvider, Clock, @escaping @Sendable () async throws -> String) async throws ->
            Void
    ) async throws {
        let mock = try await MockProvider.start()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let client = UpstreamClient(group: group, egress: EgressPolicy())
        let clock = Clock()
        let tokens = GoogleTokens(egress: EgressClient(client)) { clock.time }
        let provider = Provider(
            id: "vertex",
            dialects: [.gemini],
            baseURL: "http://127.0.0.1:\(mock.port)/v1",
            connector: .vertex,
            allowsPrivate: true
        )
        let account = Account(
            id: "a",
            provider: "vertex",
            credential: Credential(ServiceAccountSample.json(tokenURI: "http://127.0.0.1:\(mock.port)/token"))
        )
        let endpoint = try #require(UpstreamEndpoint(provider, for: account, declared: [], proxy: nil))
        try await Task(executorPreference: LoopExecutor(group.next())) {
            try await body(mock, clock) { try await tokens.token(for: account, at: endpoint) }
        }.value
        await client.shutdown()
        await mock.stop()
        try await group.shutdownGracefully()
    }

    @Test("a token is fetched once, and replaced five minutes before its end while others go on with it")
    func renewed() async throws {
        try await Self.fetching { mock, clock, token async throws in
            Self.giveOut(mock)
            for _ in 0..<3 { #expect(try await token() == "ya29.token-1") }
            clock.move(.seconds(3299))
            #expect(try await token() == "ya29.token-1" && mock.exchanges.count == 1)
            clock.move(.seconds(1))
            let given = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<8 { group.addTask { try await token() } }
                return try await group.reduce(into: [String]()) { $0.append($1) }
            }
            #expect(mock.exchanges.count == 2)
            #expect(given.contains("ya29.token-2") && Set(given).isSubset(of: ["ya29.token-1", "ya29.token-2"]))
            #expect(try await token() == "ya29.token-2")
        }
    }

    @Test("while a token is good nothing fails because no new one is given out; after its end it does")
    func outage() async throws {
        try await Self.fetching { mock, clock, token async throws in
            mock.answer(Self.tokens, times: 1) { _ in .json(#"{"access_token":"ya29.only","expires_in":3600}"#) }
            mock.answer(Self.tokens) { _ in .json("{}", status: 503) }
            #expect(try await token() == "ya29.only")
            clock.move(.seconds(3300))
            #expect(try await token() == "ya29.only" && mock.exchanges.count == 2)
            // It is not asked at every request meanwhile.
            #expect(try await token() == "ya29.only" && mock.exchanges.count == 2)
            clock.move(TokenLife.patience)
            #expect(try await token() == "ya29.only" && mock.exchanges.count == 3)
            clock.move(.seconds(300))
            await #expect(throws: GoogleTokens.Refusal.self) { try await token() }
        }
    }
}
