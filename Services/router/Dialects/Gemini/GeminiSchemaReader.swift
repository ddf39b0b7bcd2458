import JSON

/// Says a schema of Gemini's dialect as JSON Schema.
///
/// Google's own has types in upper case, `nullable`, counts as strings, and an order of properties that JSON Schema has
/// no word for.
enum GeminiSchemaReader {
    /// - Returns: The schema; `nil` when it is no object.
    static func read(_ schema: JSONCursor) -> JSONCursor? {
        guard schema.kind == .object else { return nil }
        var writer = JSONWriter(capacity: schema.range.count + 64)
        write(schema, depth: 0, &writer)
        return try? JSONDocument(writer.bytes).root
    }

    private static func write(_ schema: JSONCursor, depth: Int, _ writer: inout JSONWriter) {
        guard schema.kind == .object, depth < GeminiSchema.depthLimit else { return writer.raw(schema) }
        let isNullable = schema.member("nullable")?.boolean == true
        writer.object { fields in
            for (name, value) in schema.members {
                guard let text = name.string else { continue }
                switch text {
                case "nullable", "propertyOrdering", "property_ordering", "example": continue
                case "type": write(type: value, isNullable: isNullable, &fields)
                case "properties":
                    fields.object("properties") { properties in
                        for (name, inner) in value.members {
                            guard let name = name.string else { continue }
                            properties.value(name) { write(inner, depth: depth + 1, &$0) }
                        }
                    }
                case "items": fields.value("items") { write(value, depth: depth + 1, &$0) }
                case "anyOf", "any_of":
                    fields.array("anyOf") { items in
                        for inner in value.elements { items.value { write(inner, depth: depth + 1, &$0) } }
                        if isNullable { items.object { $0.string("type", "null") } }
                    }
                case "enum":
                    fields.array("enum") { items in
                        for element in value.elements { items.raw(element) }
                        if isNullable { items.null() }
                    }
                case "minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties":
                    if let count = value.looseInteger { fields.integer(text, count) }
                case "format" where value.equals("enum"): continue
                default: fields.raw(text, value)
                }
            }
        }
    }

    private static func write(type: JSONCursor, isNullable: Bool, _ fields: inout JSONFields) {
        guard let word = type.string?.lowercased() else { return fields.raw("type", type) }
        guard word != "type_unspecified" else { return }
        guard isNullable else { return fields.string("type", word) }
        fields.array("type") { items in
            items.string(word)
            items.string("null")
        }
    }
}
