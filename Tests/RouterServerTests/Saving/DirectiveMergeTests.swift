import Contracts
import RouterCore
import Testing

@testable import RouterServer

@Suite("Directives of several scopes")
struct DirectiveMergeTests {
    private static func word(_ saver: String, _ level: String) -> Directive {
        Directive(saver: saver, level: level, text: level == "off" ? "" : "\(saver) \(level)", tokens: 9)
    }

    private func texts(_ words: [String: [Directive]]) -> [String] {
        let settings = SaverSettings(epoch: "e", scopes: [], directivesByScope: words)
        let book = SettingsBook(settings) { _ in MemoryKey(high: 0, low: 0) }
        let scope = RequestScope(tenant: "default", key: "ci", chain: "coding", provider: "acme", model: "small")
        return book.rules(scope).directives.map(\.text)
    }

    @Test("each saver by its narrowest word; caveman in the place of terse; what is about code comes last")
    func merging() {
        let wide = [Self.word("terse", "on"), Self.word("ponytail", "lite")]
        #expect(texts(["global": wide]) == ["terse on", "ponytail lite"])
        let full = [Self.word("caveman", "full")]
        #expect(texts(["global": wide, "key:ci": full]) == ["caveman full", "ponytail lite"])
        #expect(texts(["global": wide, "key:ci": [Self.word("ponytail", "off")]]) == ["terse on"])
        #expect(texts(["global": wide, "chain:coding": [Self.word("terse", "off")]]) == ["ponytail lite"])
        #expect(texts(["global": wide, "key:ci": []]).isEmpty)
        let other = [Self.word("terse", "off")]
        #expect(texts(["global": wide, "key:other": other]) == ["terse on", "ponytail lite"])
    }
}
