import Bootstrap
import Contracts
import RouterCore
import TestSupport
import Testing

@testable import RouterServer

@Suite("Settings of accounts")
struct AccountSettingTests {
    private static func provider(_ id: String) throws -> Provider {
        Provider(try #require(Catalogue.builtin.provider(id)))
    }

    @Test(
        "a provider says what its accounts set",
        arguments: [
            ("cloudflare-ai", ["account_id"]), ("azure", ["endpoint", "deployment", "api_version"]),
            ("vertex", ["location", "project"]), ("bedrock", ["region"]), ("openai", []),
        ]
    )
    func names(id: String, settings: [String]) throws {
        #expect(try Self.provider(id).settings.map(\.name) == settings)
    }

    @Test(
        "a setting that is missing, unknown or more than a name is refused by name",
        arguments: [
            ("cloudflare-ai", [:], "needs the setting account_id"),
            ("cloudflare-ai", ["account_id": ""], "account_id: 1 to 128"),
            ("cloudflare-ai", ["account_id": "a/../b"], "account_id: 1 to 128"),
            ("cloudflare-ai", ["account_id": ".."], "account_id: 1 to 128"),
            ("cloudflare-ai", ["account_id": "a?b=c"], "account_id: 1 to 128"),
            ("bedrock", ["region": "us-east-1.evil.example/"], "region: 1 to 128"),
            ("bedrock", ["region": "a@b"], "region: 1 to 128"),
            ("azure", ["endpoint": "acme"], "endpoint: expected an address"),
            ("azure", ["endpoint": "https://u:p@acme.example"], "endpoint: the address may not hold a user"),
            ("azure", ["endpoint": "https://acme.example/?x=1"], "endpoint: the address may not have a query"),
            (
                "azure", ["endpoint": "https://acme.example", "region": "x"],
                "no setting \"region\"; it has: api_version"
            ),
            ("openai", ["region": "x"], "it has none"),
        ] as [(String, [String: String], String)]
    )
    func refusals(id: String, settings: [String: String], says: String) throws {
        let provider = try Self.provider(id)
        do throws(RuleError) {
            _ = try BookRules.settings(settings, key: "key", of: provider)
            Issue.record("accepted")
        } catch {
            #expect(error.problem.contains(says), "\(error.problem)")
        }
    }

    @Test("a key that says where it belongs fills what is not set, and is not contradicted")
    func filled() throws {
        let bedrock = try Self.provider("bedrock")
        let key = RunningRouter.amazonSecret
        #expect(try BookRules.settings([:], key: key, of: bedrock) == [:])
        #expect(AccountSettings.filled([:], key: key, of: bedrock) == ["region": "us-east-1"])
        #expect(throws: RuleError("region: the access key is for another one, us-east-1")) {
            try BookRules.settings(["region": "eu-west-3"], key: key, of: bedrock)
        }
        let vertex = try Self.provider("vertex")
        let file = ServiceAccountSample.json(tokenURI: "https://oauth2.googleapis.com/token")
        let settings = AccountSettings.filled(["location": "global"], key: file, of: vertex)
        #expect(settings == ["location": "global", "project": "acme-ai"])
        let account = Account(id: "a", provider: "vertex", settings: settings)
        #expect(
            vertex.baseURL(for: account) == "https://aiplatform.googleapis.com/v1/projects/acme-ai/locations/global"
        )
        let usual = Account(id: "a", provider: "vertex", settings: ["project": "p"])
        let base = "https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/us-central1"
        #expect(vertex.baseURL(for: usual) == base)
        #expect(vertex.baseURL(for: Account(id: "a", provider: "vertex")) == nil)
    }

    @Test("a service account is kept by Vertex alone, and shown by its name")
    func serviceAccount() async throws {
        let file = ServiceAccountSample.json(tokenURI: "https://oauth2.googleapis.com/token")
        let weak = file.replacing(/-----BEGIN[^"]*/, with: "-----BEGIN PRIVATE KEY-----")
        try await BookHarness().serving { caller async throws in
            let put = caller.admin.accounts.put
            func item(_ provider: String, _ key: String) -> PutRequest<AccountItem> {
                PutRequest(item: AccountItem(provider: provider, label: "a", apiKey: key))
            }
            #expect(await caller.refusal(put, item("openai", file)).message.contains("connector vertex"))
            #expect(await caller.refusal(put, item("vertex", "sk-plain")).message.contains("JSON of a service account"))
            #expect(await caller.refusal(put, item("vertex", weak)).message.contains("RSA key of 2048 bits"))
            let made = try await caller.call(put, item("vertex", file))
            #expect(made.display == ServiceAccountSample.email && made.settings.isEmpty)
            #expect(caller.book.accounts(of: "vertex").first?.settings == ["project": "acme-ai"])
        }
    }

    @Test("a key does not go to another address unasked")
    func moves() async throws {
        try await BookHarness().serving { caller async throws in
            let put = caller.admin.accounts.put
            let there = ["endpoint": "https://acme.openai.azure.com/"]
            let first = AccountItem(provider: "azure", label: "a", apiKey: "azure-0123456789", settings: there)
            var made = try await caller.call(put, PutRequest(item: first))
            #expect(made.settings == ["endpoint": "https://acme.openai.azure.com"])
            made.settings["deployment"] = "east"
            made = try await caller.call(put, PutRequest(item: made))
            made.settings["endpoint"] = "https://evil.example"
            #expect(await caller.refusal(put, PutRequest(item: made)).message.hasPrefix("api_key: give the key again"))
            made.apiKey = "azure-9876543210"
            #expect(try await caller.call(put, PutRequest(item: made)).settings["endpoint"] == "https://evil.example")
        }
    }

    @Test("own providers may have places in their address, and a connector that fits their dialect")
    func ownProviders() async throws {
        try await BookHarness().serving { caller async throws in
            let put = caller.admin.providers.put
            let base = "https://llm.example/{tenant}/v1"
            let item = ProviderItem(id: "acme", name: "Acme", dialect: "openai", baseURL: base + "/")
            let made = try await caller.call(put, PutRequest(item: item))
            #expect(made.baseURL == base && made.settings == ["tenant"])
            let account = AccountItem(provider: "acme", label: "a", apiKey: "sk-0123456789")
            let refusal = await caller.refusal(caller.admin.accounts.put, PutRequest(item: account))
            #expect(refusal.message == "settings: provider acme needs the setting tenant")
            let wrong = ProviderItem(id: "b", name: "b", dialect: "gemini", baseURL: base, connector: "azure")
            #expect(await caller.refusal(put, PutRequest(item: wrong)).message.contains("goes with the dialect openai"))
            let unknown = ProviderItem(id: "b", name: "b", dialect: "openai", baseURL: base, connector: "azur")
            #expect(
                await caller.refusal(put, PutRequest(item: unknown)).message.contains("expected one of azure, vertex")
            )
        }
    }
}
