/// Writes the sections of `ls -R`, and of `ls` with several folders, as one line each.
///
/// Every name outside folders of made files stays.
package struct NameListing: Category {
    package let name = "ls-names"
    /// Fewer sections than this are no listing of folders.
    private static let minimumSections = 3

    package init() {}

    package func isNamed(by command: ShellCommand) -> Bool { command.runs(anyOf: ["ls", "gls"]) }

    package func rewrite(_ text: ToolText, _ command: ShellCommand) -> Rewriting? {
        let isNamed = isNamed(by: command)
        guard text.count > 0, Self.isHeader(text.bare(0), isNamed) else { return nil }
        var tree = PathTree()
        var nodes: [Int] = []
        var (folder, sections) = (0, 0)
        var isStart = true
        for index in 0..<text.count {
            let line = text.bare(index)
            if line.isBlankLine {
                isStart = true
                continue
            }
            if isStart {
                // A section without a folder's name is none: then this is another kind of text.
                guard Self.isHeader(line, isNamed) else { return nil }
                folder = tree.insert(line.dropLast())
                sections += 1
                isStart = false
                continue
            }
            guard Self.isName(line) else { return nil }
            nodes.append(tree.insert(line.last == .slash ? line.dropLast() : line, into: folder))
        }
        guard sections >= Self.minimumSections, nodes.count >= sections else { return nil }
        let folders = FolderText(tree, nodes, NoiseFolders(tree, command))
        var notes = ["one line for each folder"]
        if folders.hidden > 0 {
            notes.append("left out " + Marker.count(folders.hidden, "entry", "entries") + " in folders of made files")
        }
        return Rewriting(text: folders.out, notes: notes)
    }

    /// `./Sources:`, the folder that the names below it are in.
    private static func isHeader(_ line: ArraySlice<UInt8>, _ isNamed: Bool) -> Bool {
        guard line.last == .colon, line.count > 1, line.count <= 1024 else { return false }
        return line.first == .dot || (isNamed || line.contains(.slash)) && !line.contains(.space)
    }

    /// A name of a folder's entry: neither indented nor a sentence.
    private static func isName(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.count <= 255, let first = line.first, !first.isBlank, line.last != .colon else { return false }
        return !line.contains { $0 < .space || $0 == .slash }
            || line.last == .slash && !line.dropLast().contains(.slash)
    }
}
