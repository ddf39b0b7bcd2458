/// Paths as a tree: every folder once, in the order in which the paths came.
struct PathTree {
    struct Node {
        /// The folder it is in; -1 for the root.
        let parent: Int
        let name: ArraySlice<UInt8>
        let depth: Int
        /// Whether a path ended here.
        var isListed = false
        var children = 0
    }

    private struct Key: Hashable {
        let parent: Int
        let name: ByteKey
    }

    /// Deeper folders are one name with what is below them.
    private static let maximumDepth = 64

    /// A folder's number is lower than those of everything in it.
    private(set) var nodes: [Node] = [Node(parent: -1, name: [], depth: 0)]
    private var numbers: [Key: Int] = [:]
    /// Where the last path went, since the next one mostly goes the same way.
    private var trail: [Int] = [0]

    init() {}

    /// The node of a path that has no slash at its end.
    @discardableResult
    mutating func insert(_ path: ArraySlice<UInt8>) -> Int {
        var node = 0
        var start = path.startIndex
        var depth = 0
        while true {
            let end = depth < Self.maximumDepth ? path[start...].firstIndex(of: .slash) ?? path.endIndex : path.endIndex
            depth += 1
            node = child(path[start..<end], of: node, at: depth)
            guard end < path.endIndex else { break }
            start = end + 1
        }
        trail.removeSubrange((depth + 1)...)
        nodes[node].isListed = true
        return node
    }

    /// The node of a name in a folder.
    mutating func insert(_ name: ArraySlice<UInt8>, into folder: Int) -> Int {
        let node = child(name, of: folder, at: nodes[folder].depth + 1)
        nodes[node].isListed = true
        return node
    }

    /// The child of that name; `depth` is its own.
    mutating func child(_ name: ArraySlice<UInt8>, of parent: Int, at depth: Int) -> Int {
        if depth < trail.count {
            let known = trail[depth]
            if nodes[known].parent == parent, nodes[known].name.elementsEqual(name) { return known }
            trail.removeSubrange(depth...)
        }
        let key = Key(parent: parent, name: ByteKey(name))
        let number = numbers[key] ?? nodes.count
        if number == nodes.count {
            numbers[key] = number
            append(Node(parent: parent, name: name, depth: depth))
        }
        if trail.count == depth { trail.append(number) }
        return number
    }

    @discardableResult
    private mutating func append(_ node: Node) -> Int {
        nodes.append(node)
        nodes[node.parent].children += 1
        return nodes.count - 1
    }

    /// The path of a node, as it was listed.
    func path(_ node: Int) -> [UInt8] {
        var names: [ArraySlice<UInt8>] = []
        var current = node
        while current > 0 {
            names.append(nodes[current].name)
            current = nodes[current].parent
        }
        return Array(names.reversed().joined(separator: CollectionOfOne(.slash)))
    }
}

extension PathTree {
    /// A new entry of a folder, whatever its name.
    mutating func add(_ name: ArraySlice<UInt8>, to parent: Int) -> Int {
        append(Node(parent: parent, name: name, depth: nodes[parent].depth + 1, isListed: true))
    }
}
