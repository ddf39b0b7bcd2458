package import JSON

extension Schema {
    /// Writes the schema; named objects are referred to, not repeated.
    package func write(to writer: inout JSONWriter) {
        writer.object { writeMembers(to: &$0) }
    }

    /// Writes the definition that references lead to.
    package func writeDefinition(to writer: inout JSONWriter) {
        guard let (_, summary, members) = object else { return write(to: &writer) }
        writer.object { fields in
            fields.string("type", "object")
            fields.string("description", summary)
            fields.object("properties") { properties in
                for member in members {
                    properties.value(member.name) { member.write(to: &$0) }
                }
            }
            let required = members.filter { $0.presence == .required }.map(\.name)
            if !required.isEmpty { fields.strings("required", required) }
        }
    }

    fileprivate func writeMembers(to fields: inout JSONFields) {
        switch shape {
        case .any: break
        case .boolean: fields.string("type", "boolean")
        case .integer: fields.string("type", "integer")
        case .number: fields.string("type", "number")
        case .string(let examples, let isClosed):
            fields.string("type", "string")
            if !examples.isEmpty { fields.strings(isClosed ? "enum" : "examples", examples) }
        case .array(let element):
            fields.string("type", "array")
            fields.value("items") { element.write(to: &$0) }
        case .map(let value):
            fields.string("type", "object")
            fields.value("additionalProperties") { value.write(to: &$0) }
        case .object(let name, _, _):
            fields.string("$ref", "#/components/schemas/\(name)")
        }
    }

    /// The objects that the schema refers to, itself included, each once.
    package func collectObjects(into definitions: inout [String: Schema]) {
        switch shape {
        case .any, .boolean, .integer, .number, .string: break
        case .array(let element), .map(let element): element.collectObjects(into: &definitions)
        case .object(let name, _, let members):
            guard definitions.updateValue(self, forKey: name) == nil else { return }
            for member in members { member.schema.collectObjects(into: &definitions) }
        }
    }
}

extension Schema.Member {
    /// Writes the member's schema with what the member is for.
    func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("description", summary)
            writeSchema(to: &fields)
        }
    }

    /// Writes the members of the member's schema, null allowed where it is.
    private func writeSchema(to fields: inout JSONFields) {
        guard presence == .nullable else { return schema.writeMembers(to: &fields) }
        fields.array("anyOf") { choices in
            choices.value { schema.write(to: &$0) }
            choices.object { $0.string("type", "null") }
        }
    }

    /// Writes the schema alone.
    func writeSchema(to writer: inout JSONWriter) {
        writer.object { writeSchema(to: &$0) }
    }
}
