import TestSupport

/// Makes tool schemas of the shapes that tool servers send: what Pydantic, Zod, hand-written JSON Schema and generators
/// from OpenAPI lead to, mixed and nested.
struct SchemaGenerator {
    private var random: SeededGenerator
    private var definitions: [(name: String, schema: String)] = []
    /// Where definitions stand in this schema, as its library has it.
    private var place = "$defs"

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    /// A tool's whole schema.
    mutating func tool() -> String {
        definitions = []
        place = random.pick(["$defs", "definitions"])
        for name in ["Node", "Filter", "Range"].prefix(random.number(0...3)) {
            definitions.append((name, "{}"))
            let place = definitions.count - 1
            definitions[place].schema = object(depth: 1, extra: #""title":"\#(name)""#)
        }
        var extra: [String] = []
        if random.oneIn(2) { extra.append(#""$schema":"http://json-schema.org/draft-07/schema#""#) }
        if random.oneIn(4) { extra.append(#""$id":"https://example.com/tool.json""#) }
        if !definitions.isEmpty {
            let list = definitions.map { #""\#($0.name)":\#($0.schema)"# }.joined(separator: ",")
            extra.append(#""\#(place)":{\#(list)}"#)
        }
        if random.oneIn(6) { extra.append(#""$comment":"made by a tool""#) }
        return object(depth: 0, extra: extra.joined(separator: ","))
    }

    private static let names = [
        "path", "query", "limit", "owner-id", "include_deleted", "filter", "items", "type", "enum", "properties",
        "$ref",
        "default", "größe", "createdAt", "x-trace",
    ]

    private mutating func object(depth: Int, extra: String) -> String {
        var names = Self.names
        names.shuffle(using: &random)
        let properties = names.prefix(random.number(depth == 0 ? 0...6 : 1...4))
            .map { #""\#($0)":\#(schema(depth: depth + 1))"# }
        var members = [#""type":"object""#, #""properties":{\#(properties.joined(separator: ","))}"#]
        if random.oneIn(2) { members.append(#""required":["\#(names[0])","no-such"]"#) }
        if random.oneIn(2) { members.append(#""additionalProperties":\#(random.pick(["false", "true", "{}"]))"#) }
        if random.oneIn(8) { members.append(#""additionalProperties":{"type":"string"}"#) }
        if random.oneIn(8) { members.append(#""patternProperties":{"^x-":{"type":"string"}}"#) }
        if random.oneIn(10) { members.append(#""minProperties":1,"propertyNames":{"pattern":"^[a-z]+$"}"#) }
        if random.oneIn(10) { members.append(#""dependentRequired":{"path":["query"]}"#) }
        if random.oneIn(10) {
            members.append(#""if":{"properties":{"type":{"const":"a"}}},"then":{"required":["path"]},"else":{}"#)
        }
        if !extra.isEmpty { members.append(extra) }
        return "{" + members.joined(separator: ",") + "}"
    }

    private mutating func schema(depth: Int) -> String {
        guard depth < 6 else { return #"{"type":"string"}"# }
        switch random.number(0...17) {
        case 0, 1: return string()
        case 2: return number()
        case 3: return decorated(#""type":"boolean","default":\#(random.pick(["true", "false", "null"]))"#)
        case 4:
            return decorated(#""type":"array","items":\#(schema(depth: depth + 1)),"minItems":1,"uniqueItems":true"#)
        case 5:
            return decorated(
                #""type":"array","prefixItems":[\#(schema(depth: depth + 1)),{"type":"number"}],"items":false"#
            )
        case 6: return decorated(#""type":"array","items":[\#(schema(depth: depth + 1)),{"type":"string"}]"#)
        case 7: return object(depth: depth, extra: #""description":"Nested.""#)
        // Pydantic's Optional, Zod's nullable, OpenAPI's nullable.
        case 8: return decorated(#""anyOf":[\#(schema(depth: depth + 1)),{"type":"null"}],"default":null"#)
        case 9: return decorated(#""type":["string","null"],"maxLength":"40""#)
        case 10: return decorated(#""type":"string","nullable":true,"enum":["a","b",null]"#)
        case 11: return reference()
        // A union told apart by a constant.
        case 12:
            return
                #"{"oneOf":[\#(variant("a", depth)),\#(variant("b", depth))],"discriminator":{"propertyName":"kind"}}"#
        case 13: return #"{"allOf":[\#(reference()),\#(schema(depth: depth + 1))],"description":"Merged."}"#
        case 14: return decorated(#""const":\#(random.pick(["\"fixed\"", "7", "true", "null"]))"#)
        case 15:
            return decorated(
                #""enum":[\#(random.pick(["1,2,3", "\"asc\",\"desc\"", "true,false", "\"a\",1,null", "\"\",\"x\""]))]"#
            )
        case 16:
            return random.pick([
                "{}", "true", #"{"description":"Anything."}"#, #"{"type":["string","integer","array"]}"#,
            ])
        default: return #"{"anyOf":[\#(schema(depth: depth + 1)),\#(schema(depth: depth + 1))]}"#
        }
    }

    private mutating func variant(_ kind: String, _ depth: Int) -> String {
        #"{"type":"object","properties":{"kind":{"const":"\#(kind)"},"value":\#(schema(depth: depth + 2))},"required":["kind"]}"#
    }

    private mutating func reference() -> String {
        var targets = definitions.map { "#/\(place)/\($0.name)" }
        targets += ["#", "#/$defs/Missing", "https://example.com/other.json"]
        return #"{"$ref":"\#(random.pick(targets))"}"#
    }

    private mutating func string() -> String {
        decorated(
            random.pick([
                #""type":"string""#, #""type":"string","format":"uri""#, #""type":"string","format":"date-time""#,
                #""type":"string","pattern":"^\\d{4}$","minLength":1,"maxLength":10"#,
                #""type":"string","contentEncoding":"base64","contentMediaType":"image/png""#,
                #""type":"string","format":"uuid","examples":["x"],"deprecated":true"#,
            ])
        )
    }

    private mutating func number() -> String {
        decorated(
            random.pick([
                #""type":"integer","minimum":0,"maximum":100,"default":10"#,
                #""type":"number","exclusiveMinimum":0,"multipleOf":0.5"#,
                #""type":"integer","format":"int64","exclusiveMaximum":9007199254740991"#,
                #""type":["integer","null"],"minimum":-1"#,
            ])
        )
    }

    private mutating func decorated(_ members: String) -> String {
        var all = [members]
        if random.oneIn(2) { all.append(#""description":"What it \"is\".\nSecond line.""#) }
        if random.oneIn(4) { all.append(#""title":"A Title""#) }
        if random.oneIn(10) { all.append(#""x-order":3,"readOnly":true"#) }
        return "{" + all.joined(separator: ",") + "}"
    }
}
