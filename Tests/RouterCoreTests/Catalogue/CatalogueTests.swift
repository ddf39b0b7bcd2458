import Dialects
import RouterCore
import Testing

@Suite("Catalogue")
struct CatalogueTests {
    @Test("the built-in catalogue holds every provider and model of the source")
    func size() {
        // 127 of the list that it began with, and Bedrock.
        #expect(Catalogue.builtin.providers.count == 128)
        #expect(Catalogue.builtin.models.count == 384)
    }

    @Test("a provider is found by id and by alias")
    func lookup() throws {
        let anthropic = try #require(Catalogue.builtin.provider("anthropic"))
        #expect(anthropic.dialect == .anthropicMessages)
        #expect(anthropic.baseURL == "https://api.anthropic.com/v1")
        #expect(anthropic.credential == .apiKeyHeader)
        #expect(anthropic.isSupported)
        let deepseek = try #require(Catalogue.builtin.provider("ds"))
        #expect(deepseek.id == "deepseek")
        #expect(deepseek.credential == .bearer)
        #expect(Catalogue.builtin.provider("nobody") == nil)
    }

    @Test("a model has its limits")
    func models() throws {
        let model = try #require(Catalogue.builtin.model(provider: "openai", id: "gpt-4o"))
        #expect(model.contextWindow == 128_000)
        #expect(model.maxOutput == 16_384)
        #expect(model.kind == "llm")
        #expect(Catalogue.builtin.model(provider: "openai", id: "nothing") == nil)
    }

    @Test("a provider that answers in streams alone is asked for them")
    func streams() throws {
        let forced = try #require(Catalogue.builtin.provider("xiaomi-mimo"))
        #expect(forced.streams == .only && Provider(forced).streams.asks(wanted: false))
        let usual = try #require(Catalogue.builtin.provider("openai"))
        #expect(usual.streams == .both && !Provider(usual).streams.asks(wanted: false))
        #expect(!StreamSupport.never.asks(wanted: true))
    }

    @Test("a provider is supported exactly when what stands now can reach it")
    func support() {
        for provider in Catalogue.builtin.providers {
            guard provider.isSupported else {
                #expect(provider.obstacle?.isEmpty == false)
                continue
            }
            #expect(provider.dialect != nil, "\(provider.id)")
            let places = AddressTemplate.places(in: provider.baseURL)
            #expect(provider.baseURL.hasPrefix("http") || places == ["endpoint"], "\(provider.id)")
            #expect(AddressTemplate.filled(provider.baseURL) { _ in "x" }?.contains("{") == false, "\(provider.id)")
            #expect(!provider.baseURL.hasSuffix("/"), "\(provider.id)")
            #expect(provider.kinds.contains("llm"), "\(provider.id)")
            #expect(provider.credential != .other, "\(provider.id)")
        }
        #expect(Catalogue.builtin.provider("cursor")?.isSupported == false)
        #expect(Catalogue.builtin.provider("claude")?.isSupported == false)
        #expect(Catalogue.builtin.providers.filter(\.isSupported).count > 70)
    }

    @Test("providers with a wire or a sign-in of their own are reached through their connector")
    func connectors() throws {
        let connected = ["azure": Connector.azure, "vertex": .vertex, "vertex-partner": .vertex]
        for provider in Catalogue.builtin.providers {
            #expect(provider.connector == connected[provider.id], "\(provider.id)")
        }
        for id in ["azure", "vertex", "vertex-partner", "bedrock", "cloudflare-ai", "cohere", "ollama", "ollama-local"]
        {
            let provider = try #require(Catalogue.builtin.provider(id))
            #expect(provider.isSupported && provider.evidence == .documented, "\(id)")
        }
    }

    @Test("places in an address are names in braces and nothing else")
    func places() {
        #expect(AddressTemplate.places(in: "https://{a}.x/{b_2}/{a}/v1") == ["a", "b_2"])
        #expect(AddressTemplate.places(in: "https://x/{}/{A}/{a b}/{a") == [])
        #expect(AddressTemplate.filled("{a}{{b}}{c") { "<\($0)>" } == "<a>{<b>}{c")
        #expect(AddressTemplate.filled("{a}/{b}") { $0 == "a" ? "1" : nil } == nil)
    }

    @Test("no provider's requests pretend to be another client's")
    func honesty() {
        for provider in Catalogue.builtin.providers where provider.isSupported {
            #expect(provider.headers["user-agent"] == nil, "\(provider.id)")
        }
    }
}
