import JSON
import Testing

@Suite("Writing")
struct JSONWriterTests {
    static func text(_ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        body(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test("objects and arrays are written compactly, in the order given")
    func structure() throws {
        let source = try parse(#"{"r":[ 1.0 , "\u0041" ]}"#)
        let outcome = Self.text { writer in
            writer.object { fields in
                fields.string("s", "x")
                fields.integer("i", -3)
                fields.double("d", 0.5)
                fields.boolean("b", true)
                fields.null("n")
                fields.raw("raw", Array("[1]".utf8))
                fields.raw("kept", source["r"] ?? source)
                fields.object("o") { $0.object("inner") { _ in } }
                fields.array("a") { items in
                    items.string("t")
                    items.integer(1)
                    items.double(2.5)
                    items.boolean(false)
                    items.null()
                    items.raw("{}".utf8)
                    items.raw(source)
                    items.object { $0.integer("k", 1) }
                    items.array { _ in }
                    items.value { $0.string("v") }
                }
                fields.value("v") { $0.integer(9) }
            }
        }
        #expect(
            outcome
                == #"{"s":"x","i":-3,"d":0.5,"b":true,"n":null,"raw":[1],"kept":[ 1.0 , "\u0041" ],"o":{"inner":{}},"#
                + #""a":["t",1,2.5,false,null,{},{"r":[ 1.0 , "\u0041" ]},{"k":1},[],"v"],"v":9}"#
        )
    }

    @Test("nothing is written as null")
    func optionals() {
        let outcome = Self.text { writer in
            writer.object { fields in
                fields.string("s", nil)
                fields.integer("i", nil)
                fields.double("d", nil)
                fields.boolean("b", nil)
                fields.array("a") { items in
                    items.string(nil)
                    items.integer(nil)
                    items.double(nil)
                    items.boolean(nil)
                }
            }
        }
        #expect(outcome == #"{"s":null,"i":null,"d":null,"b":null,"a":[null,null,null,null]}"#)
    }

    @Test(
        "the quote, the backslash and control characters are escaped, and nothing else",
        arguments: 0..<0x180 as Range<UInt32>
    )
    func escapes(value: UInt32) throws {
        let scalar = try #require(Unicode.Scalar(value))
        let short: [UInt32: String] = [8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 0x22: "\\\"", 0x5C: "\\\\"]
        let digits = String(value, radix: 16)
        let control = "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        let expected = short[value] ?? (value < 0x20 ? control : String(scalar))
        for lead in ["", "fifteen bytes..", "sixteen bytes ..", "seventeen bytes ."] {
            for tail in ["", "z", "and more than a block of it"] {
                let outcome = Self.text { $0.string(lead + String(scalar) + String(scalar) + tail) }
                #expect(outcome == "\"\(lead)\(expected)\(expected)\(tail)\"")
            }
        }
    }

    @Test("long texts full of escapes are written whole", arguments: [1023, 1024, 1025, 5000])
    func long(count: Int) throws {
        let text = String((0..<count).map { Character(Unicode.Scalar(UInt8($0 % 127))) })
        let outcome = Self.text { $0.string(text) }
        #expect(try parse(outcome).equals(text))
        let quotes = Self.text { $0.string(String(repeating: "\"", count: count)) }
        #expect(quotes == "\"" + String(repeating: "\\\"", count: count) + "\"")
    }

    @Test("names that come from elsewhere are escaped like texts")
    func names() {
        let name = "a\"\n"
        #expect(Self.text { $0.object { $0.null(name) } } == #"{"a\"\n":null}"#)
        #expect(Self.text { $0.object { $0.null("") } } == #"{"":null}"#)
    }

    @Test(
        "integers are written in full",
        arguments: [
            (0, "0"), (-1, "-1"), (10, "10"), (Int.max, "9223372036854775807"), (Int.min, "-9223372036854775808"),
            (1_000_000, "1000000"),
        ]
    )
    func integers(value: Int, expected: String) {
        #expect(Self.text { $0.integer(value) } == expected)
    }

    @Test(
        "a double is written as briefly as it reads back",
        arguments: [
            (0.1, "0.1"), (1.0, "1"), (-2.0, "-2"), (1e15, "1000000000000000"), (1e100, "1e+100"),
            (Double.leastNonzeroMagnitude, "5e-324"),
            (0.1 + 0.2, "0.30000000000000004"),
            (-0.0, "-0"), (100.25, "100.25"), (.nan, "null"), (.infinity, "null"), (-.infinity, "null"), (10.0, "10"),
            (0.0, "0"),
        ]
    )
    func doubles(value: Double, expected: String) {
        #expect(Self.text { $0.double(value) } == expected)
    }

    @Test("every double that is written is read back bit for bit", arguments: 0..<10)
    func doubleRoundTrip(seed: Int) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let value = Double(bitPattern: generator.next())
            guard value.isFinite else { continue }
            #expect(try parse(Self.text { $0.double(value) }).double?.bitPattern == value.bitPattern)
        }
    }

    @Test("members that are given as JSON stand among the others")
    func givenMembers() {
        let given = Array(#""b":2,"c":3"#.utf8)
        #expect(Self.text { $0.object { $0.members(given) } } == #"{"b":2,"c":3}"#)
        let text = Self.text { writer in
            writer.object { fields in
                fields.integer("a", 1)
                fields.members(given)
                fields.members([])
                fields.integer("d", 4)
            }
        }
        #expect(text == #"{"a":1,"b":2,"c":3,"d":4}"#)
    }

    @Test("a writer that was given no room makes it")
    func growth() {
        #expect(JSONWriter(capacity: 0).bytes.isEmpty)
        var writer = JSONWriter(capacity: 0)
        writer.array { items in for number in 0..<1000 { items.integer(number) } }
        #expect(writer.bytes == Array(("[" + (0..<1000).map(String.init).joined(separator: ",") + "]").utf8))
    }
}
