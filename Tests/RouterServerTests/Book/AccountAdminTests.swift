import Contracts
import RouterCore
import Storage
import Synchronization
import TestSupport
import Testing

@testable import RouterServer

@Suite("Administering accounts", .bothEngines)
struct AccountAdminTests {
    static let key = "sk-proj-0123456789abcdefghijWXYZ"

    @Test("a key goes in and does not come out")
    func key() async throws {
        try await BookHarness().serving { caller in
            let made = try await caller.put(account: "a", at: "openai", key: Self.key)
            #expect(made.apiKey == nil)
            #expect(made.display == "sk-proj-…WXYZ")
            #expect(made.health == "ok")
            let listed = try await caller.all(caller.admin.accounts)
            #expect(listed == [made])
            #expect(caller.book.accounts(of: "openai").first?.credential == Credential(Self.key))
        }
    }

    @Test("a put without a key keeps it; one with a key replaces it and clears the pauses")
    func replacing() async throws {
        try await BookHarness().serving { caller in
            var item = try await caller.put(account: "a", at: "openai", key: Self.key)
            item.priority = 5
            item.weight = 9
            item.label = "b"
            item = try await caller.call(caller.admin.accounts.put, PutRequest(item: item, etag: item.etag))
            let kept = try #require(caller.book.accounts(of: "openai").first)
            #expect(kept.credential == Credential(Self.key))
            #expect(kept.priority == 5)
            #expect(kept.weight == 9)
            #expect(kept.label == "b")
            #expect(caller.health.cleared.isEmpty)
            item.apiKey = Self.key
            _ = try await caller.call(caller.admin.accounts.put, PutRequest(item: item))
            #expect(caller.health.cleared.isEmpty, "the same key is no change")
            item.apiKey = "another-key-0123456789"
            item = try await caller.call(caller.admin.accounts.put, PutRequest(item: item))
            #expect(caller.health.cleared == [item.id])
            #expect(caller.book.accounts(of: "openai").first?.credential == Credential("another-key-0123456789"))
        }
    }

    @Test("how an account does is told: paused for a while, or for somebody to mend")
    func health() async throws {
        try await BookHarness().serving { caller in
            let one = try await caller.put(account: "a", at: "openai")
            let two = try await caller.put(account: "b", at: "openai")
            caller.health.set([
                .init(account: one.id, reason: "rate_limited", untilUS: 77),
                .init(account: two.id, reason: "upstream_authentication", untilUS: 88),
                .init(account: two.id, model: "gpt-4o", reason: "model_not_found", untilUS: 99),
            ])
            let items = try await caller.all(caller.admin.accounts)
            #expect(items.map(\.health) == ["cooling_down", "failing"])
            #expect(items.map(\.cooldownUntilUS) == [77, 88])
            let records = try await caller.all(caller.admin.health, pageSize: 1)
            #expect(records.count == 3)
            #expect(records.allSatisfy { $0.state == "open" && $0.provider == "openai" })
            let model = try #require(records.first { $0.model != nil })
            #expect(model.reason == "model_not_found")
            #expect(model.cooldownUntilUS == 99)
            let filtered = try await caller.all(caller.admin.health, filter: ["account": one.id])
            #expect(filtered.map(\.reason) == ["rate_limited"])
            caller.health.set([])
            #expect(try await caller.all(caller.admin.health).map(\.state) == ["closed", "closed"])
        }
    }

    @Test("a test asks with the account's key at its provider")
    func testing() async throws {
        try await BookHarness().serving { caller in
            let made = try await caller.put(account: "a", at: "openai", key: Self.key)
            let answer = try await caller.call(caller.admin.testAccount, GetRequest(id: made.id))
            #expect(answer.ok)
            let asked = try #require(caller.health.tested.first)
            #expect(asked.account.credential == Credential(Self.key))
            #expect(asked.provider.id == "openai")
            let unsupported = try await caller.put(account: "a", at: "kiro")
            let refused = try await caller.call(caller.admin.testAccount, GetRequest(id: unsupported.id))
            #expect(!refused.ok)
            #expect(caller.health.tested.count == 1)
            #expect(await caller.refusal(caller.admin.testAccount, GetRequest(id: "acc_none")).code == .notFound)
        }
    }

    @Test(
        "an account that cannot be one is refused",
        arguments: [
            (AccountItem(provider: "opneai", label: "a", apiKey: "k"), "provider"),
            (AccountItem(provider: "demo", label: "a", apiKey: "k"), "provider"),
            (AccountItem(provider: "openai", label: "", apiKey: "k"), "label"),
            (AccountItem(provider: "openai", label: "a\nb", apiKey: "k"), "label"),
            (AccountItem(provider: "openai", label: "a"), "api_key"),
            (AccountItem(provider: "openai", label: "a", apiKey: ""), "api_key"),
            (AccountItem(provider: "openai", label: "a", apiKey: "canary\r\nhost: x"), "api_key"),
            (AccountItem(provider: "openai", label: "a", apiKey: "k", priority: -1), "priority"),
            (AccountItem(provider: "openai", label: "a", apiKey: "k", weight: 0), "weight"),
            (AccountItem(provider: "openai", label: "a", apiKey: "k", proxy: "nobody"), "proxy"),
        ]
    )
    func refusals(item: AccountItem, field: String) async throws {
        try await BookHarness().serving { caller in
            let error = await caller.refusal(caller.admin.accounts.put, PutRequest(item: item))
            #expect(error.code == .invalidArgument)
            #expect(error.message.hasPrefix("\(field): "), "\(error.message)")
            #expect(!error.message.contains("canary"))
            #expect(caller.book.keeper.shelf.accounts.isEmpty)
        }
    }

