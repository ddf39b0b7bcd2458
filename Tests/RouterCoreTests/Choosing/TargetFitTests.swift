import Dialects
import Testing

@testable import RouterCore

@Suite("Target fit")
struct TargetFitTests {
    private static let catalogue = Catalogue(
        providers: [],
        models: [
            model("text", window: 1000, abilities: []), model("all", window: 200_000, abilities: [.tools, .vision]),
            model("unknown", window: nil, abilities: nil),
        ]
    )
    private static let builtIn = Provider(id: "maker", dialects: [.openAIChat], baseURL: "https://maker.example/v1")

    private static func model(_ id: String, window: Int?, abilities: ModelAbilities?) -> CatalogueModel {
        CatalogueModel(
            provider: "maker",
            id: id,
            name: id,
            kind: "llm",
            contextWindow: window,
            maxOutput: nil,
            abilities: abilities
        )
    }

    private func fit(
        _ needs: ModelAbilities,
        _ tokens: Int,
        _ models: [String],
        provider: Provider = builtIn
    ) -> (fitting: [String], skipped: [String]) {
        let targets = models.map { RoutedTarget(provider: provider, model: $0) }
        let result = TargetFit(needs: needs, inputTokens: tokens).among(targets, Self.catalogue)
        return (result.fitting.map(\.model), result.skipped.map { "\($0.target) \($0.reason)" })
    }

    @Test("a target that cannot take the request is passed over while another can")
    func passedOver() {
        #expect(fit(.vision, 10, ["text", "all"]) == (["all"], ["maker/text no_vision"]))
        #expect(fit(.tools, 10, ["text", "all"]) == (["all"], ["maker/text no_tools"]))
        #expect(fit([], 1001, ["text", "all"]) == (["all"], ["maker/text context_window"]))
        #expect(fit([], 1000, ["text", "all"]) == (["text", "all"], []))
    }

    @Test("what is not known is no obstacle, and where none fits all are tried")
    func unknown() {
        #expect(fit(.audio, 10, ["unknown", "text"]).fitting == ["unknown"])
        #expect(fit(.audio, 10, ["text", "all"]).fitting == ["text", "all"])
        #expect(fit(.vision, 10, ["text"]).fitting == ["text"])
        let declared = Provider(
            id: "maker",
            dialects: [.openAIChat],
            baseURL: "https://maker.example/v1",
            isDeclared: true
        )
        #expect(fit(.vision, 10, ["text", "all"], provider: declared).fitting == ["text", "all"])
    }

    @Test("the built-in catalogue knows what its models take")
    func catalogue() throws {
        let model = try #require(Catalogue.builtin.model(provider: "openai", id: "gpt-4o"))
        #expect(model.abilities?.isSuperset(of: [.tools, .vision]) == true)
        let chats = Catalogue.builtin.models.filter { $0.kind == "llm" }
        #expect(chats.allSatisfy { $0.abilities != nil })
    }
}
