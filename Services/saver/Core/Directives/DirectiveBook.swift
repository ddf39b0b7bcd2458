package import Contracts

/// Every instruction that a setting can switch on, with what it costs.
package struct DirectiveBook: Sendable {
    /// A scope's word that a saver adds nothing.
    package static let off = "off"
    private let tokens: @Sendable (String) -> Int

    /// - Parameter tokens: Counts a text's tokens.
    package init(tokens: @escaping @Sendable (String) -> Int) {
        self.tokens = tokens
    }

    /// Whether a saver knows the level.
    package static func knows(_ level: String, of saver: String) -> Bool {
        level == off || text(saver, level) != nil
    }

    private static func text(_ saver: String, _ level: String) -> String? {
        switch saver {
        case Terse.name: level == Terse.level ? Terse.text : nil
        case Caveman.name: Caveman.text(level)
        case Ponytail.name: Ponytail.text(level)
        default: nil
        }
    }

    /// The instruction of a level; one without a text where it is off.
    package func directive(_ saver: String, _ level: String) -> Directive {
        let text = Self.text(saver, level) ?? ""
        return Directive(saver: saver, level: level, text: text, tokens: text.isEmpty ? 0 : tokens(text))
    }

    /// What is added to a request: none where the answer must follow a schema, Ponytail only where tools are offered, and
    /// Caveman in the place of Terse.
    package func directives(_ settings: EffectiveSettings, structuredOutput: Bool, hasTools: Bool) -> [Directive] {
        guard !structuredOutput else { return [] }
        var directives: [Directive] = []
        if settings.caveman != Self.off {
            directives.append(directive(Caveman.name, settings.caveman))
        } else if settings.terse {
            directives.append(directive(Terse.name, Terse.level))
        }
        if settings.ponytail != Self.off, hasTools { directives.append(directive(Ponytail.name, settings.ponytail)) }
        return directives
    }

    /// What one scope says itself, in the words of the wire.
    func words(_ setting: ScopeSetting) -> [Directive] {
        var words: [Directive] = []
        if let terse = setting.terse { words.append(directive(Terse.name, terse ? Terse.level : Self.off)) }
        if let level = setting.caveman { words.append(directive(Caveman.name, level)) }
        if let level = setting.ponytail { words.append(directive(Ponytail.name, level)) }
        return words
    }
}
