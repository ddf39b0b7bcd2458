import Contracts
import SaverCore
import Testing
import Tokens

/// Settings of scopes, and what they come to.
@Suite("Settings")
struct SettingsTests {
    private static func scope(_ text: String) -> SettingScope { SettingScope(text) ?? .global }

    private static let request = RequestScope(
        tenant: "default",
        key: "ci",
        chain: "coding",
        provider: "acme",
        model: "small"
    )

    @Test("the most specific scope that says something wins, field by field")
    func merging() {
        let order = ["global", "provider:acme", "model:small", "model:acme/small", "chain:coding", "key:ci"]
        for winner in order.indices {
            let settings = order[...winner].enumerated().map { index, name in
                ScopeSetting(
                    scope: Self.scope(name),
                    rtk: index == winner,
                    terse: index == 0 ? true : nil,
                    holdout: Double(index) / 10
                )
            }
            let effective = SettingsBook(settings.reversed()).effective(for: Self.request)
            #expect(effective == EffectiveSettings(rtk: true, terse: true, holdout: Double(winner) / 10))
        }
        let other = SettingsBook([ScopeSetting(scope: Self.scope("key:other"), rtk: false)])
        #expect(other.effective(for: Self.request) == EffectiveSettings())
    }

    @Test("the version is the settings' content, in any order, and comes back from their text")
    func epochs() throws {
        let settings = ["global", "key:a", "key:b", "chain:c"].map {
            ScopeSetting(scope: Self.scope($0), rtk: true, holdout: 0.05)
        }
        let book = SettingsBook(settings)
        #expect(SettingsBook(settings.reversed()).epoch == book.epoch)
        #expect(try SettingsBook(text: book.text) == book)
        var epochs: Set<String> = [SettingsBook().epoch, book.epoch]
        for index in settings.indices {
            var changed = settings
            changed[index].terse = false
            #expect(epochs.insert(SettingsBook(changed).epoch).inserted)
        }
        #expect(book.epoch.count == 35 && book.epoch.hasPrefix("s\(SaverEngine.rulesVersion)-"))
        for text in ["", "{}", "[]", "{\"settings\":[{}]}", "{\"settings\":[{\"scope\":\"x\"}]}"] {
            #expect(throws: (any Error).self) { try SettingsBook(text: text) }
        }
    }

    @Test("the overview lists at least every saver that is on for some request of a scope")
    func overview() {
        let directive = Directive(saver: "terse", level: "on", text: Terse.text, tokens: 1)
        var random = SeededGenerator(seed: 5)
        let names = ["global", "provider:acme", "model:small", "model:acme/small", "chain:coding", "key:ci"]
        for _ in 0..<300 {
            let settings = names.filter { _ in Bool.random(using: &random) }.map { name in
                ScopeSetting(
                    scope: Self.scope(name),
                    rtk: [true, false, nil].randomElement(using: &random) ?? nil,
                    terse: [true, false, nil].randomElement(using: &random) ?? nil
                )
            }
            let book = SettingsBook(settings)
            let overview = book.overview(directive: directive)
            let effective = book.effective(for: Self.request)
            // As the router reads it: the narrowest scope that is listed.
            let narrowest = names.reversed().first { name in overview.scopes.contains { $0.scope == name } }
            let listed = overview.scopes.first { $0.scope == narrowest }?.savers ?? []
            if effective.rtk { #expect(listed.contains("rtk"), "\(settings)") }
            let told = names.reversed().compactMap { overview.directivesByScope[$0] }.first ?? []
            #expect(told.isEmpty != effective.terse, "\(settings)")
        }
    }

    @Test("terse is one text of at most 60 tokens, and not for answers of a fixed shape")
    func terse() {
        #expect((20...60).contains(TokenCounter.o200k.count(Terse.text.utf8)))
        #expect(Terse.applies(structuredOutput: false) && !Terse.applies(structuredOutput: true))
    }
}
