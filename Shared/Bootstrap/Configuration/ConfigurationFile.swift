import Yams

/// Reads a YAML file into a tree whose values know their lines.
enum ConfigurationFile {
    /// Longest file that is read; a configuration is kilobytes.
    static let longest = 4 << 20
    /// Most values a file may hold, aliases followed: a few lines of nested aliases can stand for billions.
    static let mostValues = 200_000
    /// Deepest nesting.
    static let deepest = 64

    /// The file's tree.
    static func read(_ path: String) throws(ConfigurationError) -> ConfigurationNode {
        guard let tree = try readIfPresent(path) else {
            throw ConfigurationError(file: path, problem: "cannot be read: there is no such file")
        }
        return tree
    }

    /// The file's tree, or `nil` when there is no such file.
    static func readIfPresent(_ path: String) throws(ConfigurationError) -> ConfigurationNode? {
        let bytes: [UInt8]
        do {
            bytes = try TextFile.read(path, limit: longest)
        } catch .missing {
            return nil
        } catch {
            throw ConfigurationError(file: path, problem: "cannot be read: \(error.problem)")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ConfigurationError(file: path, problem: "is not UTF-8 text")
        }
        return try parse(text, file: path)
    }

    /// The tree of a text.
    static func parse(_ text: String, file: String) throws(ConfigurationError) -> ConfigurationNode {
        // A byte order mark is no content.
        let text = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        let root: Node?
        do {
            // Without rules for tags: types are decided by who reads, and the rules are regular expressions of ICU.
            root = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
        } catch {
            throw translated(error, file: file)
        }
        var converter = Converter(file: file)
        guard let root, let tree = try converter.convert(root, key: "", line: 1, depth: 0) else { return .empty }
        switch tree.content {
        case .map: return tree
        case .null: return .empty
        case .scalar, .list: throw tree.error("expected sections such as \"server:\", found \(tree.found)")
        }
    }

    private struct Converter {
        let file: String
        var count = 0

        mutating func convert(
            _ node: Node,
            key: String,
            line: Int,
            depth: Int
        ) throws(ConfigurationError) -> ConfigurationNode? {
            let line = node.mark?.line ?? line
            func failure(_ problem: String) -> ConfigurationError {
                ConfigurationError(file: file, line: line, key: key, problem: problem)
            }
            count += 1
            guard count <= mostValues else { throw failure("the file holds more than \(mostValues) values") }
            guard depth <= deepest else { throw failure("is nested deeper than \(deepest) levels") }
            let content: ConfigurationNode.Content
            switch node {
            case .scalar(let scalar): content = Self.content(of: scalar)
            case .sequence(let sequence): content = try list(sequence, key, line, depth)
            case .mapping(let mapping): content = try map(mapping, key, line, depth)
            case .alias: throw failure("refers to an anchor that is not there")
            }
            return ConfigurationNode(key: key, origin: .file(file, line: line), content: content)
        }

        private static func content(of scalar: Node.Scalar) -> ConfigurationNode.Content {
            let isNull = scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
            return isNull ? .null : .scalar(scalar.string)
        }

        private mutating func list(
            _ sequence: Node.Sequence,
            _ key: String,
            _ line: Int,
            _ depth: Int
        ) throws(ConfigurationError) -> ConfigurationNode.Content {
            var elements: [ConfigurationNode] = []
            for (index, element) in sequence.enumerated() {
                if let node = try convert(element, key: "\(key)[\(index)]", line: line, depth: depth + 1) {
                    elements.append(node)
                }
            }
            return .list(elements)
        }

        private mutating func map(
            _ mapping: Node.Mapping,
            _ key: String,
            _ line: Int,
            _ depth: Int
        ) throws(ConfigurationError) -> ConfigurationNode.Content {
            var entries: [ConfigurationNode.Entry] = []
            var names: Set<String> = []
            for (nameNode, value) in mapping {
                let nameLine = nameNode.mark?.line ?? line
                guard case .scalar(let scalar) = nameNode else {
                    throw ConfigurationError(
                        file: file,
                        line: nameLine,
                        key: key,
                        problem: "a name must be a plain word"
                    )
                }
                let childKey = key.isEmpty ? scalar.string : "\(key).\(scalar.string)"
                guard names.insert(scalar.string).inserted else {
                    throw ConfigurationError(file: file, line: nameLine, key: childKey, problem: "is given twice")
                }
                if var node = try convert(value, key: childKey, line: nameLine, depth: depth + 1) {
                    // A member is looked for at the line of its name, not where its block happens to begin.
                    node = ConfigurationNode(
                        key: childKey,
                        origin: .file(file, line: nameLine),
                        content: node.content
                    )
                    entries.append(ConfigurationNode.Entry(name: scalar.string, value: node))
                }
            }
            return .map(entries)
        }
    }

    // MARK: Errors of the parser

    /// Yams' errors quote the whole document, which may hold secrets; ours name the place.
    private static func translated(_ error: any Error, file: String) -> ConfigurationError {
        guard let error = error as? YamlError else { return ConfigurationError(file: file, problem: "is not YAML") }
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return ConfigurationError(file: file, line: mark.line, problem: "is not YAML: \(problem)")
        case .reader(let problem, let offset, _, let text):
            let line = offset.map { 1 + text.prefix($0).count(where: \.isNewline) }
            return ConfigurationError(file: file, line: line, problem: "is not YAML: \(problem)")
        case .duplicatedKeysInMapping(let names, let context):
            let name = names.first ?? ""
            return ConfigurationError(file: file, line: context.mark.line, key: name, problem: "is given twice")
        default: return ConfigurationError(file: file, problem: "is not YAML")
        }
    }
}
