import JSON

/// One schema with all that is merged into it, in the words that Gemini has.
struct GeminiSchemaNode {
    /// Lower case; several where the schema names several.
    var types: [String] = []
    var isNullable = false
    var properties: [(name: String, schema: JSONCursor)] = []
    var required: [String] = []
    var order: [String] = []
    var items: JSONCursor?
    var alternatives: [JSONCursor] = []
    /// The places of the references that were followed for it.
    var places: [Int] = []
    /// Whether a reference was not followed any more.
    var isCut = false
    /// Whether something that narrows the answer was left out.
    private(set) var isNarrowed = false
    private var description: WireText?
    private var title: WireText?
    private var format: String?
    private var values: [String] = []
    private var numbers: [(name: StaticString, value: JSONCursor)] = []
    private var counts: [(name: StaticString, value: Int)] = []
    private var pattern: WireText?
    private var fallback: JSONCursor?

    var type: String? {
        get { types.first }
        set { types = newValue.map { [$0] } ?? [] }
    }

    /// The same without what only some types have, for one alternative among types.
    var plain: GeminiSchemaNode {
        var node = self
        node.description = nil
        node.title = nil
        node.isNullable = false
        node.fallback = nil
        return node
    }

    // MARK: Reading

    /// Takes a keyword.
    ///
    /// - Returns: False for one that Gemini does not have.
    mutating func read(_ name: JSONCursor, _ value: JSONCursor) -> Bool {
        if name.equals("type") {
            read(type: value)
        } else if name.equals("properties") {
            for (name, schema) in value.members.prefix(GeminiSchema.listLimit) {
                guard let name = name.string else { continue }
                if let place = properties.firstIndex(where: { $0.name == name }) {
                    properties[place].schema = schema
                } else {
                    properties.append((name, schema))
                }
            }
        } else if name.equals("required") {
            for name in Self.strings(value) where !required.contains(name) { required.append(name) }
        } else if name.equals("propertyOrdering") {
            order = Self.strings(value)
        } else if name.equals("items") || name.equals("prefixItems") {
            read(items: value)
        } else if name.equals("enum") {
            for element in value.elements.prefix(GeminiSchema.listLimit) { read(value: element) }
        } else if name.equals("const") {
            read(value: value)
        } else if name.equals("description") {
            description = WireText(value) ?? description
        } else if name.equals("title") {
            title = WireText(value) ?? title
        } else if name.equals("format") {
            format = value.string ?? format
        } else if name.equals("nullable") {
            if value.boolean == true { isNullable = true }
        } else if name.equals("pattern") {
            pattern = WireText(value) ?? pattern
        } else if name.equals("default") {
            fallback = value
        } else {
            return readBound(name, value)
        }
        return true
    }

    private mutating func readBound(_ name: JSONCursor, _ value: JSONCursor) -> Bool {
        for known: StaticString in ["minimum", "maximum"] where name.equals(known) {
            if value.kind == .number { numbers.append((known, value)) }
            return true
        }
        let names: [StaticString] = [
            "minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties",
        ]
        for known in names where name.equals(known) {
            if let count = value.looseInteger, count >= 0 { counts.append((known, count)) }
            return true
        }
        return false
    }

    private mutating func read(type: JSONCursor) {
        for element in type.listed.prefix(8) {
            guard let word = element.string?.lowercased() else { continue }
            if word == "null" {
                isNullable = true
            } else if Self.known.contains(word), !types.contains(word) {
                types.append(word)
            }
        }
        // A whole number is a number.
        if types.contains("number") { types.removeAll { $0 == "integer" } }
    }

    /// The one form of all items; of several only that there are some.
    private mutating func read(items value: JSONCursor) {
        let list = value.kind == .array ? Array(value.elements.prefix(2)) : [value]
        if list.count > 1 { isNarrowed = true }
        items = list.first ?? items
        if types.isEmpty { types = ["array"] }
    }

    private mutating func read(value: JSONCursor) {
        switch value.kind {
        case .null: isNullable = true
        case .string:
            // An empty one is refused.
            guard let text = value.string, !text.isEmpty, !values.contains(text) else { return }
            values.append(text)
        case .number, .boolean, .object, .array:
            let text = String(decoding: value.raw, as: UTF8.self)
            isNarrowed = true
            if !values.contains(text) { values.append(text) }
        }
    }

    private static let known: Set<String> = ["object", "array", "string", "number", "integer", "boolean"]

    private static func strings(_ list: JSONCursor) -> [String] {
        list.elements.prefix(GeminiSchema.listLimit).compactMap(\.string)
    }

    /// Whether a schema allows nothing but null.
    static func isNull(_ schema: JSONCursor) -> Bool {
        if let type = schema.member("type") {
            return type.equals("null") || (type.count == 1 && type[0]?.equals("null") == true)
        }
        return schema.member("const")?.isNull == true
    }

    // MARK: Writing

    /// The type in Google's spelling; `nil` beside alternatives.
    var writtenType: String? {
        if !alternatives.isEmpty || types.count > 1 { return nil }
        if !values.isEmpty { return "STRING" }
        if let type { return type.uppercased() }
        if !properties.isEmpty || isCut { return "OBJECT" }
        return items == nil ? "STRING" : "ARRAY"
    }

    func writeNotes(_ fields: inout JSONFields) {
        if let title, !title.isEmpty { fields.text("title", title) }
        if let description, !description.isEmpty { fields.text("description", description) }
        if isNullable { fields.boolean("nullable", true) }
        if let fallback { fields.raw("default", fallback) }
    }

    func writeScalars(_ fields: inout JSONFields) {
        let type = writtenType
        if let format = writtenFormat(type) { fields.string("format", format) }
        if !values.isEmpty { fields.array("enum") { items in for value in values { items.string(value) } } }
        if type == "STRING", values.isEmpty, let pattern { fields.text("pattern", pattern) }
        if type == "NUMBER" || type == "INTEGER" {
            for (name, value) in Self.last(numbers) { fields.raw(name, value) }
        }
        let fitting: [StaticString]
        switch type {
        case "STRING" where values.isEmpty: fitting = ["minLength", "maxLength"]
        case "ARRAY": fitting = ["minItems", "maxItems"]
        case "OBJECT": fitting = ["minProperties", "maxProperties"]
        default: fitting = []
        }
        for (name, value) in Self.last(counts) where fitting.contains(where: { Self.same($0, name) }) {
            fields.integer(name, value)
        }
    }

    private func writtenFormat(_ type: String?) -> String? {
        guard let format else { return nil }
        let allowed: [String]
        switch type {
        case "STRING": allowed = values.isEmpty ? ["date-time"] : ["enum"]
        case "NUMBER": allowed = ["float", "double"]
        case "INTEGER": allowed = ["int32", "int64"]
        default: allowed = []
        }
        return allowed.contains(format) ? format : nil
    }

    /// Each keyword once: of merged schemas the last.
    private static func last<Value>(
        _ list: [(name: StaticString, value: Value)]
    ) -> [(name: StaticString, value: Value)] {
        var kept: [(name: StaticString, value: Value)] = []
        for item in list {
            if let place = kept.firstIndex(where: { same($0.name, item.name) }) {
                kept[place] = item
            } else {
                kept.append(item)
            }
        }
        return kept
    }

    private static func same(_ left: StaticString, _ right: StaticString) -> Bool {
        left.description == right.description
    }
}