    @Test("an account keeps its provider, and its label is one of a kind")
    func identity() async throws {
        try await BookHarness().serving { caller in
            let made = try await caller.put(account: "a", at: "openai")
            var moved = made
            moved.provider = "deepseek"
            #expect(await caller.refusal(caller.admin.accounts.put, PutRequest(item: moved)).code == .invalidArgument)
            let twin = AccountItem(provider: "openai", label: "a", apiKey: "k")
            #expect(await caller.refusal(caller.admin.accounts.put, PutRequest(item: twin)).code == .alreadyExists)
            try await caller.put(account: "a", at: "deepseek")
            var unknown = made
            unknown.id = "acc_unknown"
            #expect(await caller.refusal(caller.admin.accounts.put, PutRequest(item: unknown)).code == .notFound)
        }
    }

    @Test("lists filter and page by provider and label", arguments: [1, 2, 100])
    func listing(size: Int) async throws {
        try await BookHarness().serving { caller in
            for label in ["c", "a", "b"] {
                try await caller.put(account: label, at: "openai")
                try await caller.put(account: label, at: "deepseek")
            }
            let all = try await caller.all(caller.admin.accounts, pageSize: size)
            #expect(
                all.map { "\($0.provider)/\($0.label)" } == [
                    "deepseek/a", "deepseek/b", "deepseek/c", "openai/a", "openai/b", "openai/c",
                ]
            )
            let some = try await caller.all(caller.admin.accounts, pageSize: size, filter: ["provider": "openai"])
            #expect(some.map(\.label) == ["a", "b", "c"])
            let one = try await caller.all(caller.admin.accounts, filter: ["provider": "openai", "label": "b"])
            #expect(one.count == 1)
        }
    }

    @Test("a disabled account stays in the state and is not chosen")
    func disabled() async throws {
        try await BookHarness().serving { caller in
            var item = try await caller.put(account: "a", at: "openai")
            item.enabled = false
            item = try await caller.call(caller.admin.accounts.put, PutRequest(item: item))
            #expect(caller.book.accounts(of: "openai").map(\.isEnabled) == [false])
            #expect(try await caller.all(caller.admin.accounts, filter: ["enabled": "false"]).count == 1)
            _ = try await caller.call(caller.admin.accounts.delete, DeleteRequest(id: item.id))
            #expect(caller.book.accounts(of: "openai").isEmpty)
            #expect(caller.health.cleared.last == item.id)
        }
    }

    @Test(
        "there may be so many accounts and no more; the full book is read and edited",
        .sqliteOnly("so many single insertions take a server long on a busy machine")
    )
    func cap() async throws {
        let harness = try BookHarness()
        let rows = (0..<RouterCaps.accounts).map {
            "    - { provider: openai, label: a\($0), api_key: key-number-\($0) }"
        }
        let yaml = "declare:\n  accounts:\n" + rows.joined(separator: "\n")
        try await harness.serving(yaml) { caller in
            let item = AccountItem(provider: "openai", label: "more", apiKey: "k")
            let error = await caller.refusal(caller.admin.accounts.put, PutRequest(item: item))
            #expect(error.code == .resourceExhausted)
            #expect(try await caller.all(caller.admin.accounts, pageSize: 333).count == RouterCaps.accounts)
            try await caller.put(provider: "acme")
            #expect(caller.book.accounts(of: "openai").count == RouterCaps.accounts)
        }
    }

    @Test("declared items are read-only, whatever they are")
    func declared() async throws {
        try await BookHarness().serving(DeclarationSyncTests.full) { caller in
            let admin = caller.admin
            let account = try #require(try await caller.all(admin.accounts).first { $0.provider == "acme" })
            #expect(account.declared)
            var errors = [await caller.refusal(admin.accounts.put, PutRequest(item: account))]
            errors.append(await caller.refusal(admin.accounts.delete, DeleteRequest(id: account.id)))
            let provider = try await caller.call(admin.providers.get, GetRequest(id: "acme"))
            errors.append(await caller.refusal(admin.providers.put, PutRequest(item: provider)))
            errors.append(await caller.refusal(admin.providers.delete, DeleteRequest(id: "acme")))
            let alias = try await caller.call(admin.aliases.get, GetRequest(id: "fast"))
            errors.append(await caller.refusal(admin.aliases.put, PutRequest(item: alias)))
            errors.append(await caller.refusal(admin.aliases.delete, DeleteRequest(id: "fast")))
            let chain = try await caller.call(admin.chains.get, GetRequest(id: "coding"))
            errors.append(await caller.refusal(admin.chains.put, PutRequest(item: chain)))
            errors.append(await caller.refusal(admin.chains.delete, DeleteRequest(id: "coding")))
            let proxy = try #require(try await caller.all(admin.proxies).first)
            errors.append(await caller.refusal(admin.proxies.put, PutRequest(item: proxy)))
            errors.append(await caller.refusal(admin.proxies.delete, DeleteRequest(id: proxy.id)))
            #expect(errors.allSatisfy { $0.code == .failedPrecondition && $0.reason == "declared" })
            #expect([provider.declared, alias.declared, chain.declared, proxy.declared] == [true, true, true, true])
        }
    }
}
