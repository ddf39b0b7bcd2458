/// One text of a tool, with what is known of the call that made it.
package struct ToolResult: Sendable {
    package var text: [UInt8]
    package var toolName: String?
    package var command: String?
    package var isError: Bool

    package init(text: [UInt8], toolName: String? = nil, command: String? = nil, isError: Bool = false) {
        self.text = text
        self.toolName = toolName
        self.command = command
        self.isError = isError
    }
}

/// A text that became smaller.
package struct Saving: Hashable, Sendable {
    package var text: [UInt8]
    /// `normalizer` or `rtk`.
    package var saver: String
    /// The category.
    package var rule: String
    package var tokensBefore: Int
    package var tokensAfter: Int
}

/// Makes tool results smaller: a pure function of a result's bytes, its tool and its command.
package struct SaverEngine: Sendable {
    /// A change of any rule's output changes this, and with it the epoch.
    package static let rulesVersion = 4
    /// A result of fewer tokens stays as it is.
    package static let minimumTokens = 200
    /// What must be saved at least, in tokens and in per cent.
    package static let minimumSaved = 50
    package static let minimumPercent = 10

    private let countTokens: @Sendable (UnsafeRawBufferPointer) -> Int

    package init(countTokens: @escaping @Sendable (UnsafeRawBufferPointer) -> Int) {
        self.countTokens = countTokens
    }

    /// The smaller text, or `nil`: the original stays.
    package func shrink(_ result: ToolResult) -> Saving? {
        let command = ShellCommand(result.command)
        guard Self.mayChange(result, command) else { return nil }
        let plain = Normalizer.plain(result.text, command)
        let text = ToolText(plain.text)
        guard !Untouchable.isNumberedFile(text) else { return nil }
        let before = Tally { count(result.text) }
        for category in Categories.ordered(for: command, isDiff: Normalizer.isDiff(plain.text)) {
            guard let rewriting = category.rewrite(text, command) else { continue }
            let notes = rewriting.notes + plain.notes
            let whole = Self.finish(rewriting.text, notes, like: text)
            if let saving = saving(whole, "rtk", category.name, before) { return saving }
            break
        }
        guard plain.isChanged else { return nil }
        let whole = plain.notes.isEmpty ? plain.text : Self.finish(plain.text, plain.notes, like: text)
        return saving(whole, "normalizer", "terminal", before)
    }

    /// A text that another saver made of a result, if it is worth its tokens and no longer; `nil`: the original stays.
    package func adopt(_ text: [UInt8], of result: ToolResult, saver: String, rule: String) -> Saving? {
        guard mayTouch(result), text.count <= result.text.count else { return nil }
        return saving(text, saver, rule, Tally { count(result.text) })
    }

    /// Whether any saver may make a result smaller.
    package func mayTouch(_ result: ToolResult) -> Bool {
        Self.mayChange(result, ShellCommand(result.command)) && !Untouchable.isNumberedFile(ToolText(result.text))
    }

    private static func mayChange(_ result: ToolResult, _ command: ShellCommand) -> Bool {
        // No text has more tokens than bytes.
        result.text.count >= minimumTokens && !result.isError && !Untouchable.isProtected(tool: result.toolName)
            && !Marker.isIn(result.text) && !Untouchable.isProtected(command: command)
    }

    package func count(_ text: [UInt8]) -> Int {
        text.withUnsafeBytes { countTokens($0) }
    }

    private func saving(_ text: [UInt8], _ saver: String, _ rule: String, _ tally: Tally) -> Saving? {
        let before = tally.value
        guard before >= Self.minimumTokens else { return nil }
        let after = count(text)
        let saved = before - after
        guard saved >= Self.minimumSaved, saved * 100 >= before * Self.minimumPercent else { return nil }
        return Saving(text: text, saver: saver, rule: rule, tokensBefore: before, tokensAfter: after)
    }

    /// Puts the bracket line at the end.
    private static func finish(_ text: [UInt8], _ notes: [String], like original: ToolText) -> [UInt8] {
        var whole = text
        while whole.last == .newline { whole.removeLast() }
        whole.append(.newline)
        whole.append(contentsOf: Marker.line(notes))
        if original.endsWithNewline { whole.append(.newline) }
        return whole
    }

    /// A number that is only found out when it is needed, once.
    private final class Tally {
        private let find: () -> Int
        private(set) lazy var value = find()

        init(_ find: @escaping () -> Int) {
            self.find = find
        }
    }
}
