import Dialects
import Testing

@testable import RouterCore

@Suite("Model names")
struct ModelResolverTests {
    static let state = RouterState(
        providers: [
            Samples.acme, Samples.gamma,
            Provider(id: "both", alias: "b", dialects: Dialect.allCases, baseURL: "https://both.example/v1"),
        ],
        accounts: [Samples.account("a", "acme"), Samples.account("o", "openai")],
        aliases: [
            "fast": "ds/deepseek-chat", "quick": "fast", "best": "chain:coding", "coding": "acme/never",
            "loop-a": "loop-b", "loop-b": "loop-a", "dangling": "nowhere", "listed": "mixed",
        ],
        chains: [
            Chain(name: "coding", steps: ["acme/large", "fast", " openai/gpt-4o "]),
            Chain(name: "mixed", steps: ["gamma/claude", "acme/large", "cursor/x", "gone", "chain:gone"]),
            Chain(name: "outer", steps: ["coding", "acme/small", "acme/large"]),
            Chain(name: "ring", steps: ["acme/small", "chain:ring"]),
            Chain(name: "ring-1", steps: ["chain:ring-2"]),
            Chain(name: "ring-2", steps: ["via-alias"]),
            Chain(name: "empty", steps: []),
            Chain(name: "foreign", steps: ["gamma/claude"]),
        ]
    )

    static func names(_ name: String) throws -> [String] {
        try ModelResolver.resolve(name, in: state).targets.map(\.name)
    }

    static let found: [(name: String, targets: [String])] = [
        ("acme/large", ["acme/large"]),
        ("  acme/large\n", ["acme/large"]),
        ("ACME/Large", ["acme/Large"]),
        ("acme/vendor/model:free", ["acme/vendor/model:free"]),
        ("b/m", ["both/m"]),
        ("ds/deepseek-chat", ["deepseek/deepseek-chat"]),
        ("demo/echo", ["demo/echo"]),
        ("fast", ["deepseek/deepseek-chat"]),
        ("quick", ["deepseek/deepseek-chat"]),
        ("chain:coding", ["acme/large", "deepseek/deepseek-chat", "openai/gpt-4o"]),
        ("coding", ["acme/large", "deepseek/deepseek-chat", "openai/gpt-4o"]),
        ("best", ["acme/large", "deepseek/deepseek-chat", "openai/gpt-4o"]),
        ("outer", ["acme/large", "deepseek/deepseek-chat", "openai/gpt-4o", "acme/small"]),
        ("mixed", ["gamma/claude", "acme/large"]),
        ("gamma/claude", ["gamma/claude"]),
        ("foreign", ["gamma/claude"]),
    ]

    @Test("a name stands for its targets", arguments: found)
    func targets(name: String, targets: [String]) throws {
        #expect(try Self.names(name) == targets)
    }

    static let missing: [(name: String, reason: ResolutionError.Reason)] = [
        ("", .empty), (" \t", .empty), ("chain:nope", .unknownChain), ("chain:", .unknownChain),
        ("nope", .unknownModel),
        ("nope/model", .unknownModel), ("/model", .unknownModel), ("acme/", .unknownModel), ("/", .unknownModel),
        ("loop-a", .cycle), ("ring", .cycle), ("dangling", .unknownModel), ("empty", .unusable),
        ("cursor/anything", .unusable), ("ring-1", .unusable),
    ]

    @Test("a name that stands for nothing says why", arguments: missing)
    func errors(name: String, reason: ResolutionError.Reason) throws {
        let error = #expect(throws: ResolutionError.self) { try Self.names(name) }
        #expect(error?.reason == reason)
        let client = try #require(error).clientError(showingHint: true)
        #expect(client.parameter == "model")
        #expect((400..<500).contains(client.status(.openAIChat)))
    }

    @Test("a chain mixes dialects and says which of its steps were left out")
    func exclusions() throws {
        let mixed = try ModelResolver.resolve("mixed", in: Self.state)
        #expect(mixed.chain == "mixed")
        #expect(mixed.excluded.map(\.name) == ["cursor/x", "gone", "chain:gone"])
        #expect(try ModelResolver.resolve("acme/large", in: Self.state).chain == nil)
        #expect(try ModelResolver.resolve("best", in: Self.state).chain == "coding")
    }

