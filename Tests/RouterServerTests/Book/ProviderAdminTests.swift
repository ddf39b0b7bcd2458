import Contracts
import Dialects
import RouterCore
import TestSupport
import Testing

@testable import RouterServer

@Suite("Administering providers and proxies", .bothEngines)
struct ProviderAdminTests {
    @Test("a provider is made, read, changed and deleted, and the state follows")
    func life() async throws {
        try await BookHarness().serving { caller in
            let made = try await caller.put(provider: "acme", "https://llm.example/v1/")
            #expect(made.baseURL == "https://llm.example/v1")
            #expect(!made.declared)
            #expect(!made.builtin)
            #expect(try await caller.call(caller.admin.providers.get, GetRequest(id: "acme")) == made)
            #expect(caller.book.state.providers["acme"]?.baseURL == "https://llm.example/v1")
            var item = made
            item.allowPrivate = true
            item.headers = ["X-Team": "ai"]
            item.dialect = "anthropic"
            item.stream = "never"
            item.thinkTags = true
            let changed = try await caller.call(caller.admin.providers.put, PutRequest(item: item, etag: made.etag))
            #expect(changed.headers == ["x-team": "ai"])
            #expect(changed.etag != made.etag)
            #expect(caller.book.state.providers["acme"]?.allowsPrivate == true)
            #expect(caller.book.state.providers["acme"]?.dialects == [.anthropicMessages])
            #expect(changed.stream == "never" && changed.thinkTags == true)
            #expect(caller.book.state.providers["acme"]?.streams == .never)
            #expect(caller.book.state.providers["acme"]?.writesThinkTags == true)
            _ = try await caller.call(caller.admin.providers.delete, DeleteRequest(id: "acme", etag: changed.etag))
            #expect(caller.book.state.providers["acme"] == nil)
            let gone = await caller.refusal(caller.admin.providers.get, GetRequest(id: "acme"))
            #expect(gone.code == .notFound)
        }
    }

    @Test("what is stored is there after a restart")
    func restart() async throws {
        let harness = try BookHarness()
        var made: [ProviderItem] = []
        try await harness.serving { caller in
            try await caller.put(provider: "acme")
            let forms = ProviderItem(
                id: "forms",
                name: "f",
                dialect: "openai",
                baseURL: "https://f.example",
                stream: "only",
                thinkTags: false
            )
            _ = try await caller.call(caller.admin.providers.put, PutRequest(item: forms))
            made = try await caller.all(caller.admin.providers)
        }
        try await harness.serving { caller in
            let kept = try await caller.all(caller.admin.providers)
            #expect(kept == made)
        }
    }

    @Test(
        "a provider that requests could not go to is refused",
        arguments: [
            ("Acme", "openai", "https://a.example", "id"), ("", "openai", "https://a.example", "id"),
            ("a/b", "openai", "https://a.example", "id"), ("demo", "openai", "https://a.example", "id"),
            ("a", "watson", "https://a.example", "dialect"), ("a", "openai", "https://u:p@a.example", "base_url"),
            ("a", "openai", "https://a.example/?x=1", "base_url"), ("a", "openai", "file:///etc/passwd", "base_url"),
            ("a", "openai", "", "base_url"),
        ]
    )
    func refusals(id: String, dialect: String, url: String, field: String) async throws {
        try await BookHarness().serving { caller in
            let item = ProviderItem(id: id, name: "n", dialect: dialect, baseURL: url)
            let error = await caller.refusal(caller.admin.providers.put, PutRequest(item: item))
            #expect(error.code == .invalidArgument)
            #expect(error.message.hasPrefix("\(field): "))
            #expect(!error.message.contains("u:p"))
        }
    }

    @Test("headers that frame, name or authenticate are refused", arguments: ["Host", "te", "authorization", "cookie"])
    func headers(name: String) async throws {
        try await BookHarness().serving { caller in
            let item = ProviderItem(
                id: "a",
                name: "a",
                dialect: "openai",
                baseURL: "https://a.example",
                headers: [name: "x"]
            )
            let error = await caller.refusal(caller.admin.providers.put, PutRequest(item: item))
            #expect(error.code == .invalidArgument)
            #expect(error.message.hasPrefix("headers: "))
        }
    }

