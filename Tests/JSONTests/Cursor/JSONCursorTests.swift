import JSON
import Testing

func parse(_ text: String) throws -> JSONCursor {
    try JSONDocument(Array(text.utf8)).root
}

@Suite("Cursors")
struct JSONCursorTests {
    @Test("every kind of value shows as itself and as nothing else")
    func kinds() throws {
        let root = try parse(#" [ {"a":1} , [2,3] , "t" , -4 , true , false , null ] "#)
        let values = Array(root.elements)
        #expect(values.map(\.kind) == [.object, .array, .string, .number, .boolean, .boolean, .null])
        #expect(values.map(\.count) == [1, 2, 0, 0, 0, 0, 0])
        #expect(values.map(\.boolean) == [nil, nil, nil, nil, true, false, nil])
        #expect(values.map(\.integer) == [nil, nil, nil, -4, nil, nil, nil])
        #expect(values.map(\.double) == [nil, nil, nil, -4, nil, nil, nil])
        #expect(values.map(\.string) == [nil, nil, "t", nil, nil, nil, nil])
        #expect(values.map(\.utf8Count) == [nil, nil, 1, nil, nil, nil, nil])
        #expect(values.map(\.isNull) == [false, false, false, false, false, false, true])
        #expect(values.map { $0.equals("t") } == [false, false, true, false, false, false, false])
        #expect(values.map { Array($0.members).count } == [1, 0, 0, 0, 0, 0, 0])
        #expect(values.map { Array($0.elements).count } == [0, 2, 0, 0, 0, 0, 0])
        #expect(values.map { $0["a"]?.integer } == [1, nil, nil, nil, nil, nil, nil])
        #expect(values.map { $0[1]?.integer } == [nil, 3, nil, nil, nil, nil, nil])
    }

    @Test("a range holds the value's own bytes and no white space")
    func ranges() throws {
        let text = Array("\n{ \"a b\" : [ 1 , \"x\\n\" ] , \"c\":{ } }\t".utf8)
        let root = try JSONDocument(text).root
        func string(_ cursor: JSONCursor?) -> String? { cursor.map { String(decoding: text[$0.range], as: UTF8.self) } }
        #expect(root.range == 1..<text.count - 1)
        #expect(string(root["a b"]) == "[ 1 , \"x\\n\" ]")
        #expect(string(root["a b"]?[0]) == "1")
        #expect(string(root["a b"]?[1]) == "\"x\\n\"")
        #expect(string(root["c"]) == "{ }")
        #expect(root.members.map { string($0.name) } == ["\"a b\"", "\"c\""])
        #expect(root["a b"]?[1].map { Array($0.raw) } == Array("\"x\\n\"".utf8))
    }

    @Test("the last of several members of a name answers to it, and all of them are listed")
    func lastWins() throws {
        let root = try parse(#"{"a":1,"b":{"a":9},"\u0061":2,"c":[{"a":8}],"a":3,"ab":4}"#)
        #expect(root["a"]?.integer == 3)
        #expect(root.member("a")?.integer == 3)
        #expect(root["ab"]?.integer == 4)
        #expect(root["A"] == nil)
        #expect(root[""] == nil)
        #expect(root.count == 6)
        #expect(root.members.map(\.name.string) == ["a", "b", "a", "c", "a", "ab"])
    }

    @Test("a member is found by its decoded name")
    func escapedNames() throws {
        let root = try parse(
            #"{"":0,"x\ny":1,"\u00e9":2,"\ud83d\ude00z":3,"long name \" with a quote in it":4,"\ud800":5}"#
        )
        #expect(root[""]?.integer == 0)
        #expect(root["x\ny"]?.integer == 1)
        #expect(root["é"]?.integer == 2)
        #expect(root.member("😀z")?.integer == 3)
        #expect(root["long name \" with a quote in it"]?.integer == 4)
        #expect(root["\u{FFFD}"]?.integer == 5)
        #expect(root["x\\ny"] == nil)
        #expect(root["x\n"] == nil)
        #expect(root["x\nyz"] == nil)
    }

    @Test("elements are reached by place, and only inside the array")
    func places() throws {
        let root = try parse("[[[]],{},3,[4,5]]")
        #expect(root[2]?.integer == 3)
        #expect(root[3]?[1]?.integer == 5)
        #expect(root[4] == nil)
        #expect(root[-1] == nil)
        #expect(root.elements.underestimatedCount == 4)
    }

    @Test("a path names the way from the document's value")
    func path() throws {
        let root = try parse(#"{"params":{"segments":[0,{"id":1,"a.b":[{"x y":[true]}]}]},"":{"q":2}}"#)
        #expect(root.path == "")
        #expect(root["params"]?.path == "params")
        let segment = try #require(root["params"]?["segments"]?[1])
        #expect(segment.path == "params.segments[1]")
        #expect(segment["id"]?.path == "params.segments[1].id")
        #expect(segment["a.b"]?[0]?["x y"]?[0]?.path == #"params.segments[1]["a.b"][0]["x y"][0]"#)
        #expect(root[""]?["q"]?.path == #"[""].q"#)
        #expect(segment.members.map(\.name.path) == ["params.segments[1].id", #"params.segments[1]["a.b"]"#])
    }

    @Test("a hostile path stays short and on one line")
    func hostilePath() throws {
        let name = String(repeating: "n", count: 5000)
        let deep = String(repeating: "{\"\(name)\\n\":", count: 300) + "1" + String(repeating: "}", count: 300)
        var cursor = try parse(deep)
        while let inner = cursor.members.first(where: { _ in true })?.value { cursor = inner }
        #expect(cursor.path.utf8.count < 700)
        #expect(!cursor.path.contains("\n"))
    }

    @Test("a cursor keeps its document alive")
    func lifetime() throws {
        let inner = try parse(#"{"a":["kept"]}"#)["a"]?[0]
        #expect(inner?.string == "kept")
    }
}
