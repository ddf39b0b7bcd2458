/// A value of the configuration with the place it was written at.
///
/// Reading is typed and every error names file, line and key. Values under `declare:` replace `${NAME}` by an
/// environment variable when they are read, so that a service needs only the variables of its own part; a replaced
/// value never appears in an error.
package struct ConfigurationNode: Sendable {
    package enum Content: Sendable {
        /// Nothing, `~` or `null`: as if it had not been written.
        case null
        case scalar(String)
        case list([ConfigurationNode])
        case map([Entry])
    }

    /// A member of a map, in the order of the file.
    package struct Entry: Sendable {
        package var name: String
        package var value: ConfigurationNode
    }

    /// The dotted name from the root, list elements in brackets: `declare.accounts[0].api_key`.
    package let key: String
    package let origin: ConfigurationOrigin
    package let content: Content
    /// The variables `${NAME}` stands for; `nil` where it stands for itself.
    let variables: [String: String]?

    init(key: String, origin: ConfigurationOrigin, content: Content, variables: [String: String]? = nil) {
        self.key = key
        self.origin = origin
        self.content = content
        self.variables = variables
    }

    /// A tree in which nothing is written.
    static let empty = ConfigurationNode(key: "", origin: .none, content: .map([]))

    package var isNull: Bool {
        if case .null = content { true } else { false }
    }

    /// The members of a map; none for anything else.
    var entries: [Entry] {
        if case .map(let entries) = content { entries } else { [] }
    }

    /// The member of this name, if one is written and not null.
    package subscript(_ name: String) -> ConfigurationNode? {
        entries.first { $0.name == name && !$0.value.isNull }?.value
    }

    /// The value at a dotted path below this one.
    func at(_ path: some StringProtocol) -> ConfigurationNode? {
        var node = self
        for name in path.split(separator: ".") {
            guard let next = node[String(name)] else { return nil }
            node = next
        }
        return node
    }

    /// An error about this value.
    package func error(_ problem: String) -> ConfigurationError {
        let place = origin.place
        return ConfigurationError(file: place.file, line: place.line, key: key, problem: problem)
    }

    /// What an error may quote: the text as written, cut, and nothing where it may be a secret.
    var found: String {
        switch content {
        case .null: "nothing"
        case .list: "a list"
        case .map: "a section"
        case .scalar where isSensitive: "a value that is not shown"
        case .scalar(let text):
            text.unicodeScalars.count <= 40 ? "\"\(text)\"" : "\"\(String(text.prefix(40)))…\""
        }
    }

    private var isSensitive: Bool {
        let path = key.split(separator: ".")
        let name = (path.last ?? "").prefix { $0 != "[" }
        return path.contains { $0.hasPrefix("headers") }
            || ["key", "dsn", "proxy", "urls"].contains(name)
            || ["_key", "token", "url"].contains { name.hasSuffix($0) }
            || ["secret", "password"].contains { name.contains($0) }
    }
}

// MARK: - Building

extension ConfigurationNode {
    /// The same value under another name, its members renamed with it.
    func renamed(_ newKey: String) -> ConfigurationNode {
        rebuilt(key: newKey, variables: variables)
    }

    /// The same value with `${NAME}` standing for these variables, all the way down.
    func substituting(_ variables: [String: String]) -> ConfigurationNode {
        rebuilt(key: key, variables: variables)
    }

    private func rebuilt(key: String, variables: [String: String]?) -> ConfigurationNode {
        var content = content
        switch self.content {
        case .null, .scalar: break
        case .list(let elements):
            content = .list(
                elements.enumerated().map { $1.rebuilt(key: "\(key)[\($0)]", variables: variables) }
            )
        case .map(let entries):
            let prefix = key.isEmpty ? "" : "\(key)."
            content = .map(
                entries.map {
                    Entry(name: $0.name, value: $0.value.rebuilt(key: prefix + $0.name, variables: variables))
                }
            )
        }
        return ConfigurationNode(key: key, origin: origin, content: content, variables: variables)
    }

    /// This tree laid over a weaker one: sections are joined, values and lists replaced.
    ///
    /// - Parameters:
    ///   - weaker: What holds where this tree says nothing.
    ///   - depth: How many levels of sections are joined; below them the stronger map stands alone.
    /// - Returns: The joined tree.
    func merged(over weaker: ConfigurationNode, depth: Int) -> ConfigurationNode {
        if isNull { return weaker }
        guard depth > 0, case .map(let strong) = content, case .map(let weak) = weaker.content else { return self }
        var entries = strong.map { entry in
            let under = weak.first { $0.name == entry.name }?.value
            // A declared part (providers, keys …) is one thing: half of one file's and half of another's is nobody's.
            let below = entry.name == "declare" ? 1 : depth - 1
            return Entry(
                name: entry.name,
                value: under.map { entry.value.merged(over: $0, depth: below) } ?? entry.value
            )
        }
        entries += weak.filter { entry in !strong.contains { $0.name == entry.name } }
        return ConfigurationNode(
            key: key,
            origin: origin.isFile ? origin : weaker.origin,
            content: .map(entries),
            variables: variables
        )
    }

    /// This tree with a value set at a dotted path, sections made as needed.
    func setting(_ path: ArraySlice<Substring>, to value: ConfigurationNode) -> ConfigurationNode {
        guard let name = path.first.map(String.init) else { return value.renamed(key) }
        var entries = entries
        let childKey = key.isEmpty ? name : "\(key).\(name)"
        let index = entries.firstIndex { $0.name == name }
        let child =
            index.map { entries[$0].value }
            ?? ConfigurationNode(key: childKey, origin: value.origin, content: .map([]))
        let entry = Entry(name: name, value: child.setting(path.dropFirst(), to: value))
        if let index { entries[index] = entry } else { entries.append(entry) }
        return ConfigurationNode(key: key, origin: origin, content: .map(entries), variables: variables)
    }

    /// This tree without the value at a dotted path; a section left empty goes too.
    func removing(_ path: ArraySlice<Substring>) -> ConfigurationNode {
        guard let name = path.first, case .map(var entries) = content,
            let index = entries.firstIndex(where: { $0.name == name })
        else { return self }
        let child = entries[index].value.removing(path.dropFirst())
        if path.count == 1 || child.entries.isEmpty {
            entries.remove(at: index)
        } else {
            entries[index].value = child
        }
        return ConfigurationNode(key: key, origin: origin, content: .map(entries), variables: variables)
    }
}
