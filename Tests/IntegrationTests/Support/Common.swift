import Contracts
import Synchronization
import TestSupport
import Testing

/// One gateway and one mock provider that tests share; each test takes a key and a model of its own.
struct Common: Sendable {
    let mock: MockProvider
    let gateway: Gateway

    static let credentials: [MockDialect: String] = [.openAI: "sk-acme-1", .anthropic: "sk-claude-1"]

    /// The shared pair, started by whoever comes first.
    static func get() async throws -> Common {
        try await task.value
    }

    private static let task = Task { try await make() }

    private static func make() async throws -> Common {
        let mock = try await MockProvider.start()
        var providers = [
            GatewaySetup.Provider("acme", .openAI, mock, credentials: ["sk-acme-1"]),
            GatewaySetup.Provider("claude", .anthropic, mock, credentials: ["sk-claude-1"]),
        ]
        // An account each, since a failure keeps an account from being used for a while.
        for dialect in MockDialect.allCases {
            providers.append(.init(breaking(dialect), dialect, mock, credentials: ["sk-\(breaking(dialect))"]))
        }
        for failure in ProviderFailure.all {
            for dialect in MockDialect.allCases {
                for id in [failure.provider(dialect), failure.foreignProvider(dialect)] {
                    providers.append(.init(id, dialect, mock, credentials: ["sk-\(id)"]))
                    mock.answer(.credential("sk-\(id)")) { _ in failure.reply(dialect) }
                }
            }
        }
        var setup = GatewaySetup(providers: providers, keys: [])
        setup.settings = [
            "server: max_body: 64KiB", "limits: { default_concurrency: 200, default_rpm: 100000, default_tpm: 0 }",
        ]
        setup.prices = [
            "{ model: \"acme/*\", input: 2, output: 10, cache_read: 0.5, cache_write: 2.5, cache_write_1h: 4 }",
            "{ model: \"claude/*\", input: 2, output: 10, cache_read: 0.5, cache_write: 2.5, cache_write_1h: 4 }",
        ]
        setup.plans = [
            "{ name: broke, limit_usd: 0.000001, period: total }",
            "{ name: slow, rpm: 1 }",
            "{ name: narrow, concurrency: 1 }",
            "{ name: picky, allowed_models: [\"acme/allowed*\", \"claude/allowed*\"] }",
        ]
        setup.chains = ["{ name: coding, strategy: priority, steps: [acme/step, claude/step] }"]
        // The first step always fails, the second speaks the other dialect.
        setup.chains += [
            "{ name: mixed-openai, strategy: priority, steps: [broken-openai-x/step, claude/step] }",
            "{ name: mixed-anthropic, strategy: priority, steps: [broken-anthropic-x/step, acme/step] }",
        ]
        return Common(mock: mock, gateway: try await Gateway.start(setup))
    }

    /// The provider of a dialect that one test may let break.
    static func breaking(_ dialect: MockDialect) -> String { "breaking-\(dialect)" }

    /// The provider of a dialect that answers well.
    static func provider(_ dialect: MockDialect) -> String { dialect == .openAI ? "acme" : "claude" }

    /// What a usage costs at the declared prices, in nano-dollars.
    static func cost(_ usage: TokenUsage) -> Int {
        usage.input * 2_000 + usage.cacheRead * 500 + usage.cacheWrite5m * 2_500 + usage.cacheWrite1h * 4_000
            + usage.output * 10_000
    }

    /// The classes of a mock's usage as the ledger has them after a dialect's wire.
    static func ledger(_ usage: MockUsage, _ dialect: MockDialect) -> TokenUsage {
        var tokens = TokenUsage()
        tokens.output = usage.output
        tokens.cacheRead = usage.cacheRead
        switch dialect {
        case .openAI:
            tokens.input = usage.input + usage.cacheWrite5m + usage.cacheWrite1h
            tokens.reasoning = usage.reasoning
        case .anthropic:
            tokens.input = usage.input
            tokens.cacheWrite5m = usage.cacheWrite5m
            tokens.cacheWrite1h = usage.cacheWrite1h
        }
        return tokens
    }

    private static let names = Atomic(0)

    /// A name that no other test has.
    static func name(_ prefix: String) -> String {
        "\(prefix)-\(names.wrappingAdd(1, ordering: .relaxed).newValue)"
    }

    /// Makes a key for one test.
    func key(plan: String? = nil) async throws -> (name: String, secret: String) {
        let name = Self.name("key")
        let secret = GatewaySetup.secret(name)
        try await gateway.makeKey(name, secret, plan: plan)
        return (name, secret)
    }
}

/// A provider that always fails, and what the client is to see of it.
struct ProviderFailure: Sendable, CustomTestStringConvertible {
    let name: String
    let reply: @Sendable (MockDialect) -> MockReply
    let status: @Sendable (MockDialect) -> Int
    /// Whether the provider's own body reaches the client.
    var passes = false
    var retryAfter: String?

    var testDescription: String { name }

    func provider(_ dialect: MockDialect) -> String { "\(name)-\(dialect)" }

    /// The same for clients of the other dialect.
    func foreignProvider(_ dialect: MockDialect) -> String { "\(name)-\(dialect)-x" }

    static let all: [ProviderFailure] = [
        fault("limited", .rateLimited(retryAfter: 7), retryAfter: "7") { _ in 429 },
        fault("denied", .authentication) { _ in 502 },
        fault("toolong", .contextLength, passes: true) { _ in 400 },
        fault("bad", .badRequest, passes: true) { _ in 400 },
        fault("missing", .notFound) { _ in 404 },
        fault("broken", .serverError) { _ in 502 },
        fault("busy", .overloaded) { $0 == .anthropic ? 529 : 503 },
        ProviderFailure(name: "page", reply: { _ in .page() }, status: { _ in 502 }),
        ProviderFailure(name: "cut", reply: { _ in .json("{\"id\":\"x\",\"choices\":[") }, status: { _ in 502 }),
        ProviderFailure(name: "gone", reply: { _ in .closed }, status: { _ in 502 }),
        ProviderFailure(name: "reset", reply: { _ in .reset }, status: { _ in 502 }),
        ProviderFailure(
            name: "inside",
            reply: { .json(MockFault.serverError.body($0)) },
            status: { _ in 502 }
        ),
    ]

    private static func fault(
        _ name: String,
        _ fault: MockFault,
        passes: Bool = false,
        retryAfter: String? = nil,
        status: @escaping @Sendable (MockDialect) -> Int
    ) -> ProviderFailure {
        ProviderFailure(
            name: name,
            reply: { .fault(fault, $0) },
            status: status,
            passes: passes,
            retryAfter: retryAfter
        )
    }
}
