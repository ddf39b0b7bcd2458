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

    /// Every instruction, priced by its length.
    private static let book = DirectiveBook { $0.utf8.count }

    @Test("the overview lists at least every saver that is on for some request of a scope, and what is added to it")
    func overview() {
        var random = SeededGenerator(seed: 5)
        let names = ["global", "provider:acme", "model:small", "model:acme/small", "chain:coding", "key:ci"]
        for _ in 0..<300 {
            let settings = names.filter { _ in Bool.random(using: &random) }.map { name in
                ScopeSetting(
                    scope: Self.scope(name),
                    rtk: [true, false, nil].randomElement(using: &random) ?? nil,
                    terse: [true, false, nil].randomElement(using: &random) ?? nil,
                    caveman: ["off", "full", nil].randomElement(using: &random) ?? nil,
                    ponytail: ["off", "lite", nil].randomElement(using: &random) ?? nil
                )
            }
            let book = SettingsBook(settings)
            let overview = book.overview(Self.book)
            let effective = book.effective(for: Self.request)
            // As the router reads it: the narrowest scope that is listed.
            let narrowest = names.reversed().first { name in overview.scopes.contains { $0.scope == name } }
            let listed = overview.scopes.first { $0.scope == narrowest }?.savers ?? []
            if effective.rtk { #expect(listed.contains("rtk"), "\(settings)") }
            // Of each saver the narrowest word.
            let words = names.reversed().flatMap { overview.directivesByScope[$0] ?? [] }
            for (saver, level) in [
                ("terse", effective.terse ? "on" : "off"), ("caveman", effective.caveman),
                ("ponytail", effective.ponytail),
            ] {
                #expect((words.first { $0.saver == saver }?.level ?? "off") == level, "\(settings)")
            }
        }
    }

    @Test("each instruction is within its tokens, its own text, and says what must stay exact")
    func texts() throws {
        let count = { (text: String) in TokenCounter.o200k.count(text.utf8) }
        #expect((20...60).contains(count(Terse.text)))
        var texts = [Terse.text]
        for level in Caveman.levels {
            let text = try #require(Caveman.text(level))
            #expect((60...160).contains(count(text)), "\(level): \(count(text))")
            #expect(text.contains("every number, negation") && text.contains("commit messages"))
            #expect(text.contains("the user's language") != level.hasPrefix("wenyan"))
            texts.append(text)
        }
        #expect(count(Caveman.text("full") ?? "") <= 120)
        for level in Ponytail.levels {
            let text = try #require(Ponytail.text(level))
            #expect((60...180).contains(count(text)), "\(level): \(count(text))")
            #expect(text.hasPrefix("Understand the task") && text.contains("input validation"))
            texts.append(text)
        }
        #expect(Set(texts).count == 10)
        #expect(Caveman.text("loud") == nil && Ponytail.text("wenyan-full") == nil)
    }

    @Test("no instruction where the answer has a shape, one about code only with tools, one alone about length")
    func rules() {
        let settings = EffectiveSettings(terse: true, caveman: "lite", ponytail: "full")
        let savers = { (settings: EffectiveSettings, structured: Bool, tools: Bool) in
            Self.book.directives(settings, structuredOutput: structured, hasTools: tools).map(\.saver)
        }
        #expect(savers(settings, false, true) == ["caveman", "ponytail"])
        #expect(savers(settings, false, false) == ["caveman"])
        #expect(savers(settings, true, true).isEmpty)
        #expect(savers(EffectiveSettings(terse: true), false, true) == ["terse"])
        #expect(savers(EffectiveSettings(), false, true).isEmpty)
    }
}
