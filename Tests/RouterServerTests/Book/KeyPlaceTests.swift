import Bootstrap
import Contracts
import RouterCore
import RouterServer
import TestSupport
import Testing

/// Stored keys go to the host that they were entered for and to no other one.
@Suite("Keys and their hosts", .bothEngines)
struct KeyPlaceTests {
    private static let key = "sk-0123456789abcdefWXYZ"

    private static func provider(_ id: String, _ baseURL: String, _ proxy: String? = nil) -> ProviderItem {
        ProviderItem(id: id, name: id, dialect: "openai", baseURL: baseURL, proxy: proxy)
    }

    @Test(
        "a provider keeps its host while accounts hold keys",
        arguments: [
            ("https://llm.example/v1", "https://evil.example/v1", true),
            ("https://llm.example/v1", "https://llm.example.evil/v1", true),
            ("https://llm.example/v1", "https://llm.example:8443/v1", true),
            ("https://llm.example/v1", "http://llm.example/v1", true),
            ("https://{tenant}.llm.example/v1", "https://{tenant}.evil.example/v1", true),
            ("https://llm.example/v1", "https://LLM.example:443/v2", false),
            ("https://llm.example/v1", "https://llm.example/{tenant}/v1", false),
            ("https://{tenant}.llm.example/v1", "https://{tenant}.llm.example/v2", false),
        ]
    )
    func hosts(before: String, after: String, isRefused: Bool) async throws {
        try await BookHarness().serving { caller async throws in
            let put = caller.admin.providers.put
            _ = try await caller.call(put, PutRequest(item: Self.provider("acme", before)))
            let settings = before.contains("{") ? ["tenant": "a"] : [:]
            let item = AccountItem(provider: "acme", label: "a", apiKey: Self.key, settings: settings)
            let account = try await caller.call(caller.admin.accounts.put, PutRequest(item: item))
            let changed = PutRequest(item: Self.provider("acme", after))
            guard isRefused else {
                _ = try await caller.call(put, changed)
                return
            }
            let error = await caller.refusal(put, changed)
            #expect(error.code == .failedPrecondition && error.reason == "in_use")
            #expect(error.message.contains("account \"a\"") && error.message.contains("another address"))
            #expect(caller.book.state.providers["acme"]?.baseURL == before)
            _ = try await caller.call(caller.admin.accounts.delete, DeleteRequest(id: account.id))
            _ = try await caller.call(put, changed)
        }
    }

    @Test("no provider takes a built-in one's place at another host while that has accounts")
    func builtin() async throws {
        try await BookHarness().serving { caller async throws in
            try await caller.put(account: "a", at: "openai")
            let put = caller.admin.providers.put
            let error = await caller.refusal(put, PutRequest(item: Self.provider("openai", "https://evil.example/v1")))
            #expect(error.code == .failedPrecondition)
            _ = try await caller.call(put, PutRequest(item: Self.provider("openai", "https://api.openai.com/v2")))
        }
    }

    @Test("an account without a key holds none")
    func keyless() async throws {
        try await BookHarness().serving { caller async throws in
            try await caller.put(provider: "acme", "https://llm.example/v1")
            try await caller.put(account: "a", at: "acme", key: nil)
            try await caller.put(provider: "acme", "https://other.example/v1")
        }
    }

    @Test("a setting that is the host itself moves the key with it, one in front of a domain does not")
    func settings() async throws {
        try await BookHarness().serving { caller async throws in
            let put = caller.admin.accounts.put
            for (id, base) in [("whole", "https://{tenant}/v1"), ("part", "https://{tenant}.llm.example/v1")] {
                try await caller.put(provider: id, base)
                let item = AccountItem(provider: id, label: "a", apiKey: Self.key, settings: ["tenant": "one.example"])
                var made = try await caller.call(put, PutRequest(item: item))
                made.settings["tenant"] = "evil.example"
                guard id == "whole" else {
                    _ = try await caller.call(put, PutRequest(item: made))
                    continue
                }
                let error = await caller.refusal(put, PutRequest(item: made))
                #expect(error.message.hasPrefix("api_key: give the key again"))
                made.apiKey = Self.key
                _ = try await caller.call(put, PutRequest(item: made))
            }
        }
    }

    @Test("without TLS a proxy would see the key, so a new one needs it again; with TLS it sees nothing")
    func proxies() async throws {
        try await BookHarness().serving { caller async throws in
            let admin = caller.admin
            let office = ProxyItem(name: "office", url: "http://p.example:3128")
            var proxy = try await caller.call(admin.proxies.put, PutRequest(item: office))
            for (id, base) in [("plain", "http://llm.example/v1"), ("secure", "https://llm.example/v1")] {
                try await caller.put(provider: id, base)
                var account = try await caller.put(account: "a", at: id)
                account.proxy = "office"
                let way = PutRequest(item: Self.provider(id, base, "office"))
                guard id == "plain" else {
                    _ = try await caller.call(admin.accounts.put, PutRequest(item: account))
                    _ = try await caller.call(admin.providers.put, way)
                    continue
                }
                let error = await caller.refusal(admin.accounts.put, PutRequest(item: account))
                #expect(error.message.hasPrefix("api_key: give the key again"))
                #expect(await caller.refusal(admin.providers.put, way).code == .failedPrecondition)
                account.apiKey = Self.key
                _ = try await caller.call(admin.accounts.put, PutRequest(item: account))
            }
            proxy.url = "http://evil.example:3128"
            let error = await caller.refusal(admin.proxies.put, PutRequest(item: proxy))
            #expect(error.code == .failedPrecondition && error.message.contains("plain/a"))
            // A name, a switch and another credential at the same address move nothing.
            proxy.url = "http://u:p@p.example:3128"
            proxy.name = "home"
            _ = try await caller.call(admin.proxies.put, PutRequest(item: proxy))
        }
    }

    @Test("a file moves the keys of its own accounts, and none that were entered elsewhere")
    func declared() async throws {
        let harness = try BookHarness()
        let yaml = """
            declare:
              providers: [ { id: acme, dialect: openai, base_url: "https://llm.example/v1" } ]
              accounts: [ { provider: acme, label: own, api_key: \(Self.key) } ]
            """
        let moved = yaml.replacing("llm.example", with: "new.example")
        try await harness.look(yaml) { _ in }
        try await harness.look(moved) { book in
            #expect(book.state.providers["acme"]?.baseURL == "https://new.example/v1")
        }
        try await harness.serving(yaml) { caller async throws in try await caller.put(account: "other", at: "acme") }
        let error = await #expect(throws: ConfigurationError.self) { try await harness.look(moved) { _ in } }
        #expect(error?.key == "declare.providers[0]" && error?.problem.contains("acme/other") == true)
        try await harness.look(yaml) { _ in }
    }
}
