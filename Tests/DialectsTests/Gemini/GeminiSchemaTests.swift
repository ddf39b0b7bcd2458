import Dialects
import JSON
import Testing

@Suite("Schemas for Gemini")
struct GeminiSchemaTests {
    /// What Google's `Schema` has.
    private static let known: Set<String> = [
        "type", "format", "title", "description", "nullable", "enum", "maxItems", "minItems", "properties", "required",
        "minProperties", "maxProperties", "minLength", "maxLength", "pattern", "anyOf", "propertyOrdering", "default",
        "items", "minimum", "maximum",
    ]

    private func cleaned(_ schema: String) throws -> (root: JSONCursor?, lossy: [String]) {
        let (root, lossy, _) = try GeminiSample.request(
            #"{"model":"m","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f","parameters":\#(schema)}}]}"#,
            from: .openAIChat,
            to: .gemini
        )
        return (root["tools"]?[0]?["functionDeclarations"]?[0]?["parameters"], lossy)
    }

    private func check(_ schema: JSONCursor, _ depth: Int = 0) {
        #expect(depth < 40)
        for (name, value) in schema.members {
            let name = name.string ?? ""
            #expect(Self.known.contains(name), "\(name)")
            switch name {
            case "properties": for (_, inner) in value.members { check(inner, depth + 1) }
            case "items": check(value, depth + 1)
            case "anyOf": for inner in value.elements { check(inner, depth + 1) }
            case "enum": #expect(value.elements.allSatisfy { $0.kind == .string && $0.string != "" })
            case "required":
                #expect(value.elements.allSatisfy { schema["properties"]?[$0.string ?? ""] != nil })
            default: break
            }
        }
        if schema["type"]?.string == "ARRAY" { #expect(schema["items"] != nil) }
        if schema["anyOf"] == nil { #expect(schema["type"]?.string != nil) }
    }

    @Test(
        "each rule by itself",
        arguments: [
            (#"{"const":"x"}"#, #"{"type":"STRING","enum":["x"]}"#),
            (#"{"enum":[1,2,null]}"#, #"{"type":"STRING","nullable":true,"enum":["1","2"]}"#),
            (#"{"type":["string","null"]}"#, #"{"type":"STRING","nullable":true}"#),
            (#"{"type":["string","integer"]}"#, #"{"anyOf":[{"type":"STRING"},{"type":"INTEGER"}]}"#),
            (#"{"type":"array"}"#, #"{"type":"ARRAY","items":{"type":"STRING"}}"#),
            (#"{"anyOf":[{"type":"string"},{"type":"null"}]}"#, #"{"type":"STRING","nullable":true}"#),
            (
                #"{"oneOf":[{"type":"string"},{"type":"number"}],"description":"d"}"#,
                #"{"description":"d","anyOf":[{"type":"STRING"},{"type":"NUMBER"}]}"#
            ),
            (
                #"{"allOf":[{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]},{"properties":{"b":{}}}]}"#,
                #"{"type":"OBJECT","properties":{"a":{"type":"STRING"},"b":{"type":"STRING"}},"required":["a"]}"#
            ),
            (#"{"type":"string","format":"uri","minLength":"2"}"#, #"{"type":"STRING","minLength":2}"#),
            (#"{"type":"string","format":"date-time"}"#, #"{"type":"STRING","format":"date-time"}"#),
            (
                #"{"type":"integer","exclusiveMinimum":0,"multipleOf":2,"maximum":9}"#,
                #"{"type":"INTEGER","maximum":9}"#
            ),
            (##"{"$ref":"#/$defs/a","description":"mine"}"##, ##"{"type":"BOOLEAN","description":"mine"}"##),
            (#"true"#, #"{"type":"STRING"}"#),
        ]
    )
    func rules(schema: String, expected: String) throws {
        let (root, _) = try cleaned(
            #"{"type":"object","properties":{"p":\#(schema)},"$defs":{"a":{"type":"boolean","description":"theirs"}}}"#
        )
        #expect(root?["properties"]?["p"]?.json == expected)
    }

    @Test("what leads back to itself ends, and what unfolds without end is bounded")
    func recursion() throws {
        let (tree, lossy) = try cleaned(
            ##"{"$defs":{"node":{"type":"object","properties":{"name":{"type":"string"},"children":{"type":"array","items":{"$ref":"#/$defs/node"}}}}},"type":"object","properties":{"root":{"$ref":"#/$defs/node"},"self":{"$ref":"#"}}}"##
        )
        check(try #require(tree))
        #expect(lossy == ["tools[].parameters"])
        var definitions: [String] = []
        for level in 0..<30 {
            let next = ##"{"$ref":"#/$defs/l\##(level + 1)"}"##
            definitions.append(
                #""l\#(level)":{"type":"object","properties":{"a":\#(next),"b":\#(next),"c":\#(next)}}"#
            )
        }
        definitions.append(#""l30":{"type":"string"}"#)
        let (wide, _) = try cleaned(
            ##"{"type":"object","properties":{"x":{"$ref":"#/$defs/l0"}},"$defs":{\##(definitions.joined(separator: ","))}}"##
        )
        #expect(try #require(wide).raw.count < 1 << 20)
        let deep = String(repeating: #"{"type":"array","items":"#, count: 60) + "{}" + String(repeating: "}", count: 60)
        check(try #require(try cleaned(#"{"type":"object","properties":{"d":\#(deep)}}"#).root))
    }

    @Test("200 schemas as tools have them: no unknown keyword, and the same when cleaned again")
    func corpus() throws {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<200 {
            let schema =
                ##"{"$schema":"http://json-schema.org/draft-07/schema##","type":"object","properties":{"a":\##(Self.random(&generator, 4)),"b":\##(Self.random(&generator, 3))},"required":["a","zz"],"additionalProperties":false,"$defs":{"d0":\##(Self.random(&generator, 2)),"d1":{"type":"object","properties":{"again":{"$ref":"#/$defs/d1"}}}}}"##
            let once = try #require(try cleaned(schema).root)
            check(once)
            #expect(try cleaned(once.json).root?.json == once.json)
        }
    }

    /// A schema of the kinds that tools have.
    private static func random(_ generator: inout SeededGenerator, _ depth: Int) -> String {
        let notes = [#""description":"d é","#, #""title":"t","examples":[1],"#, #""x-order":1,"deprecated":true,"#, ""]
        let note = notes.randomElement(using: &generator) ?? ""
        switch Int.random(in: 0..<(depth > 0 ? 14 : 7), using: &generator) {
        case 0: return #"{\#(note)"type":"string","minLength":1,"pattern":"^a","format":"email"}"#
        case 1: return #"{\#(note)"type":"integer","exclusiveMinimum":0,"multipleOf":5,"default":3}"#
        case 2: return #"{\#(note)"type":["number","null"],"minimum":0.5}"#
        case 3: return #"{\#(note)"enum":["a",1,true,null]}"#
        case 4: return #"{\#(note)"const":"only"}"#
        case 5: return ##"{\##(note)"$ref":"#/$defs/d\##(Int.random(in: 0..<3, using: &generator))"}"##
        case 6: return #"{\#(note)"type":"boolean","nullable":true}"#
        case 7:
            return
                #"{\#(note)"type":"array","items":\#(random(&generator, depth - 1)),"uniqueItems":true,"minItems":1}"#
        case 8: return #"{\#(note)"type":"array","items":[\#(random(&generator, depth - 1)),{"type":"string"}]}"#
        case 9:
            return
                #"{\#(note)"anyOf":[\#(random(&generator, depth - 1)),{"type":"null"},\#(random(&generator, depth - 1))]}"#
        case 10: return #"{\#(note)"oneOf":[\#(random(&generator, depth - 1)),\#(random(&generator, depth - 1))]}"#
        case 11:
            return
                #"{\#(note)"allOf":[\#(random(&generator, depth - 1)),{"properties":{"m":\#(random(&generator, depth - 1))}}]}"#
        case 12:
            return
                #"{\#(note)"type":"object","patternProperties":{"^a":{}},"properties":{"k":\#(random(&generator, depth - 1)),"l":\#(random(&generator, depth - 1))},"required":["l","k"],"if":{},"then":{}}"#
        default: return #"{\#(note)"type":"object","additionalProperties":\#(random(&generator, depth - 1))}"#
        }
    }
}
