import Bootstrap
import Contracts
import Dialects
import HTTP
import RouterCore
import TestSupport
import Testing

@testable import RouterServer

/// Pools of proxies in the administration and in the file, and who goes through them.
@Suite("Proxies of accounts and providers", .bothEngines)
struct ProxyAdminTests {
    private static let urls = ["http://u:pass-word-0@p.example:3128", "socks5://q.example:1080"]

    private static func pool(_ caller: BookCaller, strict: Bool = true) async throws -> ProxyItem {
        let item = ProxyItem(name: "office", urls: urls, strict: strict)
        return try await caller.call(caller.admin.proxies.put, PutRequest(item: item))
    }

    @Test("a pool's addresses go in and come out without credentials; a put without them keeps them")
    func pool() async throws {
        try await BookHarness().serving { caller async throws in
            var made = try await Self.pool(caller)
            #expect(made.urls.isEmpty && made.url == nil && made.strict && made.down.isEmpty)
            #expect(made.display == "http://p.example:3128, socks5://q.example:1080")
            var account = try await caller.put(account: "a", at: "openai")
            account.proxy = made.id
            _ = try await caller.call(caller.admin.accounts.put, PutRequest(item: account))
            made.strict = false
            made = try await caller.call(caller.admin.proxies.put, PutRequest(item: made, etag: made.etag))
            let pool = try #require(caller.book.accounts(of: "openai").first?.proxy)
            #expect(pool == ProxyPool(id: made.id, name: "office", addresses: Self.urls, isStrict: false))
        }
    }

    @Test("one that is switched off cuts accounts off where it is strict, and lets them go direct where it is not")
    func off() async throws {
        for strict in [true, false] {
            try await BookHarness().serving { caller async throws in
                var proxy = try await Self.pool(caller, strict: strict)
                try await caller.put(provider: "acme")
                let way = ProviderItem(
                    id: "acme",
                    name: "acme",
                    dialect: "openai",
                    baseURL: "https://llm.example/v1",
                    proxy: "office"
                )
                _ = try await caller.call(caller.admin.providers.put, PutRequest(item: way))
                let made = try await caller.put(account: "a", at: "acme")
                proxy.enabled = false
                _ = try await caller.call(caller.admin.proxies.put, PutRequest(item: proxy))
                let account = try #require(caller.book.accounts(of: "acme").first)
                #expect(account.isEnabled == !strict && account.proxy == nil)
                let item = try await caller.call(caller.admin.accounts.get, GetRequest(id: made.id))
                #expect(item.health == (strict ? "failing" : "ok"))
            }
        }
    }

    @Test("a provider's proxy is for its accounts that have none, and for those it has without a key")
    func providers() async throws {
        try await BookHarness().serving { caller async throws in
            let admin = caller.admin
            let pool = try await Self.pool(caller)
            let other = try await caller.call(
                admin.proxies.put,
                PutRequest(item: ProxyItem(name: "other", url: "http://o.example:1"))
            )
            var acme = try await caller.put(provider: "acme")
            #expect(acme.proxy == nil)
            acme.proxy = "office"
            acme = try await caller.call(admin.providers.put, PutRequest(item: acme))
            #expect(acme.proxy == pool.id)
            try await caller.put(account: "a", at: "acme")
            let own = AccountItem(provider: "acme", label: "b", apiKey: "sk-0123456789abcdef", proxy: "other")
            _ = try await caller.call(admin.accounts.put, PutRequest(item: own))
            #expect(caller.book.accounts(of: "acme").map(\.proxy?.id) == [pool.id, other.id])
            let keyless = ProviderItem(
                id: "local",
                name: "local",
                dialect: "ollama",
                baseURL: "http://llm.example",
                proxy: "office"
            )
            _ = try await caller.call(admin.providers.put, PutRequest(item: keyless))
            #expect(caller.book.accounts(of: "local").map(\.proxy?.id) == [pool.id])
            // Who does not speak of it takes it away from nobody; who says that there is none does.
            acme.proxy = nil
            #expect(try await caller.call(admin.providers.put, PutRequest(item: acme)).proxy == pool.id)
            let inUse = await caller.refusal(admin.proxies.delete, DeleteRequest(id: pool.id))
            #expect(inUse.code == .failedPrecondition && inUse.message.contains("providers go through it"))
            acme.proxy = ""
            #expect(try await caller.call(admin.providers.put, PutRequest(item: acme)).proxy == nil)
            acme.proxy = "nobody"
            let missing = await caller.refusal(admin.providers.put, PutRequest(item: acme))
            #expect(missing.message.hasPrefix("proxy: there is no such proxy"))
        }
    }

    private static let yaml = """
        declare:
          proxies:
            - { name: office, urls: ["http://u:pass-word-1@p.example:3128", "socks5://q.example:1080"] }
            - { name: loose, url: "http://o.example:1", strict: off }
          providers: [ { id: acme, dialect: openai, base_url: "https://llm.example/v1", proxy: office } ]
          accounts:
            - { provider: acme, label: a, api_key: k0123456789, priority: 1 }
            - { provider: acme, label: b, api_key: k1234567890, priority: 2, proxy: loose }
        """

    @Test("pools are declared, twice the same, and go when they are no longer declared")
    func declared() async throws {
        let harness = try BookHarness()
        let rows = try await harness.look(Self.yaml) { book in
            let pools = book.accounts(of: "acme").compactMap(\.proxy)
            #expect(pools.map(\.name) == ["office", "loose"] && pools.map(\.isStrict) == [true, false])
            #expect(pools.first?.addresses == ["http://u:pass-word-1@p.example:3128", "socks5://q.example:1080"])
            #expect(book.declaredDestinations.map(\.host) == ["llm.example", "p.example", "q.example", "o.example"])
            #expect(book.keeper.shelf.proxies.map(\.life.isDeclared) == [true, true])
            return book.keeper.shelf.rows
        }
        #expect(try await harness.look(Self.yaml) { $0.keeper.shelf.rows } == rows)
        let gone = "declare: { accounts: [ { provider: openai, label: c, api_key: k2345678901, proxy: office } ] }"
        let error = await #expect(throws: ConfigurationError.self) { try await harness.look(gone) { _ in } }
        #expect(error?.problem.contains("there is no proxy \"office\"") == true)
        try await harness.look("declare: {}") { book in #expect(book.keeper.shelf.proxies.isEmpty) }
    }

    @Test("a pool that accounts of the dashboard need stays as an ordinary one")
    func kept() async throws {
        let harness = try BookHarness()
        try await harness.serving(Self.yaml) { caller async throws in
            let item = AccountItem(provider: "openai", label: "a", apiKey: "sk-0123456789abcdef", proxy: "office")
            _ = try await caller.call(caller.admin.accounts.put, PutRequest(item: item))
        }
        try await harness.serving { caller async throws in
            let proxies = try await caller.all(caller.admin.proxies)
            #expect(proxies.map(\.name) == ["office"] && proxies.allSatisfy { !$0.declared })
            #expect(caller.book.accounts(of: "openai").first?.proxy?.addresses.count == 2)
        }
    }
}
