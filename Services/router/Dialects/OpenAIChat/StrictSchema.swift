import JSON

/// Whether a schema is one that OpenAI takes as strict: every object closed, every property required.
enum StrictSchema {
    static func allows(_ schema: JSONCursor) -> Bool {
        guard schema.kind == .object else { return schema.kind != .array }
        if let properties = schema.member("properties"), properties.kind == .object {
            guard schema.member("additionalProperties")?.boolean == false,
                schema.member("required")?.count == properties.count
            else { return false }
            for (_, property) in properties.members where !allows(property) { return false }
        } else if schema.member("type")?.equals("object") == true {
            return false
        }
        if let items = schema.member("items"), !allows(items) { return false }
        for list in [schema.member("anyOf"), schema.member("$defs"), schema.member("definitions")] {
            guard let list else { continue }
            for inner in list.elements where !allows(inner) { return false }
            for (_, inner) in list.members where !allows(inner) { return false }
        }
        return schema.member("oneOf") == nil && schema.member("allOf") == nil
    }
}
