import JSON

/// Writes a JSON Schema with the keywords that Gemini takes and with no other.
///
/// An allow-list: what is not known here never reaches the provider, which refuses a request for one unknown keyword.
/// References are resolved, alternatives and merged schemas brought into `anyOf`, constants and numbers in `enum` into
/// strings. Written again, the outcome stays the same.
struct GeminiSchema {
    /// Schemas nested deeper, references followed included, become plain objects.
    static let depthLimit = 24
    /// A schema that unfolds to more than this many becomes plain objects from there on.
    static let nodeLimit = 4096
    /// A list of properties, alternatives or values is read no further than this.
    static let listLimit = 1024

    /// Whether something that narrows the answer was left out.
    private(set) var isNarrowed = false
    private let root: JSONCursor
    private var nodes = 0
    /// The places of the references that are being followed.
    private var open: [Int] = []

    private init(_ root: JSONCursor) {
        self.root = root
    }

    /// Writes a schema.
    ///
    /// - Returns: The schema, and whether it says less than the client's; `nil` for a tool without parameters, which is
    ///   told by leaving the schema out.
    static func parameters(_ schema: JSONCursor) -> (bytes: [UInt8], isNarrowed: Bool)? {
        var cleaner = GeminiSchema(schema)
        var node = GeminiSchemaNode()
        cleaner.gather(schema, into: &node, depth: 0)
        if node.type == nil, node.alternatives.isEmpty { node.type = "object" }
        guard node.type != "object" || !node.properties.isEmpty else { return nil }
        var writer = JSONWriter(capacity: schema.range.count)
        cleaner.write(node, depth: 0, &writer)
        return (writer.bytes, cleaner.isNarrowed)
    }

    /// Writes the schema of an answer, which may be of any type.
    static func answer(_ schema: JSONCursor) -> (bytes: [UInt8], isNarrowed: Bool) {
        var cleaner = GeminiSchema(schema)
        var writer = JSONWriter(capacity: schema.range.count)
        cleaner.write(schema, depth: 0, &writer)
        return (writer.bytes, cleaner.isNarrowed)
    }

    // MARK: Reading

    private mutating func gather(_ schema: JSONCursor, into node: inout GeminiSchemaNode, depth: Int) {
        guard schema.kind == .object else { return }
        if let reference = schema.member("$ref") { follow(reference, into: &node, depth: depth) }
        for (name, value) in schema.members {
            if name.equals("allOf") {
                for inner in value.elements.prefix(Self.listLimit) where depth < Self.depthLimit {
                    gather(inner, into: &node, depth: depth + 1)
                }
            } else if name.equals("anyOf") || name.equals("oneOf") {
                gather(alternatives: value, into: &node, depth: depth)
            } else if !node.read(name, value), !Self.isSilent(name, value) {
                isNarrowed = true
            }
        }
    }

    private mutating func follow(_ reference: JSONCursor, into node: inout GeminiSchemaNode, depth: Int) {
        guard let target = target(of: reference) else {
            isNarrowed = true
            return
        }
        let place = target.range.lowerBound
        guard depth < Self.depthLimit, nodes < Self.nodeLimit, !open.contains(place) else {
            // It leads back to itself: from here on anything goes.
            isNarrowed = true
            node.isCut = true
            return
        }
        nodes += 1
        node.places.append(place)
        open.append(place)
        gather(target, into: &node, depth: depth + 1)
        open.removeLast()
    }

    private mutating func gather(alternatives: JSONCursor, into node: inout GeminiSchemaNode, depth: Int) {
        var kept: [JSONCursor] = []
        for inner in alternatives.elements.prefix(Self.listLimit) {
            if GeminiSchemaNode.isNull(inner) { node.isNullable = true } else { kept.append(inner) }
        }
        if kept.count == 1, depth < Self.depthLimit {
            gather(kept[0], into: &node, depth: depth + 1)
        } else {
            node.alternatives += kept
        }
    }

