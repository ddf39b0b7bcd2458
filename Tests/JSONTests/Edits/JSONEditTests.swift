import JSON
import Testing

@Suite("Edits")
struct JSONEditTests {
    static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    static func apply(_ text: String, _ edits: (JSONCursor) throws -> [JSONEdit?]) throws -> String {
        let document = try JSONDocument(bytes(text))
        return String(decoding: try document.applying(try edits(document.root).compactMap { $0 }), as: UTF8.self)
    }

    @Test("a replaced value leaves every other byte alone")
    func replace() throws {
        let text = "{ \"model\" : \"a/b\" ,\n\t\"n\": 1.50 , \"m\":[ ] }"
        let outcome = try Self.apply(text) { root in
            [
                .replace(try root.required("m"), with: Self.bytes("[1]")),
                .replace(try root.required("model"), withString: "x\"y\n/é"),
            ]
        }
        #expect(outcome == "{ \"model\" : \"x\\\"y\\n/é\" ,\n\t\"n\": 1.50 , \"m\":[1] }")
    }

    @Test("no edits leave the document as it is")
    func nothing() throws {
        #expect(try Self.apply(" [1, 2] ") { _ in [] } == " [1, 2] ")
    }

    @Test(
        "members are added at the end, and to an empty object without a comma",
        arguments: [
            ("{}", "{\"a\":1,\"b\":2}"), ("{ }", "{ \"a\":1,\"b\":2}"), ("{\"x\":0 }", "{\"x\":0 ,\"a\":1,\"b\":2}"),
        ]
    )
    func insert(text: String, expected: String) throws {
        let outcome = try Self.apply(text) { root in
            [.insertMember("a", Self.bytes("1"), into: root), .insertMember("b", Self.bytes("2"), into: root)]
        }
        #expect(outcome == expected)
    }

    @Test(
        "elements are added at the end, and to an empty array without a comma",
        arguments: [("[]", "[1,2]"), ("[ 0 ]", "[ 0 ,1,2]")]
    )
    func append(text: String, expected: String) throws {
        let outcome = try Self.apply(text) { root in
            [.appendElement(Self.bytes("1"), to: root), .appendElement(Self.bytes("2"), to: root)]
        }
        #expect(outcome == expected)
    }

    @Test("an inserted name is escaped")
    func escapedName() throws {
        #expect(try Self.apply("{}") { [.insertMember("a\"\n", Self.bytes("1"), into: $0)] } == #"{"a\"\n":1}"#)
    }

    @Test(
        "a removed member takes its comma, wherever it stands",
        arguments: [
            (["a"], "{ \"b\" : 2 , \"c\" : 3 }"),
            (["b"], "{ \"a\" : 1 , \"c\" : 3 }"),
            (["c"], "{ \"a\" : 1 , \"b\" : 2 }"),
            (["a", "b"], "{ \"c\" : 3 }"),
            (["b", "c"], "{ \"a\" : 1 }"),
            (["c", "a"], "{ \"b\" : 2 }"),
            (["a", "b", "c"], "{  }"),
            (["b", "b"], "{ \"a\" : 1 , \"c\" : 3 }"),
        ] as [([String], String)]
    )
    func remove(names: [String], expected: String) throws {
        let outcome = try Self.apply("{ \"a\" : 1 , \"b\" : 2 , \"c\" : 3 }") { root in
            names.map { .removeMember($0, from: root) }
        }
        #expect(outcome == expected)
    }

    @Test("every member of a removed name goes, whatever its spelling and whatever stands between")
    func removeDuplicates() throws {
        let text = #"{"a":1,"x":[ 0 ],"\u0061":2,"y":1.0,"a":3}"#
        #expect(try Self.apply(text) { [.removeMember("a", from: $0)] } == #"{"x":[ 0 ],"y":1.0}"#)
        let outcome = try Self.apply(text) { root in
            [
                .removeMember("a", from: root), .replace(try root.required("x"), with: Self.bytes("9")),
                .insertMember("z", Self.bytes("0"), into: root),
            ]
        }
        #expect(outcome == #"{"x":9,"y":1.0,"z":0}"#)
        let edit = try #require(JSONEdit.removeMember("a", from: try parse(text)))
        #expect(edit.range == 1..<text.utf8.count - 1)
        #expect(edit.replacement == Self.bytes(#""x":[ 0 ],"y":1.0"#))
    }

