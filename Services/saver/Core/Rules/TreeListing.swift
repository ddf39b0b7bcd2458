/// Writes blanks for the drawn branches of `tree`, and folders of made files as name and count.
///
/// Every other name and the summary stay.
package struct TreeListing: Category {
    package let name = "tree"

    package init() {}

    package func isNamed(by command: ShellCommand) -> Bool {
        command.runs("tree") || command.runs(anyOf: ["eza", "exa", "lsd"])
    }

    package func rewrite(_ text: ToolText, _ command: ShellCommand) -> Rewriting? {
        guard text.looks(60, { Self.branch($0) != nil }) else { return nil }
        var tree = PathTree()
        /// The node of each line; 0 for lines that are no branch.
        var nodes = [Int](repeating: 0, count: text.count)
        var open = [0]
        var (lines, branches) = (0, 0)
        for index in 0..<text.count {
            let line = text.bare(index)
            guard !line.isBlankLine else { continue }
            lines += 1
            guard let branch = Self.branch(line), branch.depth <= open.count else { continue }
            branches += 1
            open.removeSubrange(branch.depth...)
            // Two entries of one folder may look the same when names are cut: each is its own.
            let node = tree.add(Self.name(branch.name), to: open[branch.depth - 1])
            open.append(node)
            nodes[index] = node
        }
        guard branches >= 8, Fit.holds(branches, of: lines) else { return nil }
        return write(text, tree, nodes, NoiseFolders(tree, command))
    }

    private func write(_ text: ToolText, _ tree: PathTree, _ nodes: [Int], _ noise: NoiseFolders) -> Rewriting {
        var out: [UInt8] = []
        out.reserveCapacity(text.bytes.count / 2)
        var hidden = 0
        for (index, node) in nodes.enumerated() {
            guard node > 0, let branch = Self.branch(text.bare(index)) else {
                out.appendLine(text[index])
                continue
            }
            let over = noise.over[node]
            guard over == 0 || over == node else {
                hidden += 1
                continue
            }
            out.append(contentsOf: repeatElement(.space, count: branch.depth - 1))
            out.append(contentsOf: branch.name)
            if over == node { out.append(contentsOf: "/ (\(noise.entries[node]) not shown)".utf8) }
            out.append(.newline)
        }
        var notes = ["one blank for each level"]
        if hidden > 0 {
            notes.append("left out " + Marker.count(hidden, "entry", "entries") + " in folders of made files")
        }
        return Rewriting(text: out, notes: notes)
    }

    private static let forks: [StaticString] = ["├── ", "└── ", "|-- ", "`-- ", "+-- ", "\\-- "]
    private static let stems: [StaticString] = ["│   ", "│\u{A0}\u{A0} ", "    ", "|   ", "|\u{A0}\u{A0} "]

    /// `│   ├── name`: how deep and what.
    private static func branch(_ line: ArraySlice<UInt8>) -> (depth: Int, name: ArraySlice<UInt8>)? {
        var rest = line
        var depth = 1
        while depth < 64 {
            if let name = after(forks, rest) { return (depth, name) }
            guard let next = after(stems, rest) else { return nil }
            rest = next
            depth += 1
        }
        return nil
    }

    private static func after(_ marks: [StaticString], _ rest: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        for mark in marks where rest.starts(mark) { return rest.dropFirst(mark.utf8CodeUnitCount) }
        return nil
    }

    /// The name without sizes before it, `-F`'s sign and a link's target.
    private static func name(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var name = text
        if name.first == UInt8(ascii: "["), let close = name.position(of: "]  ") { name = name[(close + 3)...] }
        if let arrow = name.position(of: " -> ") { name = name[..<arrow] }
        return name.last == .slash ? name.dropLast() : name
    }
}
