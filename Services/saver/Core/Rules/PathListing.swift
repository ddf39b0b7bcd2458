/// Writes each folder of a list of paths once.
///
/// That is `find`, `fd`, `git ls-files`, `rg --files`, `grep -l`: one path a line. Every path outside folders of made files
/// stays.
package struct PathListing: Category {
    package let name = "paths"
    private static let programs: Set<String> = ["find", "fd", "fdfind", "locate"]
    /// Fewer paths than this are no listing.
    private static let minimumPaths = 8
    private static let longestPath = 1024

    package init() {}

    package func isNamed(by command: ShellCommand) -> Bool {
        command.runs(anyOf: Self.programs) || command.runs("git", ["ls-files"])
            || command.steps.contains { $0.program == "rg" && $0.has("--files") }
    }

    package func rewrite(_ text: ToolText, _ command: ShellCommand) -> Rewriting? {
        guard text.looks(60, Self.isPath) else { return nil }
        var tree = PathTree()
        var nodes: [Int] = []
        var others: [Int] = []
        var (lines, nested) = (0, 0)
        for index in 0..<text.count {
            let line = text.bare(index)
            guard !line.isBlankLine else { continue }
            lines += 1
            guard Self.isPath(line) else {
                others.append(index)
                continue
            }
            let path = line.count > 1 && line.last == .slash ? line.dropLast() : line
            if path.dropFirst().contains(.slash) { nested += 1 }
            nodes.append(tree.insert(path))
        }
        guard nodes.count >= Self.minimumPaths, nested * 2 >= nodes.count, Fit.holds(nodes.count, of: lines) else {
            return nil
        }
        let folders = FolderText(tree, nodes, NoiseFolders(tree, command))
        var out = folders.out
        for index in others { out.appendLine(text[index]) }
        var notes = ["paths grouped by folder"]
        if folders.hidden > 0 {
            notes.append("left out " + Marker.count(folders.hidden, "path") + " in folders of made files")
        }
        return Rewriting(text: out, notes: notes)
    }

    /// A path is one word of reasonable length: no sentence, no time, no match.
    private static func isPath(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.count <= longestPath, let first = line.first else { return false }
        guard first == .slash || first == .dot || first.isWordByte || first >= 0x80 || first == UInt8(ascii: "@") else {
            return false
        }
        return !line.contains { byte in
            byte <= .space || byte == .colon || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")
                || byte == UInt8(ascii: "(") || byte == UInt8(ascii: ";") || byte == UInt8(ascii: "=")
                || byte == UInt8(ascii: "|") || byte == UInt8(ascii: "<")
        }
    }
}
