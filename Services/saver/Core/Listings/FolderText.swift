/// Writes what a tree lists, each folder once, with the contents of noise folders as a number.
struct FolderText {
    private(set) var out: [UInt8] = []
    private(set) var hidden = 0

    /// Writes the nodes that are listed, folders in the order of their first entry.
    init(_ tree: PathTree, _ nodes: [Int], _ noise: NoiseFolders) {
        var order: [Int] = []
        var members = [[Int]](repeating: [], count: tree.nodes.count)
        var isShown = [Bool](repeating: false, count: tree.nodes.count)
        for node in nodes {
            let over = noise.over[node]
            if over > 0 {
                if !isShown[over] { order.append(-over) }
                isShown[over] = true
                continue
            }
            let parent = tree.nodes[node].parent
            if members[parent].isEmpty { order.append(parent) }
            members[parent].append(node)
        }
        for folder in order {
            if folder < 0 {
                write(hiddenFolder: -folder, tree, noise)
            } else {
                write(folder, members[folder], tree)
            }
        }
    }

    private mutating func write(hiddenFolder folder: Int, _ tree: PathTree, _ noise: NoiseFolders) {
        hidden += noise.entries[folder]
        out.append(contentsOf: tree.path(folder))
        out.append("/ (")
        out.append(contentsOf: "\(noise.entries[folder])".utf8)
        out.append(" not shown)\n")
    }

    private mutating func write(_ folder: Int, _ members: [Int], _ tree: PathTree) {
        let path = tree.path(folder)
        let isPlain = members.allSatisfy { !tree.nodes[$0].name.contains(.space) }
        guard folder > 0, members.count > 1, isPlain else {
            for member in members {
                if folder > 0 { out.append(contentsOf: path + [.slash]) }
                out.appendLine(tree.nodes[member].name)
            }
            return
        }
        out.append(contentsOf: path)
        out.append("/:")
        for member in members {
            out.append(.space)
            out.append(contentsOf: tree.nodes[member].name)
        }
        out.append(.newline)
    }
}
