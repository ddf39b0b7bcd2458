/// What a rule made of a text.
package struct Rewriting: Sendable {
    package var text: [UInt8]
    /// What the bracket line at the end says, piece by piece.
    package var notes: [String]

    package init(text: [UInt8], notes: [String]) {
        self.text = text
        self.notes = notes
    }
}

/// A kind of tool output and what may be left out of it.
///
/// A category is a pure function of the text and the command. It keeps every line that it does not understand, every
/// error, warning and failure, every path with its line, and every count of a summary.
package protocol Category: Sendable {
    /// What it is called in the ledger.
    var name: String { get }
    /// Whether the command says that this is what was printed.
    func isNamed(by command: ShellCommand) -> Bool
    /// The smaller text; `nil` when the whole text does not look like this kind.
    func rewrite(_ text: ToolText, _ command: ShellCommand) -> Rewriting?
}

/// The categories in the order in which they are asked when no command helps; a new one is added here and nowhere else.
package enum Categories {
    package static let all: [any Category] = [
        GitDiff(), GitLog(), GitBlame(), GitStatus(), LongListing(), NameListing(), TreeListing(), JSONTable(),
        StatusTable(), RuledTable(), DelimitedTable(),
        TestRun(), InstallLog(), TerraformPlan(), CurlTrace(), TypeErrors(), LintReport(), BuildLog(), ServiceLog(),
        SearchResults(), PathListing(), PaddedLines(),
    ]
    /// Those that know single lines alone; asked last.
    package static let anywhere: [any Category] = [StackTraces(), Blobs(), Repeats()]
    /// Where each line was asked for: what these leave as it is stays so.
    private static let answers: Set<String> = [
        "git-diff", "git-log", "git-blame", "git-status", "ls", "ls-names", "tree", "grep", "paths",
    ]

    /// Those that the command names first, each at most once; for a diff, whose lines are files', only the diff's own.
    package static func ordered(for command: ShellCommand, isDiff: Bool) -> [any Category] {
        guard !isDiff else { return [GitDiff()] }
        let named = all.filter { $0.isNamed(by: command) }
        guard !named.isEmpty else { return all + anywhere }
        let rest = all.filter { category in !named.contains { $0.name == category.name } }
        return named + rest + (named.contains { answers.contains($0.name) } ? [] : anywhere)
    }
}

/// How many of the lines that say something must be of a kind for a text to be of it.
package enum Fit {
    /// At least four of five.
    package static func holds(_ fitting: Int, of lines: Int) -> Bool {
        lines > 0 && fitting * 5 >= lines * 4
    }
}
