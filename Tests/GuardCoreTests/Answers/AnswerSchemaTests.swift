import GuardCore
import JSON
import Testing

/// Schemas, and the JSON that fits them or does not.
@Suite("Schemas of answers")
struct AnswerSchemaTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let schema: String
        let fits: [String]
        let other: [String]

        var testDescription: String { schema }
    }

    static let cases: [Case] = [
        Case(schema: "{}", fits: ["1", "null", #"{"a":[]}"#], other: []),
        Case(schema: #"{"type":"object"}"#, fits: ["{}"], other: ["[]", #""a""#, "1"]),
        Case(schema: #"{"type":"integer"}"#, fits: ["1", "-3", "1.0", "1e2"], other: ["1.5", #""1""#]),
        Case(schema: #"{"type":["string","null"]}"#, fits: [#""a""#, "null"], other: ["1"]),
        Case(schema: #"{"type":"STRING","nullable":true}"#, fits: ["null", #""a""#], other: ["true"]),
        Case(
            schema: #"{"enum":["a",1,{"k":[true]}]}"#,
            fits: [#""a""#, "1.0", #"{ "k" : [true] }"#],
            other: ["2", #"{"k":[]}"#]
        ),
        Case(schema: #"{"const":null}"#, fits: ["null"], other: ["0"]),
        Case(
            schema:
                #"{"type":"object","properties":{"n":{"type":"number"}},"required":["n"],"additionalProperties":false}"#,
            fits: [#"{"n":1}"#],
            other: ["{}", #"{"n":"1"}"#, #"{"n":1,"m":2}"#]
        ),
        Case(schema: #"{"additionalProperties":{"type":"string"}}"#, fits: [#"{"a":"b"}"#, "1"], other: [#"{"a":1}"#]),
        Case(
            schema: #"{"items":{"minimum":1},"minItems":1,"maxItems":2}"#,
            fits: ["[1]", "[1,2]"],
            other: ["[]", "[0]", "[1,1,1]"]
        ),
        Case(
            schema: #"{"prefixItems":[{"type":"string"}],"items":{"type":"number"}}"#,
            fits: [#"["a",1]"#],
            other: ["[1]", #"["a","b"]"#]
        ),
        Case(schema: #"{"minLength":2,"maxLength":3}"#, fits: [#""éé""#, "7"], other: [#""a""#, #""abcd""#]),
        Case(schema: #"{"pattern":"^[A-Z]{3}$"}"#, fits: [#""ABC""#, "1"], other: [#""abc""#]),
        Case(schema: #"{"exclusiveMinimum":0,"exclusiveMaximum":1}"#, fits: ["0.5"], other: ["0", "1"]),
        Case(schema: #"{"multipleOf":0.1}"#, fits: ["0.3", "7"], other: ["0.35"]),
        Case(schema: #"{"anyOf":[{"type":"string"},{"type":"number"}]}"#, fits: ["1", #""a""#], other: ["null"]),
        Case(schema: #"{"oneOf":[{"minimum":1},{"minimum":5}]}"#, fits: ["2"], other: ["0", "6"]),
        Case(schema: #"{"allOf":[{"minimum":1},{"maximum":2}],"not":{"const":2}}"#, fits: ["1"], other: ["2", "3"]),
        Case(
            schema:
                ##"{"$ref":"#/$defs/tree","$defs":{"tree":{"type":"object","properties":{"c":{"type":"array","items":{"$ref":"#/$defs/tree"}}},"required":["c"]}}}"##,
            fits: [#"{"c":[{"c":[]}]}"#],
            other: [#"{"c":[{}]}"#, #"{"c":[1]}"#]
        ),
        Case(schema: #"{"minProperties":1,"maxProperties":1}"#, fits: [#"{"a":1}"#], other: ["{}", #"{"a":1,"b":2}"#]),
        Case(schema: #"{"properties":{"a":false}}"#, fits: ["{}"], other: [#"{"a":1}"#]),
    ]

    @Test("what fits and what does not", arguments: cases)
    func fits(it: Case) throws {
        for text in it.fits { #expect(try AnswerTests.fault(text, schema: it.schema) == nil, "\(text)") }
        for text in it.other { #expect(try AnswerTests.fault(text, schema: it.schema) != nil, "\(text)") }
    }

    @Test(
        "what is no schema, or says more than is known here, is refused where an operator puts it",
        arguments: [
            ("[]", "expected an object"), ("{", "no JSON"), (#"{"type":"text"}"#, "type: there is no type"),
            (#"{"properties":{"a":{"uniqueItems":true}}}"#, "properties.a: uniqueItems is not known here"),
            (#"{"$ref":"https://example.com/s"}"#, "only references within"),
            (##"{"$ref":"#/$defs/none"}"##, "leads nowhere"),
            (#"{"pattern":"("}"#, "pattern: missing"), (#"{"minItems":"many"}"#, "minItems: expected a number"),
            (#"{"anyOf":[]}"#, "anyOf: expected a list"), (#"{"required":[1]}"#, "required: expected a list of texts"),
        ]
    )
    func refused(schema: String, problem: String) {
        let error = #expect(throws: SchemaError.self) { try AnswerSchema(Array(schema.utf8), isStrict: true) }
        #expect(error.map { "\($0)".contains(problem) } == true, "\(error.map { "\($0)" } ?? "")")
    }

    @Test("a schema of a request may say more than is known here")
    func lenient() throws {
        _ = try AnswerSchema(Array(#"{"uniqueItems":true,"x-order":1,"pattern":"(?<a>"}"#.utf8), isStrict: false)
    }

    @Test("schemas that lead to themselves and alternatives of alternatives end")
    func bounded() throws {
        #expect(try AnswerTests.fault("1", schema: ##"{"$ref":"#"}"##) == "$ takes too long to check")
        let inner = (0..<8).map { _ in ##"{"$ref":"#"}"## }.joined(separator: ",")
        let schema = ##"{"anyOf":[\##(inner)],"items":{"$ref":"#"}}"##
        #expect(try AnswerTests.fault("[[[[[[1]]]]]]", schema: schema)?.contains("takes too long") == true)
        let deep = String(repeating: "[", count: 400) + String(repeating: "]", count: 400)
        #expect(try AnswerTests.fault(deep, schema: ##"{"items":{"$ref":"#"}}"##) != nil)
    }
}
