/// `git status`: each state is named once, and what git advises to type goes.
///
/// Branch, headings, every path and its state stay.
package struct GitStatus: Category {
    package let name = "git-status"
    private static let states = Heads([
        "new file:", "modified:", "deleted:", "renamed:", "copied:", "typechange:", "both modified:", "both added:",
        "deleted by us:", "deleted by them:", "added by us:", "added by them:", "both deleted:",
    ])
    private static let headings = Heads([
        "On branch ", "HEAD detached ", "Your branch ", "Changes to be committed:", "Changes not staged for commit:",
        "Untracked files:", "Unmerged paths:", "Ignored files:", "no changes added to commit",
        "nothing added to commit", "nothing to commit", "You have unmerged paths.", "All conflicts fixed",
        "and have ", "interactive rebase in progress", "You are currently ",
    ])

    package init() {}

    package func isNamed(by command: ShellCommand) -> Bool { command.runs("git", ["status"]) }

    package func rewrite(_ text: ToolText, _ command: ShellCommand) -> Rewriting? {
        var out: [UInt8] = []
        out.reserveCapacity(text.bytes.count)
        var (lines, understood, advice, headings) = (0, 0, 0, 0)
        var state: ArraySlice<UInt8> = []
        for index in 0..<text.count {
            let line = text.bare(index)
            guard !line.isBlankLine else { continue }
            lines += 1
            let bare = line.trimmedStart
            if bare.starts("(use \"git ") || bare.starts("(commit or discard ") || bare.starts("(fix conflicts ") {
                advice += 1
                understood += 1
            } else if line.first == .tab {
                understood += 1
                Self.write(bare, &state, to: &out)
            } else {
                if Self.headings.begins(line) {
                    headings += 1
                    understood += 1
                }
                state = []
                out.appendLine(line)
            }
        }
        guard headings >= 2, advice > 0, Fit.holds(understood, of: lines) else { return nil }
        return Rewriting(
            text: out,
            notes: ["each state named once, left out " + Marker.count(advice, "line") + " of advice"]
        )
    }

    /// The state when it is another than the one before, and the path.
    private static func write(_ entry: ArraySlice<UInt8>, _ state: inout ArraySlice<UInt8>, to out: inout [UInt8]) {
        guard states.begins(entry), let colon = entry.firstIndex(of: .colon) else {
            state = []
            out.appendLine(entry)
            return
        }
        let own = entry[...colon]
        if !own.elementsEqual(state) {
            out.appendLine(own)
            state = own
        }
        out.appendLine(entry[(colon + 1)...].trimmedStart)
    }
}
