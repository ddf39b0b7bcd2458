import Bootstrap
import Dialects
import HTTP
import RouterCore
import TestSupport
import Testing

@testable import RouterServer

@Suite("Reading the router's declarations")
struct DeclarationReadingTests {
    /// A line of a file, the key it is about, and words of the error.
    struct Mistake: Sendable, CustomTestStringConvertible {
        let yaml: String
        let line: Int
        let key: String
        let says: String
        var testDescription: String { "\(key): \(says)" }

        init(_ yaml: String, _ line: Int, _ key: String, _ says: String) {
            self.yaml = "declare:\n" + yaml
            self.line = line
            self.key = "declare." + key
            self.says = says
        }

        static func provider(_ member: String, _ key: String, _ says: String) -> Mistake {
            let yaml = """
                  providers:
                    - id: acme
                      dialect: openai
                      base_url: https://llm.example/v1
                      \(member)
                """
            return Mistake(yaml, 6, "providers[0]." + key, says)
        }

        static func baseURL(_ url: String, _ says: String) -> Mistake {
            Mistake(
                "  providers:\n    - id: acme\n      dialect: openai\n      base_url: \"\(url)\"",
                5,
                "providers[0].base_url",
                says
            )
        }

        static func account(_ member: String, _ key: String, _ says: String) -> Mistake {
            Mistake("  accounts:\n    - provider: openai\n      \(member)", 4, "accounts[0]." + key, says)
        }
    }

    static let mistakes: [Mistake] = [
        .provider("bas_url: x", "bas_url", "did you mean base_url"),
        .provider("allow_private: perhaps", "allow_private", "on or off"),
        .provider("headers: { Host: a }", "headers.Host", "set by the router itself"),
        .provider("headers: { connection: close }", "headers.connection", "set by the router itself"),
        .provider("headers: { Content-Length: 3 }", "headers.Content-Length", "set by the router itself"),
        .provider("headers: { Authorization: \"Bearer x\" }", "headers.Authorization", "carries a credential"),
        .provider("headers: { x-api-key: x }", "headers.x-api-key", "carries a credential"),
        .provider("headers: { \"x team\": x }", "headers.x team", "letters, digits and dashes"),
        .provider("headers: { x-team: \"a\\r\\nb: c\" }", "headers.x-team", "printable"),
        .provider("headers: { x-team: a, X-Team: b }", "headers", "there twice"),
        .provider("name: \"a\\tb\"", "name", "control characters"),
        .baseURL("ftp://llm.example/v1", "http or https"),
        .baseURL("https://user:secret-word@llm.example/v1", "user or password"),
        .baseURL("https://llm.example/v1?a=b", "query"),
        .baseURL("https://llm.example/v1#top", "fragment"),
        .baseURL("llm.example/v1", "no scheme"),
        .baseURL("https:///v1", "no usable host"),
        Mistake(
            "  providers: [ { id: Acme, dialect: openai, base_url: \"https://a.example\" } ]",
            2,
            "providers[0].id",
            "a-z"
        ),
        Mistake(
            "  providers: [ { id: demo, dialect: openai, base_url: \"https://a.example\" } ]",
            2,
            "providers[0].id",
            "demo"
        ),
        Mistake(
            "  providers: [ { id: a, dialect: watson, base_url: \"https://a.example\" } ]",
            2,
            "providers[0].dialect",
            "openai"
        ),
        Mistake(
            "  providers: [ { dialect: openai, base_url: \"https://a.example\" } ]",
            2,
            "providers[0]",
            "\"id\" is missing"
        ),
        Mistake(
            """
              providers:
                - { id: a, dialect: openai, base_url: "https://a.example" }
                - { id: a, dialect: openai, base_url: "https://b.example" }
            """,
            4,
            "providers[1]",
            "declared twice"
        ),
        .account("api_key: \"\"", "api_key", "empty"),
        .account("api_key: \"sk two words\"", "api_key", "no spaces"),
        .account("api_key: \"${NOT_SET_ANYWHERE}\"", "api_key", "NOT_SET_ANYWHERE"),
        .account("priority: high", "priority", "whole number"),
        .account("weight: 0", "weight", "from 1"),
        .account("proxy: \"ftp://p.example:1\"", "proxy", "http://host:port"),
        Mistake("  proxies: [ { name: a } ]", 2, "proxies[0]", "\"url\" is missing"),
        Mistake("  proxies: [ { name: a, urls: [] } ]", 2, "proxies[0].urls", "1 to 16 addresses"),
        Mistake("  proxies: [ { name: a, urls: [\"ftp://p.example\"] } ]", 2, "proxies[0].urls", "http://host:port"),
        Mistake(
            "  proxies: [ { name: a, url: \"http://p.example\", urls: [\"http://q.example\"] } ]",
            2,
            "proxies[0].urls",
            "either url or urls"
        ),
        Mistake(
            "  proxies: [ { name: a, url: \"http://p.example\" }, { name: a, url: \"http://q.example\" } ]",
            2,
            "proxies[1]",
            "another proxy is called a"
        ),
        .account("apikey: x", "apikey", "did you mean api_key"),
        Mistake(
            "  accounts:\n    - { provider: openai, label: a, api_key: k1 }\n    - { provider: openai, label: a, api_key: k2 }",
            4,
            "accounts[1]",
            "label of its own"
        ),
        Mistake("  aliases: { \"a/b\": openai/gpt-4o }", 2, "aliases.a/b", "slash"),
        Mistake("  aliases: { \"chain:a\": openai/gpt-4o }", 2, "aliases.chain:a", "chain"),
        Mistake("  aliases: { fast: \"\" }", 2, "aliases.fast", "provider/model"),
        Mistake("  chains: [ { name: c, steps: [] } ]", 2, "chains[0].steps", "1 to 64 steps"),
        Mistake("  chains: [ { name: c, steps: [a], weights: [1] } ]", 2, "chains[0].weights", "strategy weighted"),
        Mistake("  chains: [ { name: c, strategy: luck, steps: [a] } ]", 2, "chains[0].strategy", "round_robin"),
        Mistake("  chains: [ { name: c } ]", 2, "chains[0]", "\"steps\" is missing"),
        Mistake(
            "  aliases: { fast: openai/gpt-4o }\n  chains: [ { name: fast, steps: [openai/gpt-4o] } ]",
            3,
            "chains[0]",
            "an alias is called fast"
        ),
    ]

