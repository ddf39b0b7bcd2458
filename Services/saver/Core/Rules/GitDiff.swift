/// `git diff`, `git show`, `git log -p` and `diff -u`: changed lines, hunk headers, files and what happened to them stay;
/// unchanged lines and the lines that repeat a file's name go.
package struct GitDiff: Category {
    package let name = "git-diff"

    package init() {}

    package func isNamed(by command: ShellCommand) -> Bool {
        command.runs("git", ["diff", "show", "log", "stash"]) || command.runs("diff")
    }

    package func rewrite(_ text: ToolText, _ command: ShellCommand) -> Rewriting? {
        // What is made to be applied again must stay whole.
        guard !command.runs("git", ["format-patch"]) else { return nil }
        var scanner = DiffScanner(text)
        scanner.run()
        guard scanner.hunks > 0, !scanner.isOdd,
            Fit.holds(scanner.understood, of: scanner.lines) || isNamed(by: command)
        else {
            return nil
        }
        var notes = ["left out \(scanner.unchanged) unchanged and \(scanner.headers) header lines"]
        if scanner.commits > 0 { notes.append("names of commits cut to 10 digits, times to minutes") }
        if scanner.gaps > 0 { notes.append("~ marks a gap") }
        return Rewriting(text: scanner.out, notes: notes)
    }
}

/// Walks through a diff by the line counts of its hunk headers.
private struct DiffScanner {
    let text: ToolText
    var out: [UInt8] = []
    var hunks = 0
    var unchanged = 0
    var headers = 0
    var gaps = 0
    /// Whether a hunk changes nothing: then the changes are marked inside the lines (a word diff), and all must stay.
    var isOdd = false
    /// Lines that say something, and those of them that are a diff's.
    var lines = 0
    var understood = 0

    /// What the header lines of a file have said so far.
    private var file: FileHeader?
    private var heads = CommitHeads(isBrief: false)
    /// Whether the lines are those of a commit's message.
    private var isInMessage = false
    private(set) var commits = 0
    /// What git says behind the lines of a hunk: the function around it; once where it stays the same within a file.
    private var section: ArraySlice<UInt8> = []
    private var index = 0

    init(_ text: ToolText) {
        self.text = text
        out.reserveCapacity(text.bytes.count)
    }

    mutating func run() {
        while index < text.count {
            let line = text[index]
            if let counts = HunkCounts(line) {
                closeHeader()
                takeHunk(line, counts)
            } else if line.starts("diff --git ") {
                closeHeader()
                isInMessage = false
                file = FileHeader(line)
                take(understands: true)
            } else if file != nil, file?.take(line) == true {
                take(understands: true)
            } else if file == nil, let header = bareHeader() {
                section = []
                out.appendLine(header)
                headers += 1
                for _ in 0..<2 { take(understands: true) }
            } else if CommitHeads.commit(text.bare(index)) != nil {
                closeHeader()
                commits += 1
                let next = heads.take(text, at: index, to: &out) ?? index + 1
                out.append(.newline)
                while index < next { take(understands: true) }
                isInMessage = true
            } else if isInMessage, line.isBlankLine || line.starts("    ") {
                if !line.isBlankLine { out.appendLine(line.dropFirst(3)) }
                take(understands: true)
            } else {
                closeHeader()
                isInMessage = false
                out.appendLine(line)
                take(understands: line.starts("Binary files "))
            }
        }
        closeHeader()
    }

    private mutating func take(understands: Bool) {
        if !text[index].isBlankLine {
            lines += 1
            if understands { understood += 1 }
        }
        index += 1
    }

    private mutating func closeHeader() {
        guard let file else { return }
        section = []
        out.appendLine(file.line)
        headers += file.count - 1
        self.file = nil
    }

    /// `--- old` and `+++ new` without a line of git's before them.
    private func bareHeader() -> [UInt8]? {
        guard index + 2 < text.count, text[index].starts("--- "), text[index + 1].starts("+++ "),
            HunkCounts(text[index + 2]) != nil
        else { return nil }
        var line: [UInt8] = Array(text.bare(index))
        line.append(" ")
        line.append(contentsOf: text.bare(index + 1))
        return line
    }

    // MARK: Hunks

    private mutating func takeHunk(_ header: ArraySlice<UInt8>, _ counts: HunkCounts) {
        hunks += 1
        let heading = counts.section
        let isKnown = !heading.isEmpty && heading.elementsEqual(section)
        section = heading
        out.appendLine(isKnown ? header.dropLast(heading.count).trimmedEnd : header)
        take(understands: true)
        var (old, new) = (counts.old, counts.new)
        /// Unchanged lines since the last change of this hunk; `nil` before the first.
        var pending: Range<Int>?
        defer { if pending == nil, index < text.count { isOdd = true } }
        while index < text.count, old > 0 || new > 0 || text[index].starts("\\ ") {
            let line = text[index]
            switch line.first {
            case UInt8(ascii: "+") where new > 0:
                new -= 1
                change(line, &pending)
            case UInt8(ascii: "-") where old > 0:
                old -= 1
                change(line, &pending)
            case UInt8(ascii: "\\"):
                out.appendLine(line)
            case .space where old > 0 && new > 0, nil where old > 0 && new > 0,
                .carriageReturn where old > 0 && new > 0 && line.count == 1:
                old -= 1
                new -= 1
                unchanged += 1
                if let range = pending { pending = range.lowerBound..<(index + 1) }
            default:
                // Cut off by somebody: what follows is looked at afresh.
                return
            }
            take(understands: true)
        }
    }

