import JSON
import Testing

@Suite("Typed reads")
struct TypedReadTests {
    static let text = """
        {"s":"text","i":7,"d":1.5,"b":true,"n":null,"l":[1,2,"x"],"o":{"id":3,"list":[{"id":1},{"id":"two"}]},"odd name":{"x":[]}}
        """

    @Test("present members read as what they are")
    func present() throws {
        let root = try parse(Self.text)
        #expect(try root.required("n").isNull)
        #expect(try root.string("s") == "text")
        #expect(try root.integer("i") == 7)
        #expect(try root.double("d") == 1.5)
        #expect(try root.double("i") == 7)
        #expect(try root.boolean("b"))
        #expect(try root.object("o") { cursor throws(WireError) in try cursor.integer("id") } == 3)
        #expect(try root.optionalString("s") == "text")
        #expect(try root.optionalInteger("i") == 7)
        #expect(try root.optionalDouble("d") == 1.5)
        #expect(try root.optionalBoolean("b") == true)
        #expect(try root.optionalObject("o") { cursor throws(WireError) in try cursor.integer("id") } == 3)
        #expect(try root.array("l") { cursor throws(WireError) in cursor.kind } == [.number, .number, .string])
        #expect(try root.optionalArray("l") { cursor throws(WireError) in cursor.range.count } == [1, 1, 3])
    }

    @Test("a missing member and a null are nothing, or the default", arguments: ["n", "missing"])
    func absent(name: String) throws {
        let root = try parse(Self.text)
        #expect(try root.optionalString(name) == nil)
        #expect(try root.optionalInteger(name) == nil)
        #expect(try root.optionalDouble(name) == nil)
        #expect(try root.optionalBoolean(name) == nil)
        #expect(try root.optionalObject(name) { cursor throws(WireError) in cursor.count } == nil)
        #expect(try root.optionalArray(name) { cursor throws(WireError) in cursor.count } == nil)
        #expect(try root.string(name, default: "d") == "d")
        #expect(try root.integer(name, default: 4) == 4)
        #expect(try root.double(name, default: 4.5) == 4.5)
        #expect(try root.boolean(name, default: true))
    }

    @Test("an error names the way to the member and what was expected there")
    func errors() throws {
        let root = try parse(Self.text)
        func problem(_ read: () throws(WireError) -> Void) -> String? {
            do throws(WireError) {
                try read()
                return nil
            } catch {
                return error.description
            }
        }
        #expect(problem { () throws(WireError) in _ = try root.required("x") } == "x: missing")
        #expect(problem { () throws(WireError) in _ = try root.string("i") } == "i: expected string")
        #expect(problem { () throws(WireError) in _ = try root.string("n") } == "n: expected string")
        #expect(problem { () throws(WireError) in _ = try root.integer("d") } == "d: expected integer")
        #expect(problem { () throws(WireError) in _ = try root.double("s") } == "s: expected number")
        #expect(problem { () throws(WireError) in _ = try root.boolean("i") } == "i: expected boolean")
        #expect(problem { () throws(WireError) in _ = try root.optionalInteger("s") } == "s: expected integer")
        #expect(problem { () throws(WireError) in _ = try root.string("i", default: "") } == "i: expected string")
        #expect(problem { () throws(WireError) in _ = try root.array("o") { $0 } } == "o: expected array")
        #expect(problem { () throws(WireError) in _ = try root.object("l") { $0 } } == "l: expected object")
        let inner = problem { () throws(WireError) in
            _ = try root.object("o") { cursor throws(WireError) in
                try cursor.array("list") { element throws(WireError) in try element.integer("id") }
            }
        }
        #expect(inner == "o.list[1].id: expected integer")
    }

    @Test("reading members of what is no object says so")
    func noObject() throws {
        let root = try parse(#"{"odd name":{"x":[]}}"#)
        let array = try #require(root["odd name"]?["x"])
        #expect(throws: WireError(path: #"["odd name"].x"#, problem: "expected object")) { try array.string("y") }
        #expect(throws: WireError(path: #"["odd name"].x"#, problem: "expected object")) {
            try array.optionalString("y")
        }
        #expect(throws: WireError(path: "", problem: "expected object")) { try parse("[]").integer("y") }
        #expect(WireError(path: "", problem: "expected object").description == "expected object")
    }
}
