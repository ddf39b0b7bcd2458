/// The last category that is asked: lines and stretches of lines that any program prints again and again.
package struct Repeats: Category {
    package let name = "repeats"

    package init() {}

    package func isNamed(by command: ShellCommand) -> Bool { false }

    package func rewrite(_ text: ToolText, _ command: ShellCommand) -> Rewriting? {
        var omissions = Omissions()
        let out = RepeatedBlocks.folded(text, &omissions)
        guard !omissions.isEmpty else { return nil }
        return Rewriting(text: out, notes: omissions.notes)
    }
}
