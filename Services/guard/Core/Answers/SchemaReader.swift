import JSON
import Patterns

/// Reads a JSON Schema into nodes; a schema that refers to itself is read once.
struct SchemaReader {
    /// What says nothing about a value.
    private static let annotations: Set<String> = [
        "$schema", "$id", "$anchor", "$comment", "$defs", "definitions", "title", "description", "default", "example",
        "examples",
        "deprecated", "readOnly", "writeOnly", "format", "nullable", "propertyOrdering",
    ]

    let root: JSONCursor
    let isStrict: Bool
    private(set) var nodes: [AnswerSchema.Node] = []
    /// Nodes by the reference that leads to them.
    private var referred: [String: Int] = [:]

    init(root: JSONCursor, isStrict: Bool) {
        self.root = root
        self.isStrict = isStrict
    }

    /// Reads one schema.
    ///
    /// - Returns: Its number.
    mutating func node(_ schema: JSONCursor, depth: Int) throws(SchemaError) -> Int {
        guard depth < AnswerSchema.deepest else { throw Self.error(schema, "nested too deeply") }
        guard nodes.count < AnswerSchema.mostNodes else {
            throw Self.error(schema, "more than \(AnswerSchema.mostNodes) schemas")
        }
        let number = nodes.count
        nodes.append(AnswerSchema.Node())
        var node = AnswerSchema.Node()
        if let isAnything = schema.boolean {
            node.refusesAll = !isAnything
        } else {
            guard schema.kind == .object else { throw Self.error(schema, "expected a schema") }
            for (name, value) in schema.members {
                try read(name.string ?? "", value, schema, into: &node, depth: depth)
            }
            if schema["nullable"]?.boolean == true, let types = node.types { node.types = types.union(.null) }
        }
        nodes[number] = node
        return number
    }

    private mutating func read(
        _ name: String,
        _ value: JSONCursor,
        _ schema: JSONCursor,
        into node: inout AnswerSchema.Node,
        depth: Int
    ) throws(SchemaError) {
        switch name {
        case "type": node.types = try Self.types(value)
        case "enum":
            guard value.kind == .array, value.count > 0 else { throw Self.error(value, "expected a list") }
            node.allowed = Array(value.elements)
        case "const": node.allowed = [value]
        case "properties":
            for (property, own) in try Self.members(value) {
                node.properties[property] = try self.node(own, depth: depth + 1)
            }
        case "required": node.required = try Self.strings(value)
        case "additionalProperties": node.otherProperties = try self.node(value, depth: depth + 1)
        case "items": node.items = try self.node(value, depth: depth + 1)
        case "prefixItems": node.firstItems = try list(value, depth: depth)
        case "pattern": node.pattern = try pattern(value)
        case "allOf": node.all += try list(value, depth: depth)
        case "anyOf": node.any = try list(value, depth: depth)
        case "oneOf": node.one = try list(value, depth: depth)
        case "not": node.not = try self.node(value, depth: depth + 1)
        case "$ref": node.all.append(try refer(value, depth: depth))
        default:
            if let kind = AnswerSchema.Bound.Kind(rawValue: name) {
                node.bounds.append(try Self.bound(kind, value))
            } else if isStrict, !Self.annotations.contains(name) {
                throw Self.error(schema, "\(name.prefix(64)) is not known here")
            }
        }
    }

    private mutating func list(_ value: JSONCursor, depth: Int) throws(SchemaError) -> [Int] {
        guard value.kind == .array, value.count > 0 else { throw Self.error(value, "expected a list of schemas") }
        var list: [Int] = []
        for element in value.elements { list.append(try node(element, depth: depth + 1)) }
        return list
    }

    /// Follows `#`, `#/$defs/NAME` and other ways through the schema's own members.
    private mutating func refer(_ value: JSONCursor, depth: Int) throws(SchemaError) -> Int {
        guard let reference = value.string, reference.hasPrefix("#") else {
            throw Self.error(value, "only references within the schema, such as #/$defs/item")
        }
        if reference == "#" { return 0 }
        if let known = referred[reference] { return known }
        var target: JSONCursor? = root
        for step in reference.dropFirst().split(separator: "/") {
            let name = String(step).replacing("~1", with: "/").replacing("~0", with: "~")
            target = target?.kind == .array ? Int(name).flatMap { target?[$0] } : target?[name]
        }
        guard let target else { throw Self.error(value, "leads nowhere") }
        // Known before it is read, so that one inside it that leads here again ends.
        referred[reference] = nodes.count
        return try node(target, depth: depth + 1)
    }

    private func pattern(_ value: JSONCursor) throws(SchemaError) -> Pattern? {
        guard let source = value.string else { throw Self.error(value, "expected a text") }
        do throws(PatternError) {
            return try Pattern(source, options: .unicode)
        } catch {
            // Another dialect of expressions than ours: in a request's schema that is the provider's matter.
            guard isStrict else { return nil }
            throw Self.error(value, "\(error)")
        }
    }

    // MARK: Values

    private static func types(_ value: JSONCursor) throws(SchemaError) -> JSONTypes {
        let names = value.kind == .array ? try strings(value) : value.string.map { [$0] } ?? []
        var types: JSONTypes = []
        for name in names {
            guard let type = JSONTypes(name: name) else { throw error(value, "there is no type of that name") }
            types.formUnion(type)
        }
        guard !types.isEmpty else { throw error(value, "expected the name of a type") }
        return types
    }

    private static func members(_ value: JSONCursor) throws(SchemaError) -> [(String, JSONCursor)] {
        guard value.kind == .object else { throw error(value, "expected an object") }
        return value.members.map { ($0.name.string ?? "", $0.value) }
    }

    private static func strings(_ value: JSONCursor) throws(SchemaError) -> [String] {
        let strings = value.elements.compactMap(\.string)
        guard value.kind == .array, strings.count == value.count else { throw error(value, "expected a list of texts") }
        return strings
    }

    private static func bound(
        _ kind: AnswerSchema.Bound.Kind,
        _ value: JSONCursor
    ) throws(SchemaError) -> AnswerSchema.Bound {
        // Gemini's counts are texts of digits.
        guard let number = value.double ?? value.string.flatMap({ Double($0) }), number.isFinite,
            kind != .multipleOf || number > 0
        else { throw error(value, "expected a number") }
        return AnswerSchema.Bound(kind: kind, value: number)
    }

    private static func error(_ place: JSONCursor, _ problem: String) -> SchemaError {
        SchemaError(path: place.path, problem: problem)
    }
}
