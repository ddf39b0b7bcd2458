import Contracts
import Dialects
import RouterCore
import Testing

@Suite("Router state")
struct RouterStateTests {
    @Test("a declared provider replaces a built-in one of its id")
    func replacement() {
        let own = Provider(id: "openai", dialects: [.openAIChat], baseURL: "http://127.0.0.1:9/v1", isDeclared: true)
        let state = RouterState(providers: [own])
        #expect(state.provider(named: "openai")?.baseURL == "http://127.0.0.1:9/v1")
        #expect(state.provider(named: "OpenAI")?.isDeclared == true)
        #expect(state.provider(named: "ds")?.id == "deepseek")
    }

    @Test("accounts come by priority, then weight, then age")
    func order() {
        let state = Samples.state(accounts: [
            Samples.account("young", "acme", created: 9),
            Samples.account("late", "acme", priority: 200),
            Samples.account("heavy", "acme", weight: 5, created: 99),
            Samples.account("old", "acme", created: 1),
            Samples.account("first", "acme", priority: 1),
        ])
        #expect(state.accounts(of: Samples.acme).map(\.id) == ["first", "heavy", "old", "young", "late"])
    }

    @Test("the demo needs no account and speaks to everyone")
    func demo() throws {
        let state = RouterState()
        let demo = try #require(state.provider(named: "demo"))
        #expect(demo.dialects == Dialect.clients)
        #expect(state.accounts(of: demo).count == 1)
        #expect(
            state.listedModels().map(\.id) == ["demo/echo", "uncloseai/hermes"].filter { id in
                state.listedModels().contains { $0.id == id }
            } + state.listedModels().map(\.id).filter { $0 != "demo/echo" && $0 != "uncloseai/hermes" }
        )
        #expect(RouterState(includesDemo: false).provider(named: "demo") == nil)
    }

    @Test("listed are chains, aliases and the chat models of providers with an enabled account")
    func listing() {
        let state = RouterState(
            accounts: [
                Samples.account("a", "openai"), Samples.account("b", "anthropic", isEnabled: false),
                Samples.account("c", "cursor"),
            ],
            aliases: ["fast": "openai/gpt-4o-mini", "coding": "openai/gpt-4o"],
            chains: [Chain(name: "coding", steps: ["openai/gpt-4o"])]
        )
        let models = state.listedModels()
        let ids = models.map(\.id)
        #expect(ids.first == "coding")
        #expect(ids.filter { $0 == "coding" }.count == 1)
        #expect(ids.contains("fast"))
        #expect(ids.contains("openai/gpt-4o"))
        #expect(ids.contains("demo/echo"))
        #expect(!ids.contains { $0.hasPrefix("anthropic/") || $0.hasPrefix("cursor/") })
        #expect(!ids.contains("openai/text-embedding-3-small"))
    }

    @Test(
        "a key with allow-lists is shown what it would be admitted to",
        arguments: [
            ([["fast"]], ["fast"]), ([["openai/gpt-4o"]], ["coding", "openai/gpt-4o"]),
            ([["GPT-4o-mini"]], ["fast", "openai/gpt-4o-mini"]), ([["demo/*"], ["openai/*"]], []),
            ([["nothing"]], []), ([["broken"]], []),
        ] as [([[String]], [String])]
    )
    func allowed(lists: [[String]], expected: [String]) {
        let state = RouterState(
            accounts: [Samples.account("a", "openai")],
            aliases: ["fast": "openai/gpt-4o-mini", "broken": "nobody/nothing"],
            chains: [Chain(name: "coding", steps: ["openai/gpt-4o"])]
        )
        let allowance = ModelAllowance(lists)
        #expect(state.listedModels(for: allowance).map(\.id) == expected)
        for model in state.listedModels() {
            #expect((state.listedModel(model.id, for: allowance) != nil) == expected.contains(model.id))
        }
        #expect(state.listedModels(for: .everything) == state.listedModels())
    }

    @Test("a credential prints as nothing")
    func secrecy() {
        let account = Samples.account("a", "acme")
        for text in ["\(account)", String(reflecting: account), "\(Credential("secret-a"))"] {
            #expect(!text.contains("secret"), "\(text)")
        }
        var dumped = ""
        dump(account, to: &dumped)
        #expect(!dumped.contains("secret"))
    }

    @Test("the credential goes into the header the provider wants")
    func credentialHeaders() {
        #expect(Samples.acme.credentialHeader(Credential("k"))?.value == "Bearer k")
        #expect(Samples.gamma.credentialHeader(Credential("k"))?.name == "x-api-key")
        #expect(Samples.gamma.credentialHeader(nil) == nil)
    }
}