    @Test("a mistake is named with file, line and key", arguments: mistakes)
    func mistake(_ mistake: Mistake) throws {
        let harness = try BookHarness()
        let error = #expect(throws: ConfigurationError.self) { try harness.declaration(mistake.yaml) }
        #expect(error?.file == harness.folder.file("config.yaml"))
        #expect(error?.line == mistake.line)
        #expect(error?.key == mistake.key)
        #expect(error?.problem.contains(mistake.says) == true, "\(error?.problem ?? "")")
    }

    @Test("an error never quotes a key or a password")
    func noSecrets() throws {
        let harness = try BookHarness()
        let canary = "sk-canary with spaces"
        let yaml = """
            declare:
              accounts: [ { provider: openai, label: a, api_key: "\(canary)" } ]
            """
        let error = #expect(throws: ConfigurationError.self) { try harness.declaration(yaml) }
        #expect(error?.description.contains("canary") == false)
        let proxy = "declare:\n  accounts: [ { provider: openai, api_key: k, proxy: \"ftp://u:canary@p.example\" } ]"
        let second = #expect(throws: ConfigurationError.self) { try harness.declaration(proxy) }
        #expect(second?.description.contains("canary") == false)
    }

    @Test("everything that may be declared is read")
    func everything() throws {
        var harness = try BookHarness()
        harness.environment = ["ACME_KEY": "acme-key-1"]
        let declaration = try harness.declaration(
            """
            declare:
              providers:
                - { id: acme, name: Acme, dialect: anthropic, base_url: "http://10.0.0.7:8080/v1//", headers: { X-Team: ai } }
                - { id: other, dialect: openai, base_url: "https://llm.example", allow_private: on, stream: only, think_tags: off }
              accounts:
                - { provider: acme, api_key: "${ACME_KEY}", priority: 3, weight: 7, enabled: off }
                - { provider: acme, label: b, api_key: k, proxy: "socks5://u:p@[::1]:1080" }
              aliases: { fast: acme/small }
              chains:
                - { name: coding, strategy: round_robin, steps: [acme/small, fast] }
                - { name: shared, strategy: weighted, steps: [acme/small, fast], weights: [3, 1] }
            """
        )
        let provider = try #require(declaration.providers.first)
        #expect(provider.baseURL == "http://10.0.0.7:8080/v1")
        #expect(provider.headers == ["x-team": "ai"])
        #expect(provider.dialect == .anthropicMessages)
        #expect(declaration.providers.map(\.allowsPrivate) == [false, true])
        #expect(declaration.providers.map(\.streams) == [.both, .only])
        #expect(declaration.providers.map(\.writesThinkTags) == [nil, false])
        let account = try #require(declaration.accounts.first)
        #expect(account.label == "main")
        #expect(account.secret?.secret == "acme-key-1")
        #expect(account.priority == 3)
        #expect(account.weight == 7)
        #expect(!account.isEnabled)
        #expect(declaration.aliases.map(\.target) == ["acme/small"])
        #expect(declaration.chains.map(\.strategy) == [.roundRobin, .weighted])
        #expect(declaration.chains.map(\.weights) == [[], [3, 1]])
        #expect(
            declaration.destinations == [
                HTTP.HostPort(host: "10.0.0.7", port: 8080), HTTP.HostPort(host: "llm.example", port: 443),
                HTTP.HostPort(host: "::1", port: 1080),
            ]
        )
    }
}
