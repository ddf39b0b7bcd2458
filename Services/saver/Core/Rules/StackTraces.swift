/// Folds stack traces: frames that repeat, traces that stood above already, frames inside the language's runtime.
package struct StackTraces: Category {
    package let name = "stack"
    /// Fewer frames than this are no reason to look further.
    private static let minimumFrames = 8

    package init() {}

    package func isNamed(by command: ShellCommand) -> Bool { false }

    package func rewrite(_ text: ToolText, _ command: ShellCommand) -> Rewriting? {
        var frames = 0
        var index = 0
        while index < text.count, frames < Self.minimumFrames {
            let length = StackFrames.frameLength(text, index)
            if length > 0 { frames += 1 }
            index += max(1, length)
        }
        guard frames >= Self.minimumFrames else { return nil }
        var omissions = Omissions()
        let own = StackFrames.folded(text, &omissions)
        let out = RepeatedBlocks.folded(ToolText(own), &omissions)
        guard !omissions.isEmpty else { return nil }
        return Rewriting(text: out, notes: omissions.notes)
    }
}