    @Test("a built-in provider is listed, may be replaced, and comes back when the replacement is deleted")
    func builtin() async throws {
        try await BookHarness().serving { caller in
            let get = GetRequest(id: "openai")
            let builtin = try await caller.call(caller.admin.providers.get, get)
            #expect(builtin.builtin)
            let stays = await caller.refusal(caller.admin.providers.delete, DeleteRequest(id: "openai"))
            #expect(stays.code == .failedPrecondition)
            try await caller.put(provider: "openai", "https://mirror.example/v1")
            #expect(caller.book.state.providers["openai"]?.baseURL == "https://mirror.example/v1")
            #expect(caller.book.state.providers["openai"]?.isBuiltin == false)
            _ = try await caller.call(caller.admin.providers.delete, DeleteRequest(id: "openai"))
            #expect(try await caller.call(caller.admin.providers.get, get) == builtin)
        }
    }

    @Test("a provider with accounts stays")
    func inUse() async throws {
        try await BookHarness().serving { caller in
            try await caller.put(provider: "acme")
            let account = try await caller.put(account: "a", at: "acme")
            let error = await caller.refusal(caller.admin.providers.delete, DeleteRequest(id: "acme"))
            #expect(error.code == .failedPrecondition)
            #expect(error.reason == "in_use")
            _ = try await caller.call(caller.admin.accounts.delete, DeleteRequest(id: account.id))
            _ = try await caller.call(caller.admin.providers.delete, DeleteRequest(id: "acme"))
        }
    }

    @Test("a provider that a chain needs stays")
    func neededByChain() async throws {
        try await BookHarness().serving { caller in
            try await caller.put(provider: "acme")
            let chain = ChainItem(id: "c", steps: ["acme/m"])
            _ = try await caller.call(caller.admin.chains.put, PutRequest(item: chain))
            let error = await caller.refusal(caller.admin.providers.delete, DeleteRequest(id: "acme"))
            #expect(error.code == .failedPrecondition)
            #expect(error.message.contains("\"c\""))
        }
    }

    @Test("a changed address clears the pauses of the provider's accounts")
    func pauses() async throws {
        try await BookHarness().serving { caller in
            try await caller.put(provider: "acme")
            let account = try await caller.put(account: "a", at: "acme")
            try await caller.put(provider: "acme", "https://llm.example/v2")
            #expect(caller.health.cleared.suffix(2) == [account.id, "none:acme"])
        }
    }

    @Test("lists page through everything once, in order, whatever the page's size", arguments: [1, 7, 500])
    func paging(size: Int) async throws {
        try await BookHarness().serving { caller in
            for number in 0..<5 { try await caller.put(provider: "acme-\(number)") }
            let all = try await caller.all(caller.admin.providers, pageSize: size)
            #expect(all.map(\.id) == all.map(\.id).sorted())
            #expect(Set(all.map(\.id)) == Set(caller.book.state.providers.keys))
            let own = try await caller.all(caller.admin.providers, pageSize: size, filter: ["builtin": "false"])
            #expect(own.map(\.id) == (0..<5).map { "acme-\($0)" })
            let found = try await caller.all(caller.admin.providers, pageSize: size, filter: ["q": "ACME-3"])
            #expect(found.map(\.id) == ["acme-3"])
        }
    }

    @Test("a filter that a list does not have is refused")
    func filters() async throws {
        try await BookHarness().serving { caller in
            let request = ListRequest(filter: ["colour": "red"])
            let admin = caller.admin
            let errors = [
                await caller.refusal(admin.providers.list, request), await caller.refusal(admin.accounts.list, request),
                await caller.refusal(admin.aliases.list, request), await caller.refusal(admin.chains.list, request),
                await caller.refusal(admin.proxies.list, request), await caller.refusal(admin.models.list, request),
                await caller.refusal(admin.health.list, request),
            ]
            #expect(errors.allSatisfy { $0.code == .invalidArgument && $0.message.hasPrefix("filter.colour: ") })
            let odd = await caller.refusal(admin.providers.list, ListRequest(filter: ["builtin": "maybe"]))
            #expect(odd.code == .invalidArgument)
        }
    }

