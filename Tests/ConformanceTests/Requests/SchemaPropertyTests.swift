import Dialects
import Testing

/// Schemas of tools on their way to Gemini, which refuses a request for one keyword it does not know.
@Suite("Tool schemas for Gemini")
struct SchemaPropertyTests {
    private static let known: Set<String> = [
        "type", "format", "title", "description", "nullable", "enum", "items", "minItems", "maxItems", "properties",
        "required", "propertyOrdering", "minProperties", "maxProperties", "minLength", "maxLength", "pattern",
        "minimum", "maximum", "anyOf", "default",
    ]
    private static let types: Set<String> = ["STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT"]

    /// What a tool's schema becomes; `nil` for a tool without parameters.
    private func cleaned(_ schema: String) throws -> WireValue? {
        let request =
            #"{"model":"m","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f","parameters":\#(schema)}}]}"#
        let body = try RequestFile(.openAIChat, bytes: Array(request.utf8)).translated(.gemini).body
        let declaration = try WireValue(body)["tools"][0]["functionDeclarations"][0]
        #expect(declaration["name"].string == "f")
        return declaration["parameters"].isPresent ? declaration["parameters"] : nil
    }

    private func problems(_ schema: WireValue, _ place: String, _ depth: Int = 0) -> [String] {
        guard depth < 32 else { return ["\(place) is nested deeper than 32"] }
        var found = schema.members.filter { !Self.known.contains($0) }.map { "\(place) has \($0)" }
        if let type = schema["type"].string {
            if !Self.types.contains(type) { found.append("\(place) is of type \(type)") }
        } else if schema["anyOf"].list.isEmpty {
            found.append("\(place) has no type")
        }
        for name in schema["properties"].members {
            found += problems(schema["properties"][name], "\(place).\(name)", depth + 1)
        }
        for name in schema["required"].list.compactMap(\.string) where !schema["properties"][name].isPresent {
            found.append("\(place) requires \(name), which it has not")
        }
        for (index, inner) in schema["anyOf"].list.enumerated() {
            found += problems(inner, "\(place)|\(index)", depth + 1)
        }
        if schema["items"].isPresent { found += problems(schema["items"], "\(place)[]", depth + 1) }
        if schema["type"].string == "ARRAY", !schema["items"].isObject { found.append("\(place) has no items") }
        let values = schema["enum"].list
        if schema["enum"].isPresent, values.isEmpty || !values.allSatisfy({ $0.string?.isEmpty == false }) {
            found.append("\(place) has values that are no strings")
        }
        return found
    }

    @Test("200 schemas lose every unknown keyword, and cleaning them twice changes nothing")
    func schemas() throws {
        var shapes: Set<String> = []
        for seed in 1...200 {
            var generator = SchemaGenerator(seed: UInt64(seed))
            let schema = generator.tool()
            shapes.insert(schema)
            guard let once = try cleaned(schema) else { continue }
            #expect(problems(once, "seed \(seed)") == [])
            let twice = try cleaned(once.canonical)
            #expect(twice?.canonical == once.canonical, "seed \(seed): \(schema)")
        }
        #expect(shapes.count > 190)
    }
}