    @Test("a provider is asked in the client's dialect where it speaks it, else in its own")
    func dialects() throws {
        let both = try #require(Self.state.provider(named: "both"))
        #expect(Dialect.allCases.allSatisfy { both.dialect(for: $0) == $0 })
        #expect(Dialect.allCases.allSatisfy { Samples.gamma.dialect(for: $0) == .anthropicMessages })
        #expect(Dialect.allCases.allSatisfy { Samples.acme.dialect(for: $0) == .openAIChat })
    }

    @Test("what is wrong with chains and aliases is told ahead")
    func problems() {
        let problems = ModelResolver.problems(in: Self.state)
        for name in ["ring", "loop-a", "loop-b", "gone", "nowhere"] {
            #expect(problems.contains { $0.contains("\"\(name)\"") }, "\(name): \(problems)")
        }
        #expect(!problems.contains { $0.contains("\"coding\"") || $0.contains("\"foreign\"") })
    }

    static let hints: [(name: String, hint: String?)] = [
        ("gpt-4o-mni", "openai/gpt-4o-mini"), ("gpt-4o", "openai/gpt-4o"), ("openai-/gpt-4o", "openai/gpt-4o"),
        ("codng", "coding"), ("fsat", nil), ("fas", "fast"), ("chain:codin", "coding"),
        ("claude-sonnet-4-20250514", nil), ("zzzzzzzzzz", nil), (String(repeating: "x", count: 400), nil),
    ]

    @Test("a near name is offered, of what is connected only, and only where asked", arguments: hints)
    func hint(name: String, hint: String?) throws {
        let error = try #require(throws: ResolutionError.self) { try Self.names(name) }
        #expect(error.hint == hint)
        guard let hint else { return }
        #expect(error.clientError(showingHint: true).message.contains(hint))
        #expect(!error.clientError(showingHint: false).message.contains("did you mean"))
    }

    @Test("chains of chains cannot multiply without end")
    func explosion() {
        let chains = (0..<8).map { level in
            Chain(name: "c\(level)", steps: Array(repeating: level == 7 ? "acme/m" : "chain:c\(level + 1)", count: 30))
        }
        let state = Samples.state(accounts: [Samples.account("a", "acme")], chains: chains)
        let error = #expect(throws: ResolutionError.self) {
            try ModelResolver.resolve("c0", in: state)
        }
        #expect(error?.reason == .tooLong)
    }

    @Test("a chain has at most so many targets, and names at most so many names inside one another")
    func limits() throws {
        let wide = Chain(name: "wide", steps: (0...ModelResolver.maximumTargets).map { "acme/m\($0)" })
        let deep = (0...ModelResolver.maximumDepth).map { Chain(name: "d\($0)", steps: ["d\($0 + 1)"]) }
        let state = Samples.state(accounts: [Samples.account("a", "acme")], chains: deep + [wide])
        for name in ["wide", "d0"] {
            let error = #expect(throws: ResolutionError.self) {
                try ModelResolver.resolve(name, in: state)
            }
            #expect(error?.reason == .tooLong)
        }
    }
    @Test("what a name was found to stand for is remembered, of so many names and none too long, and is right for all")
    func memory() throws {
        let chain = Chain(name: "two", steps: ["acme/large", "acme/small"])
        let state = Samples.state(accounts: [Samples.account("a", "acme")], chains: [chain])
        let long = "acme/" + String(repeating: "m", count: 252)
        for round in 0..<2 {
            #expect(try ModelResolver.resolve("two", in: state).targets.map(\.name) == ["acme/large", "acme/small"])
            #expect(try ModelResolver.resolve(long, in: state).targets.map(\.name) == [long])
            for number in 0..<700 {
                let resolution = try ModelResolver.resolve("acme/m\(number)", in: state)
                #expect(resolution.requested == "acme/m\(number)" && resolution.targets.map(\.model) == ["m\(number)"])
            }
            let kept = (0..<700).count { state.resolution(of: "acme/m\($0)") != nil }
            #expect((1...512).contains(kept), "round \(round)")
            #expect(state.resolution(of: "acme/m699")?.targets.map(\.model) == ["m699"])
            #expect(state.resolution(of: long) == nil)
        }
        // A state is what it was made of: what changes makes another one, which remembers nothing.
        let changed = Samples.state(
            accounts: [Samples.account("a", "acme")],
            chains: [Chain(name: "two", steps: ["acme/small"])]
        )
        #expect(try ModelResolver.resolve("two", in: changed).targets.map(\.name) == ["acme/small"])
    }
}
