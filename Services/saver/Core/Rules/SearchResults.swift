/// Names each file of a search once.
///
/// That is `grep -n`, `rg -n` and everything else that prints `path:line:text`. Nothing is left out but separators and
/// indents; equal lines of a file share one line with all their numbers.
package struct SearchResults: Category {
    package let name = "grep"
    private static let programs: Set<String> = ["grep", "rg", "egrep", "fgrep", "ag", "ack", "ugrep", "zgrep"]

    package init() {}

    package func isNamed(by command: ShellCommand) -> Bool {
        command.runs(anyOf: Self.programs) || command.runs("git", ["grep"])
    }

    package func rewrite(_ text: ToolText, _ command: ShellCommand) -> Rewriting? {
        guard text.looks(5, { FoundLines.match($0) != nil }) else { return nil }
        let found = FoundLines(text)
        guard found.matches >= 2, Fit.holds(found.fitting, of: found.lines) else { return nil }
        var out: [UInt8] = []
        out.reserveCapacity(text.bytes.count)
        var index = 0
        while index < found.rows.count {
            guard case .found(let path, _, _, _) = found.rows[index] else {
                if case .other(let line) = found.rows[index] { out.appendLine(text[line]) }
                index += 1
                continue
            }
            var end = index
            while end < found.rows.count, found.rows[end].belongs(to: path) { end += 1 }
            out.appendLine(path)
            Self.write(found.rows[index..<end], to: &out)
            index = end
        }
        return Rewriting(text: out, notes: ["grouped by file, equal lines joined, indents left out"])
    }

    private static func write(_ rows: ArraySlice<FoundLines.Row>, to out: inout [UInt8]) {
        let hasContext = rows.contains { row in
            if case .found(_, _, _, let isMatch) = row { return !isMatch }
            return false
        }
        guard !hasContext else {
            for row in rows {
                guard case .found(_, let number, let content, let isMatch) = row else { continue }
                out.append(contentsOf: number)
                out.append(isMatch ? .colon : .hyphen)
                out.appendLine(content)
            }
            return
        }
        writeJoined(rows, to: &out)
    }
}

extension SearchResults {
    private static func areConsecutive(_ rows: ArraySlice<FoundLines.Row>) -> Bool {
        var (following, count) = (0, 0)
        var last: Int?
        for case .found(_, let number, _, _) in rows {
            count += 1
            let line = number.number
            if let line, let last, line == last + 1 { following += 1 }
            last = line
        }
        return count > 2 && Fit.holds(following + 1, of: count)
    }

    /// Each text once, with the numbers of all lines that have it.
    private static func writeJoined(_ rows: ArraySlice<FoundLines.Row>, to out: inout [UInt8]) {
        // Line after line of a file is read like the file: its blanks are what an edit is made from.
        let isWhole = Self.areConsecutive(rows)
        var places: [ByteKey: Int] = [:]
        var groups: [(content: ArraySlice<UInt8>, last: Int)] = []
        /// For each line the group's next one, and its number.
        var lines: [(number: ArraySlice<UInt8>, next: Int)] = []
        var firsts: [Int] = []
        for case .found(_, let number, let content, _) in rows {
            let text = isWhole ? content : content.trimmedStart
            let key = ByteKey(text)
            if let group = places[key] {
                lines[groups[group].last].next = lines.count
                groups[group].last = lines.count
            } else {
                places[key] = groups.count
                groups.append((text, lines.count))
                firsts.append(lines.count)
            }
            lines.append((number, -1))
        }
        for (group, first) in zip(groups, firsts) {
            var line = first
            while line >= 0 {
                if line != first { out.append(UInt8(ascii: ",")) }
                out.append(contentsOf: lines[line].number)
                line = lines[line].next
            }
            out.append(.colon)
            out.appendLine(group.content)
        }
    }
}

/// The lines of a search, taken apart.
private struct FoundLines {
    enum Row {
        case found(path: ArraySlice<UInt8>, number: ArraySlice<UInt8>, content: ArraySlice<UInt8>, isMatch: Bool)
        case separator
        case other(Int)

        func belongs(to path: ArraySlice<UInt8>) -> Bool {
            switch self {
            case .found(let own, _, _, _): own.elementsEqual(path)
            case .separator: true
            case .other: false
            }
        }
    }

    private(set) var rows: [Row] = []
    private(set) var matches = 0
    private(set) var fitting = 0
    private(set) var lines = 0

    init(_ text: ToolText) {
        rows.reserveCapacity(text.count)
        var start = 0
        while start < text.count {
            var end = start
            while end < text.count, !text.bare(end).equals("--") { end += 1 }
            takeBlock(text, start..<end)
            if end < text.count { rows.append(.separator) }
            start = end + 1
        }
    }

    /// Lines that stand together: context may come before the match that tells the path.
    private mutating func takeBlock(_ text: ToolText, _ block: Range<Int>) {
        var path = block.lazy.compactMap { Self.match(text[$0])?.path }.first
        for line in block {
            let bytes = text[line]
            if !bytes.isBlankLine { lines += 1 }
            if let match = Self.match(bytes) {
                path = match.path
                matches += 1
                fitting += 1
                rows.append(.found(path: match.path, number: match.number, content: match.content, isMatch: true))
            } else if let known = path, let context = Self.context(bytes, of: known) {
                fitting += 1
                rows.append(.found(path: known, number: context.number, content: context.content, isMatch: false))
            } else {
                rows.append(.other(line))
            }
        }
    }

    typealias Match = (path: ArraySlice<UInt8>, number: ArraySlice<UInt8>, content: ArraySlice<UInt8>)

    /// `path:12:text`, where the path looks like one.
    static func match(_ line: ArraySlice<UInt8>) -> Match? {
        guard let colon = line.firstIndex(of: .colon), colon > line.startIndex, colon - line.startIndex < 512 else {
            return nil
        }
        let path = line[line.startIndex..<colon]
        guard isPath(path) else { return nil }
        let rest = line[(colon + 1)...]
        let digits = rest.leadingDigits
        guard (1...9).contains(digits), rest.dropFirst(digits).first == .colon else { return nil }
        return (path, rest.prefix(digits), rest.dropFirst(digits + 1))
    }

    /// Times and words before a colon are no paths: a path has a dot or a slash, a letter and no blanks.
    private static func isPath(_ path: ArraySlice<UInt8>) -> Bool {
        var (hasMark, hasLetter) = (false, false)
        for byte in path {
            if byte.isBlank || byte < 0x20 { return false }
            if byte == .slash || byte == .dot { hasMark = true }
            if byte.isLetter || byte >= 0x80 { hasLetter = true }
        }
        return hasMark && hasLetter
    }

    /// `path-12-text` of a path that is known.
    private static func context(_ line: ArraySlice<UInt8>, of path: ArraySlice<UInt8>) -> Match? {
        guard line.count > path.count, line.prefix(path.count).elementsEqual(path) else { return nil }
        let rest = line.dropFirst(path.count)
        guard rest.first == .hyphen else { return nil }
        let digits = rest.dropFirst().leadingDigits
        guard (1...9).contains(digits), rest.dropFirst(digits + 1).first == .hyphen else { return nil }
        return (path, rest.dropFirst().prefix(digits), rest.dropFirst(digits + 2))
    }
}
