import Contracts
import RouterCore
import Secrets
import Storage
import TestSupport
import Testing

@testable import RouterServer

@Suite("Sealing the book's secrets", .bothEngines)
struct SealingTests {
    static let declared = "sk-canary-declared-0123456789abcdef"
    static let stored = "sk-canary-stored-0123456789abcdef"
    static let password = "canary-proxy-password"

    @Test("no file of the database holds a key or a proxy's password, and no log shows one")
    func canaries() async throws {
        let harness = try BookHarness()
        let yaml = "declare: { accounts: [ { provider: openai, label: a, api_key: \"\(Self.declared)\" } ] }"
        try await harness.serving(yaml) { caller in
            try await caller.put(account: "b", at: "openai", key: Self.stored)
            let proxy = ProxyItem(name: "p", url: "http://user:\(Self.password)@p.example:3128")
            _ = try await caller.call(caller.admin.proxies.put, PutRequest(item: proxy))
            #expect(caller.book.accounts(of: "openai").count == 2)
            for canary in [Self.declared, Self.stored, Self.password] {
                #expect(Redactor.shared.redact("see \(canary) here") == "see [redacted] here")
                let files = TestFile.holding(canary, below: harness.folder.path)
                #expect(files.filter { !$0.hasSuffix("config.yaml") }.isEmpty)
            }
        }
        #expect(!TestFile.holding("provider", below: harness.folder.path).isEmpty)
    }

    @Test("a sealed key moved to another row does not open, and its account is not used")
    func moved() async throws {
        let harness = try BookHarness()
        try await harness.serving { caller in
            try await caller.put(account: "a", at: "openai", key: Self.declared)
            try await caller.put(account: "b", at: "openai", key: Self.stored)
        }
        try await harness.tamper { connection throws(StoreError) in
            try connection.execute(
                "UPDATE account SET api_key = (SELECT api_key FROM account WHERE label = 'a') WHERE label = 'b'"
            )
        }
        try await harness.serving { caller in
            let accounts = caller.book.accounts(of: "openai")
            #expect(accounts.map(\.isEnabled) == [true, false])
            #expect(accounts.map { $0.credential?.secret } == [Self.declared, nil])
            let items = try await caller.all(caller.admin.accounts)
            #expect(items.map(\.health) == ["ok", "failing"])
            let test = try await caller.call(caller.admin.testAccount, GetRequest(id: items[1].id))
            #expect(!test.ok)
            #expect(test.message.contains("does not open"))
            var item = items[1]
            item.apiKey = Self.stored
            let mended = try await caller.call(caller.admin.accounts.put, PutRequest(item: item))
            #expect(mended.health == "ok")
            #expect(caller.book.accounts(of: "openai").map(\.isEnabled) == [true, true])
        }
    }

    @Test("a key sealed by an older version is sealed anew at the start")
    func rotation() async throws {
        let harness = try BookHarness()
        let proxied = """
            declare: { accounts: [ { provider: openai, label: a, api_key: k0, proxy: "http://u:\(Self.password)@p.example" } ] }
            """
        _ = try await harness.look(proxied) { _ in }
        let fresh = Subkey.random()
        let both = Envelope(keys: [1: harness.key, 2: fresh], current: 2)
        let book = try await harness.open(proxied, envelope: both)
        let rows = book.keeper.shelf.rows
        await book.close()
        #expect(rows.accounts.values.allSatisfy { !both.needsRotation($0.apiKey ?? []) })
        #expect(rows.proxies.values.allSatisfy { !both.needsRotation($0.url) })
        let reopened = try await harness.open(proxied, envelope: Envelope(keys: [2: fresh], current: 2))
        #expect(reopened.accounts(of: "openai").first?.credential == Credential("k0"))
        #expect(reopened.keeper.shelf.rows == rows)
        await reopened.close()
    }

    @Test("with another master key the router starts, uses no account and says so")
    func foreignKey() async throws {
        let harness = try BookHarness()
        try await harness.serving { try await $0.put(account: "a", at: "openai") }
        let book = try await harness.open(envelope: Envelope(keys: [1: .random()], current: 1))
        #expect(book.accounts(of: "openai").map(\.isEnabled) == [false])
        #expect(book.keeper.shelf.unopened.values.map(\.self) == [.authenticationFailed])
        await book.close()
    }

    @Test(
        "what may be shown of a key is its kind and its end",
        arguments: [
            ("sk-ant-api03-aaaaaaaaaaaaaaaaWXYZ", "sk-ant-…WXYZ"), ("0123456789abcdefWXYZ", "…WXYZ"),
            ("sk-01234567890WXYZ", "…WXYZ"), ("short-key", "…"), ("k", "…"),
        ]
    )
    func display(key: String, shown: String) {
        #expect(CredentialDisplay.text(of: key) == shown)
    }
}