    /// The schema that a reference inside the document names.
    private func target(of reference: JSONCursor) -> JSONCursor? {
        guard let text = reference.string, text.hasPrefix("#") else { return nil }
        var target = root
        for step in text.dropFirst().split(separator: "/").prefix(Self.depthLimit) {
            let name = step.replacing("~1", with: "/").replacing("~0", with: "~")
            guard let next = target[String(name)] ?? Int(name).flatMap({ target[$0] }) else { return nil }
            target = next
        }
        return target.kind == .object ? target : nil
    }

    /// Whether a keyword can go without changing which answers fit, or only as all of them must.
    private static func isSilent(_ name: JSONCursor, _ value: JSONCursor) -> Bool {
        if name.equals("additionalProperties") || name.equals("unevaluatedProperties") {
            return value.kind == .boolean || value.count == 0
        }
        let names: [StaticString] = [
            "$ref", "$schema", "$id", "$defs", "$anchor", "$comment", "definitions", "examples", "example", "readOnly",
            "writeOnly", "deprecated", "strict", "contentMediaType", "contentEncoding", "format", "nullable", "title",
        ]
        return names.contains { name.equals($0) } || (name.string?.hasPrefix("x-") ?? false)
    }

    // MARK: Writing

    private mutating func write(_ schema: JSONCursor, depth: Int, _ writer: inout JSONWriter) {
        guard depth < Self.depthLimit, nodes < Self.nodeLimit else {
            isNarrowed = true
            return writer.object { $0.string("type", "OBJECT") }
        }
        nodes += 1
        var node = GeminiSchemaNode()
        gather(schema, into: &node, depth: depth)
        open += node.places
        write(node, depth: depth, &writer)
        open.removeLast(node.places.count)
    }

    private mutating func write(_ node: GeminiSchemaNode, depth: Int, _ writer: inout JSONWriter) {
        var cleaner = self
        writer.object { fields in
            if let type = node.writtenType { fields.string("type", type) }
            node.writeNotes(&fields)
            if !node.alternatives.isEmpty || node.types.count > 1 {
                cleaner.writeAlternatives(node, depth: depth, &fields)
            } else {
                node.writeScalars(&fields)
                cleaner.writeContents(node, depth: depth, &fields)
            }
        }
        isNarrowed = isNarrowed || cleaner.isNarrowed || node.isNarrowed
        nodes = cleaner.nodes
    }

    private mutating func writeAlternatives(_ node: GeminiSchemaNode, depth: Int, _ fields: inout JSONFields) {
        if !node.properties.isEmpty || node.items != nil { isNarrowed = true }
        fields.value("anyOf") { list in
            list.raw(CollectionOfOne(UInt8(ascii: "[")))
            var isFirst = true
            func next(_ list: inout JSONWriter) {
                if !isFirst { list.raw(CollectionOfOne(UInt8(ascii: ","))) }
                isFirst = false
            }
            for alternative in node.alternatives.prefix(Self.listLimit) {
                next(&list)
                write(alternative, depth: depth + 1, &list)
            }
            if node.alternatives.isEmpty {
                for type in node.types {
                    next(&list)
                    var single = node.plain
                    single.type = type
                    write(single, depth: depth + 1, &list)
                }
            }
            list.raw(CollectionOfOne(UInt8(ascii: "]")))
        }
    }

    private mutating func writeContents(_ node: GeminiSchemaNode, depth: Int, _ fields: inout JSONFields) {
        if node.writtenType == "ARRAY" {
            fields.value("items") { writer in
                if let items = node.items {
                    write(items, depth: depth + 1, &writer)
                } else {
                    // An array without them is refused.
                    writer.object { $0.string("type", "STRING") }
                }
            }
        }
        guard node.writtenType == "OBJECT", !node.properties.isEmpty else { return }
        fields.value("properties") { writer in
            writer.object { properties in
                for property in node.properties {
                    properties.value(property.name) { write(property.schema, depth: depth + 1, &$0) }
                }
            }
        }
        let required = node.required.filter { name in node.properties.contains { $0.name == name } }
        if !required.isEmpty { fields.array("required") { items in for name in required { items.string(name) } } }
        let order = node.order.filter { name in node.properties.contains { $0.name == name } }
        if !order.isEmpty {
            fields.array("propertyOrdering") { items in for name in order { items.string(name) } }
        }
    }
}
