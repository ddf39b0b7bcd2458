import Bootstrap
import Contracts
import Dialects
import HTTP
import RouterCore
import Storage
import TestSupport
import Testing

@testable import RouterServer

@Suite("Applying the router's declarations", .bothEngines)
struct DeclarationSyncTests {
    static let full = """
        declare:
          providers: [ { id: acme, dialect: openai, base_url: "https://llm.example/v1" } ]
          accounts:
            - { provider: acme, label: main, api_key: acme-key-0123456789, proxy: "http://u:pass-word-1@p.example:3128" }
            - { provider: openai, label: b, api_key: sk-0123456789abcdef0123 }
          aliases: { fast: acme/small }
          chains: [ { name: coding, steps: [fast, openai/gpt-4o] } ]
        """

    @Test("the state has what is declared")
    func applied() async throws {
        try await BookHarness().look(Self.full) { book in
            let provider = try #require(book.state.providers["acme"])
            #expect(provider.isDeclared)
            #expect(provider.baseURL == "https://llm.example/v1")
            #expect(!provider.allowsPrivate)
            let account = try #require(book.accounts(of: "acme").first)
            #expect(account.credential == Credential("acme-key-0123456789"))
            #expect(account.proxy?.addresses == ["http://u:pass-word-1@p.example:3128"])
            #expect(book.state.aliases == ["fast": "acme/small"])
            #expect(book.state.chains["coding"]?.steps == ["fast", "openai/gpt-4o"])
            #expect(book.declaredDestinations.map(\.host) == ["llm.example", "p.example"])
            let targets = try ModelResolver.resolve("coding", in: book.state).targets
            #expect(targets.map(\.name) == ["acme/small", "openai/gpt-4o"])
        }
    }

    @Test("applying it again changes no row")
    func idempotent() async throws {
        let harness = try BookHarness()
        let first = try await harness.look(Self.full) { $0.keeper.shelf.rows }
        let second = try await harness.look(Self.full) { $0.keeper.shelf.rows }
        #expect(first == second)
        #expect(first.accounts.count == 2)
        #expect(first.proxies.count == 1)
    }

    @Test("a changed declaration changes its row and no other")
    func changed() async throws {
        let harness = try BookHarness()
        let first = try await harness.look(Self.full) { $0.keeper.shelf.rows }
        let yaml = Self.full.replacing("acme-key-0123456789", with: "acme-key-9876543210")
        let second = try await harness.look(yaml) { book in
            #expect(book.accounts(of: "acme").first?.credential == Credential("acme-key-9876543210"))
            return book.keeper.shelf.rows
        }
        let changed = second.accounts.values.filter { first.accounts[$0.id] != $0 }
        #expect(changed.map(\.provider) == ["acme"])
        #expect(first.accounts.keys == second.accounts.keys)
        #expect(first.providers == second.providers)
        #expect(first.proxies == second.proxies)
    }

    @Test("what is no longer declared goes")
    func released() async throws {
        let harness = try BookHarness()
        _ = try await harness.look(Self.full) { _ in }
        try await harness.look { book in
            #expect(book.keeper.shelf.rows == BookRows())
            #expect(book.state.providers["acme"] == nil)
            #expect(book.accounts(of: "openai").isEmpty)
        }
    }

    @Test("what the dashboard made outlives a declaration of it")
    func adopted() async throws {
        let harness = try BookHarness()
        try await harness.serving { caller in
            try await caller.put(provider: "acme", "https://old.example/v1")
            try await caller.put(account: "main", at: "acme", key: "old-key-0123456789")
        }
        try await harness.look(Self.full) { book in
            #expect(book.state.providers["acme"]?.baseURL == "https://llm.example/v1")
            #expect(book.keeper.shelf.accounts.filter { $0.provider == "acme" }.map(\.life.isDeclared) == [true])
        }
        try await harness.look { book in
            let row = try #require(book.keeper.shelf.rows.providers["acme"])
            #expect(!row.life.isDeclared)
            #expect(book.keeper.shelf.accounts.map(\.provider) == ["acme"])
            #expect(book.keeper.shelf.accounts.map(\.life.isDeclared) == [false])
            #expect(book.keeper.shelf.rows.proxies.isEmpty == false)
        }
    }

    @Test("a provider of the file stays while the dashboard's accounts are at it")
    func neededProvider() async throws {
        let harness = try BookHarness()
        try await harness.serving(Self.full) { caller in
            try await caller.put(account: "mine", at: "acme")
        }
        try await harness.look { book in
            #expect(book.keeper.shelf.rows.providers["acme"]?.life.isDeclared == false)
            #expect(book.accounts(of: "acme").map(\.label) == ["mine"])
        }
    }