    @Test("all members may go while others come")
    func exchange() throws {
        let outcome = try Self.apply(#"{"a":1,"b":{"c":2}}"#) { root in
            [
                .insertMember("d", Self.bytes("4"), into: root),
                .removeMember("a", from: root),
                .removeMember("b", from: root),
                .insertMember("e", Self.bytes("5"), into: root),
            ]
        }
        #expect(outcome == #"{"d":4,"e":5}"#)
    }

    @Test("there is no edit for a member or element that is not there")
    func missing() throws {
        let root = try parse(#"{"a":[1]}"#)
        #expect(JSONEdit.removeMember("b", from: root) == nil)
        #expect(JSONEdit.removeMember("a", from: try root.required("a")) == nil)
        #expect(JSONEdit.removeElement(at: 1, from: try root.required("a")) == nil)
        #expect(JSONEdit.removeElement(at: 0, from: root) == nil)
        #expect(try Self.apply("[1]") { [.insertMember("a", Self.bytes("1"), into: $0)] } == "[1]")
        #expect(try Self.apply("{}") { [.appendElement(Self.bytes("1"), to: $0)] } == "{}")
    }

    @Test("edits may come in any order and may touch")
    func order() throws {
        let document = try JSONDocument(Self.bytes("[12,34]"))
        let edits = [
            JSONEdit(range: 6..<6, replacement: Self.bytes(",5")),
            JSONEdit(range: 2..<3, replacement: Self.bytes("b")),
            JSONEdit(range: 1..<2, replacement: Self.bytes("a")),
            JSONEdit(range: 1..<1, replacement: Self.bytes("x")),
            JSONEdit(range: 1..<1, replacement: Self.bytes("y")),
            JSONEdit(range: 7..<7, replacement: Self.bytes("!")),
            JSONEdit(range: 0..<0, replacement: Self.bytes("?")),
        ]
        #expect(try document.applying(edits) == Self.bytes("?[xyab,34,5]!"))
        #expect(document.splicedCount(edits) == 13)
    }

    @Test("edits of the same bytes and edits past the end are refused, and nothing is handed over")
    func conflicts() throws {
        let document = try JSONDocument(Self.bytes(#"{"a":[1,2]}"#))
        let inner = try #require(document.root["a"])
        let element = try #require(inner[0])
        let overlap = [JSONEdit.replace(element, with: [0x39]), .replace(inner, with: [0x30])]
        #expect(throws: JSONEditError.overlapping(at: 6)) { try document.applying(overlap) }
        #expect(throws: JSONEditError.overlapping(at: 6)) {
            try document.withPieces(overlap) { _ in Issue.record("a piece of a refused edit") }
        }
        #expect(document.splicedCount(overlap) == document.bytes.count)
        #expect(throws: JSONEditError.overlapping(at: 6)) {
            try document.applying([.replace(element, with: [0x39]), .replace(element, with: [0x38])])
        }
        #expect(throws: JSONEditError.outOfBounds(at: 11)) {
            try document.applying([JSONEdit(range: 11..<12, replacement: [])])
        }
        #expect(throws: JSONEditError.outOfBounds(at: -1)) {
            try document.applying([JSONEdit(range: -1..<0, replacement: [])])
        }
        #expect(try document.applying([JSONEdit(range: 11..<11, replacement: [0x20])]).count == 12)
    }

    @Test("an edit made for another document never crashes")
    func foreign() throws {
        let large = try parse(#"{"a":[1,2,3,{"b":4}],"c":{"d":[]}}"#)
        let small = try JSONDocument(Self.bytes(#"{"x":[9]}"#))
        var edits: [JSONEdit] = []
        for cursor in [large, try large.required("a"), try large.required("c"), try large.required("c").required("d")] {
            edits += [.insertMember("m", [0x31], into: cursor), .appendElement([0x31], to: cursor)]
            edits += [
                .removeMember("a", from: cursor), .removeMember("d", from: cursor), .removeElement(at: 1, from: cursor),
            ].compactMap { $0 }
        }
        for first in edits {
            for second in edits {
                let outcome = try? small.applying([first, second])
                #expect(outcome.map { $0.count == small.splicedCount([first, second]) } ?? true)
            }
        }
    }

    @Test("a changed range or replacement makes an edit one of bytes")
    func changed() throws {
        let document = try JSONDocument(Self.bytes("{}"))
        var first = JSONEdit.insertMember("a", [0x31], into: document.root)
        first.replacement += Self.bytes(",\"z\":0")
        let second = JSONEdit.insertMember("b", [0x32], into: document.root)
        #expect(try document.applying([first, second]) == Self.bytes(#"{"a":1,"z":0"b":2}"#))
        #expect(first == JSONEdit(range: 1..<1, replacement: Self.bytes(#""a":1,"z":0"#)))
    }
}
