/// `git log` without patches: one line introduces each commit, its message and its statistics follow.
///
/// Subjects, references, paths and counts stay; of bodies what an earlier commit did not say in the same words.
package struct GitLog: Category {
    package let name = "git-log"

    package init() {}

    package func isNamed(by command: ShellCommand) -> Bool { command.runs("git", ["log", "show", "whatchanged"]) }

    package func rewrite(_ text: ToolText, _ command: ShellCommand) -> Rewriting? {
        guard text.count > 0, CommitHeads.commit(text[0]) != nil else { return nil }
        var reader = LogReader(text)
        reader.run()
        guard reader.commits >= 2, !reader.hasPatch else { return nil }
        var notes = [
            "names cut to 8 digits, times to days, known addresses, reviewers and drawn bars left out, author or day where as above"
        ]
        if reader.repeats > 0 { notes.append("~ marks message lines of an earlier commit") }
        return Rewriting(text: reader.out, notes: notes)
    }
}

/// Walks through a log commit by commit.
private struct LogReader {
    /// Shorter lines of a message stay, whoever said them before.
    private static let minimumRepeat = 24
    let text: ToolText
    private(set) var out: [UInt8] = []
    private(set) var commits = 0
    private(set) var hasPatch = false
    private(set) var repeats = 0
    private var heads = CommitHeads(isBrief: true)
    private var said: Set<ByteKey> = []
    private var hasSubject = false
    private var isRepeating = false
    private var folders: Set<ByteKey> = []
    /// Whether the line that introduces a commit waits for its subject.
    private var isOpen = false
    /// The folder of the statistics line before.
    private var folder: ArraySlice<UInt8>?
    /// Files of the commit's statistics, and where the number of the last one begins.
    private var files = 0
    private var numberStart: Int?

    init(_ text: ToolText) {
        self.text = text
        out.reserveCapacity(text.bytes.count)
    }

    mutating func run() {
        var index = 0
        while index < text.count, !hasPatch {
            let line = text.bare(index)
            if CommitHeads.commit(line) != nil {
                closeLine()
                guard let next = heads.take(text, at: index, to: &out) else { return }
                isOpen = true
                commits += 1
                hasSubject = false
                isRepeating = false
                files = 0
                index = next
                continue
            }
            if line.starts("diff --git ") || line.starts("@@ -") { hasPatch = true }
            if !line.isBlankLine { takeLine(line) }
            index += 1
        }
        closeLine()
    }

    private mutating func takeLine(_ line: ArraySlice<UInt8>) {
        if line.starts("    ") {
            takeMessage(line.dropFirst(4))
        } else if let bar = line.position(of: " | "), line.first == .space {
            takeStatistic(line[..<bar].trimmedEnd.dropFirst(), line[(bar + 3)...].trimmedStart)
        } else {
            // What it says of one file the number behind that file says too.
            if files == 1, let start = numberStart, line.starts(" 1 file changed,") {
                out.removeSubrange(start...)
            }
            closeLine()
            out.appendLine(line.trimmedStart)
        }
    }

    private static let reviewers = Heads([
        "Reviewed-by: ", "Signed-off-by: ", "Acked-by: ", "Tested-by: ", "Approved-by: ",
    ])

    private mutating func takeMessage(_ line: ArraySlice<UInt8>) {
        let isSubject = !hasSubject
        hasSubject = true
        // `Reviewed-by: Name <address>`: who looked at it is not what it does.
        if !isSubject, Self.reviewers.begins(line) { return }
        let isOld = !said.insert(ByteKey(line)).inserted
        if isOld, !isSubject, line.count >= Self.minimumRepeat {
            repeats += 1
            if !isRepeating {
                if out.last == .newline { out.removeLast() }
                out.append(" ~\n")
            }
            isRepeating = true
            return
        }
        isRepeating = false
        if isSubject, isOpen {
            out.append(": ")
            isOpen = false
        } else {
            out.append(.space)
        }
        out.appendLine(line)
    }

    // MARK: Statistics

    /// Files of one folder stand on one line.
    ///
    /// The drawn bar is as long as the number says, so one sign of each kind is enough.
    private mutating func takeStatistic(_ path: ArraySlice<UInt8>, _ rest: ArraySlice<UInt8>) {
        let isRename = path.contains(" => ")
        let slash = isRename ? nil : path.lastIndex(of: .slash)
        let own = slash.map { path[..<$0] } ?? path.prefix(0)
        if let folder, folder.elementsEqual(own) {
            out.append(", ")
        } else {
            closeLine()
            folder = own
            appendFolder(own)
        }
        out.append(contentsOf: slash.map { path[($0 + 1)...] } ?? path)
        files += 1
        numberStart = nil
        let start = out.count
        out.append(.space)
        let digits = rest.leadingDigits
        let bar = rest.dropFirst(digits).trimmedStart
        guard digits > 0, bar.allSatisfy({ $0 == UInt8(ascii: "+") || $0 == .hyphen }) else {
            out.append(contentsOf: rest)
            return
        }
        numberStart = start
        out.append(contentsOf: rest.prefix(digits))
        if bar.contains(UInt8(ascii: "+")) { out.append(UInt8(ascii: "+")) }
        if bar.contains(.hyphen) { out.append(.hyphen) }
    }

    /// A folder; one of many parts that was named before by its ends alone.
    private mutating func appendFolder(_ folder: ArraySlice<UInt8>) {
        guard !folder.isEmpty else { return }
        let parts = folder.split(separator: .slash)
        if !folders.insert(ByteKey(folder)).inserted, parts.count > 3, let first = parts.first, let last = parts.last {
            out.append(contentsOf: first)
            out.append("/~/")
            out.append(contentsOf: last)
        } else {
            out.append(contentsOf: folder)
        }
        out.append("/: ")
    }

    private mutating func closeLine() {
        if folder != nil || isOpen { out.append(.newline) }
        folder = nil
        isOpen = false
    }
}