    @Test("an account needs a provider that exists", arguments: ["opneai", "nowhere-near-anything"])
    func missingProvider(name: String) async throws {
        let harness = try BookHarness()
        let yaml = "declare:\n  accounts:\n    - { provider: \(name), label: a, api_key: k }"
        let error = await #expect(throws: ConfigurationError.self) { try await harness.look(yaml) { _ in } }
        #expect(error?.line == 3)
        #expect(error?.key == "declare.accounts[0]")
        #expect(error?.problem.contains("there is no provider \"\(name)\"") == true)
        #expect(error?.problem.contains(name == "opneai" ? "did you mean openai" : "declare.providers") == true)
        #expect(try await harness.look { $0.keeper.shelf.rows } == BookRows())
    }

    @Test("a provider of the catalogue that asks for a key needs one, a server of one's own does not")
    func keyless() async throws {
        let harness = try BookHarness()
        let yaml = "declare:\n  accounts: [ { provider: openai, label: a } ]"
        let error = await #expect(throws: ConfigurationError.self) { try await harness.look(yaml) { _ in } }
        #expect(error?.problem.contains("\"api_key\" is missing") == true)
        let own = """
            declare:
              providers: [ { id: local, dialect: openai, base_url: "http://127.0.0.1:8000/v1" } ]
              accounts: [ { provider: local, label: a } ]
            """
        try await harness.look(own) { book in
            #expect(book.accounts(of: "local").count == 1)
            #expect(book.accounts(of: "local").first?.credential == nil)
            #expect(book.accounts(of: "local").first?.isEnabled == true)
        }
    }

    @Test("a provider may be named by its short name, and still is one")
    func shortName() async throws {
        let harness = try BookHarness()
        try await harness.look("declare: { accounts: [ { provider: ds, label: a, api_key: k } ] }") { book in
            #expect(book.accounts(of: "deepseek").map(\.label) == ["a"])
        }
        let twice =
            "declare: { accounts: [ { provider: ds, label: a, api_key: k }, { provider: deepseek, label: a, api_key: j } ] }"
        await #expect(throws: ConfigurationError.self) { try await harness.look(twice) { _ in } }
    }

    @Test("a declared name that comes back to itself stops the start")
    func cycle() async throws {
        let harness = try BookHarness()
        let yaml = """
            declare:
              aliases: { a: b }
              chains:
                - { name: b, steps: [openai/gpt-4o, a] }
            """
        let error = await #expect(throws: ConfigurationError.self) { try await harness.look(yaml) { _ in } }
        #expect(error?.line == 2)
        #expect(error?.key == "declare.aliases.a")
        #expect(error?.problem.contains("comes back to itself") == true)
    }

    @Test("a declared step that leads nowhere is reported and stops nothing")
    func unknownStep() async throws {
        let yaml = "declare: { chains: [ { name: c, steps: [nowhere/x, openai/gpt-4o] } ] }"
        try await BookHarness().look(yaml) { book in
            #expect(book.keeper.shelf.problems == ["\"c\": there is no model \"nowhere/x\""])
            let targets = try ModelResolver.resolve("c", in: book.state).targets
            #expect(targets.map(\.name) == ["openai/gpt-4o"])
        }
    }

    @Test("accounts with one proxy address share it; a stored proxy may be named")
    func proxies() async throws {
        let harness = try BookHarness()
        let shared = """
            declare:
              accounts:
                - { provider: openai, label: a, api_key: k, proxy: "http://p.example:3128" }
                - { provider: openai, label: b, api_key: j, proxy: "http://p.example:3128" }
            """
        try await harness.look(shared) { book in
            #expect(book.keeper.shelf.proxies.count == 1)
            #expect(book.keeper.shelf.proxies.first?.life.isDeclared == true)
            let shared = ["http://p.example:3128"]
            #expect(book.accounts(of: "openai").map(\.proxy?.addresses) == [shared, shared])
        }
        try await harness.serving { caller in
            #expect(try await caller.all(caller.admin.proxies).isEmpty)
            let item = ProxyItem(name: "office", url: "socks5://o.example:1080")
            _ = try await caller.call(caller.admin.proxies.put, PutRequest(item: item))
        }
        let named = "declare: { accounts: [ { provider: openai, label: a, api_key: k, proxy: office } ] }"
        try await harness.look(named) { book in
            #expect(book.accounts(of: "openai").first?.proxy?.addresses == ["socks5://o.example:1080"])
            #expect(book.declaredDestinations.isEmpty)
        }
        let missing = named.replacing("office", with: "home")
        let error = await #expect(throws: ConfigurationError.self) { try await harness.look(missing) { _ in } }
        #expect(error?.problem.contains("there is no proxy \"home\"") == true)
    }
}