    private mutating func change(_ line: ArraySlice<UInt8>, _ pending: inout Range<Int>?) {
        if let range = pending, !range.isEmpty {
            out.appendLine(CollectionOfOne(UInt8(ascii: "~")))
            gaps += 1
        }
        pending = (index + 1)..<(index + 1)
        out.appendLine(line)
    }
}

/// `@@ -a,b +c,d @@ section`.
private struct HunkCounts {
    var old: Int
    var new: Int
    /// The text behind it.
    var section: ArraySlice<UInt8>

    init?(_ line: ArraySlice<UInt8>) {
        guard line.starts("@@ -") else { return nil }
        var rest = line.dropFirst(4)
        guard let old = Self.count(&rest), rest.starts(" +") else { return nil }
        rest = rest.dropFirst(2)
        guard let new = Self.count(&rest), rest.starts(" @@") else { return nil }
        self.old = old
        self.new = new
        section = rest.dropFirst(3).trimmedStart
    }

    /// The `b` of `a,b`; 1 when it is left out.
    private static func count(_ rest: inout ArraySlice<UInt8>) -> Int? {
        let start = rest.leadingDigits
        guard start > 0 else { return nil }
        rest = rest.dropFirst(start)
        guard rest.first == UInt8(ascii: ",") else { return 1 }
        rest = rest.dropFirst()
        let digits = rest.leadingDigits
        defer { rest = rest.dropFirst(digits) }
        return rest.prefix(digits).number
    }
}

/// The lines from `diff --git` to the first hunk, as one.
private struct FileHeader {
    private let first: ArraySlice<UInt8>
    private var name: ArraySlice<UInt8>?
    private var oldName: ArraySlice<UInt8>?
    private var remarks: [ArraySlice<UInt8>] = []
    private(set) var count = 1
    private var isOver = false

    init(_ line: ArraySlice<UInt8>) {
        first = line.trimmedEnd.dropFirst("diff --git ".utf8.count)
        // `a/NAME b/NAME`, or with other letters, or none: the same name twice, whatever is in it.
        let half = first.count / 2
        let (left, right) = (first.prefix(half), first.suffix(half))
        guard first.count % 2 == 1, right.count > 2 else { return }
        if left.elementsEqual(right) {
            name = right
        } else if left.dropFirst(2).elementsEqual(right.dropFirst(2)), left.dropFirst().first == .slash {
            name = right.dropFirst(2)
        }
    }

    /// Takes a line in, when it is one of a header.
    mutating func take(_ line: ArraySlice<UInt8>) -> Bool {
        let text = line.trimmedEnd
        if text.starts("index ") {
            // A mode at its end is told by nothing else, and seldom matters: it has not changed.
        } else if text.starts("--- ") || text.starts("+++ ") {
            // The names again, or /dev/null for a file that is new or deleted, which another line says.
        } else if text.starts("rename from ") || text.starts("copy from ") {
            remarks.append(text.prefix(6).starts("rename") ? text.prefix(6) : text.prefix(4))
            oldName = text.dropFirst(text.starts("rename") ? 12 : 10)
        } else if text.starts("rename to ") || text.starts("copy to ") {
            name = text.dropFirst(text.starts("rename") ? 10 : 8)
        } else if text.equals("new file mode 100644") || text.equals("deleted file mode 100644") {
            // The mode of any file that is no program.
            remarks.append(text.dropLast(" mode 100644".utf8.count))
        } else if text.starts("Binary files "), text.ends(" differ") {
            // The names again.
            remarks.append(Array("Binary files differ".utf8)[...])
        } else if text.starts("new file mode ") || text.starts("deleted file mode ") || text.starts("old mode ")
            || text.starts("new mode ") || text.starts("similarity index ") || text.starts("dissimilarity index ")
        {
            remarks.append(text)
        } else {
            return false
        }
        count += 1
        return true
    }

    var line: [UInt8] {
        var line: [UInt8] = []
        line.append("diff ")
        if let name {
            if let oldName {
                line.append(contentsOf: oldName)
                line.append(" -> ")
            }
            line.append(contentsOf: name)
        } else {
            line.append(contentsOf: first)
        }
        for (index, remark) in remarks.enumerated() {
            line.append(index == 0 ? " (" : ", ")
            line.append(contentsOf: remark)
        }
        if !remarks.isEmpty { line.append(")") }
        return line
    }
}