    @Test("there may be so many providers and no more")
    func cap() async throws {
        let harness = try BookHarness()
        let rows = (0..<RouterCaps.providers).map {
            "    - { id: p\($0), dialect: openai, base_url: \"https://a.example\" }"
        }
        let yaml = "declare:\n  providers:\n" + rows.joined(separator: "\n")
        try await harness.serving(yaml) { caller in
            let item = ProviderItem(id: "more", name: "m", dialect: "openai", baseURL: "https://a.example")
            let error = await caller.refusal(caller.admin.providers.put, PutRequest(item: item))
            #expect(error.code == .resourceExhausted)
        }
        let more = yaml + "\n    - { id: more, dialect: openai, base_url: \"https://a.example\" }"
        await #expect(throws: (any Error).self) { try await harness.look(more) { _ in } }
    }

    // MARK: Proxies

    @Test("a proxy's address goes in and does not come out; accounts go through it while it is enabled")
    func proxies() async throws {
        try await BookHarness().serving { caller in
            let url = "socks5://user:pass-word-0@p.example:1080"
            let draft = ProxyItem(name: "office", url: url)
            let made = try await caller.call(caller.admin.proxies.put, PutRequest(item: draft))
            #expect(made.url == nil)
            #expect(made.display == "socks5://p.example:1080")
            #expect(try await caller.all(caller.admin.proxies) == [made])
            var account = try await caller.put(account: "a", at: "openai")
            account.proxy = "office"
            account = try await caller.call(caller.admin.accounts.put, PutRequest(item: account))
            #expect(account.proxy == made.id)
            #expect(caller.book.accounts(of: "openai").first?.proxy?.addresses == [url])
            let inUse = await caller.refusal(caller.admin.proxies.delete, DeleteRequest(id: made.id))
            #expect(inUse.code == .failedPrecondition)
            var off = made
            off.enabled = false
            off = try await caller.call(caller.admin.proxies.put, PutRequest(item: off, etag: made.etag))
            #expect(off.display == made.display)
            #expect(caller.book.accounts(of: "openai").first?.proxy == nil)
            account.proxy = nil
            _ = try await caller.call(caller.admin.accounts.put, PutRequest(item: account))
            _ = try await caller.call(caller.admin.proxies.delete, DeleteRequest(id: made.id, etag: off.etag))
            #expect(try await caller.all(caller.admin.proxies).isEmpty)
        }
    }

    @Test(
        "a proxy that cannot be one is refused",
        arguments: [
            (ProxyItem(name: "a"), "url"), (ProxyItem(name: "a", url: "ftp://p.example"), "url"),
            (ProxyItem(name: "a", url: "http://u:canary@p.example/path"), "url"),
            (ProxyItem(name: "", url: "http://p.example"), "name"),
            (ProxyItem(name: "a", url: "http://p.example", urls: ["http://q.example"]), "urls"),
            (ProxyItem(name: "a", urls: ["http://p.example", "http://p.example"]), "urls"),
            (ProxyItem(name: "a", urls: (0...16).map { "http://p\($0).example" }), "urls"),
            (ProxyItem(name: "a", urls: ["http://p.example", "http://u:canary@q.example/x"]), "urls"),
        ]
    )
    func proxyRefusals(item: ProxyItem, field: String) async throws {
        try await BookHarness().serving { caller in
            let error = await caller.refusal(caller.admin.proxies.put, PutRequest(item: item))
            #expect(error.code == .invalidArgument)
            #expect(error.message.hasPrefix("\(field): "))
            #expect(!error.message.contains("canary"))
        }
    }
}
