import JSON
import Testing

@Suite("Texts")
struct JSONTextTests {
    @Test(
        "escapes decode",
        arguments: [
            (#""""#, ""),
            (#""plain""#, "plain"),
            (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
            (#""\u0041\u00e9\u4E2d\uFFFF\u0000""#, "A\u{E9}\u{4E2D}\u{FFFF}\u{0}"),
            (#""\ud83d\ude00""#, "😀"),
            (#""\uDBFF\uDFFF\uD800\uDC00""#, "\u{10FFFF}\u{10000}"),
            (#""\ud83d""#, "\u{FFFD}"),
            (#""\ude00""#, "\u{FFFD}"),
            (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀"),
            (#""\ude00\ud83d""#, "\u{FFFD}\u{FFFD}"),
            (#""\ud83dx\ude00""#, "\u{FFFD}x\u{FFFD}"),
            (#""\ud83d\n""#, "\u{FFFD}\n"),
            (#""\ud83d\u0041""#, "\u{FFFD}A"),
            (#""\ud83d\\ude00""#, "\u{FFFD}\\ude00"),
            (#""\u07ff\u0800\u007f\u0080""#, "\u{7FF}\u{800}\u{7F}\u{80}"),
            (#""sixteen bytes ..\n and then some more of it \u0021""#, "sixteen bytes ..\n and then some more of it !"),
        ]
    )
    func decoding(text: String, expected: String) throws {
        let cursor = try parse(text)
        #expect(cursor.string.map { Array($0.utf8) } == Array(expected.utf8))
        #expect(cursor.utf8.map { Array($0) } == Array(expected.utf8))
        #expect(cursor.utf8Count == expected.utf8.count)
        #expect(cursor.equals(expected))
        #expect(!cursor.equals(expected + "x"))
        #expect(!cursor.equals(String(expected.unicodeScalars.dropLast()) + "\u{1}"))
        if !expected.isEmpty { #expect(!cursor.equals(String(expected.unicodeScalars.dropLast()))) }
    }

    @Test("an escape decodes the same wherever it stands in a long text", arguments: 0...40)
    func anywhere(before: Int) throws {
        let lead = String(repeating: "é", count: before / 2) + String(repeating: "a", count: before)
        for (escape, decoded) in [
            ("\\n", "\n"), ("\\u00e9", "é"), ("\\ud83d\\ude00", "😀"), ("\\\\", "\\"), ("\\\"", "\""),
        ] {
            for after in [0, 1, 15, 16, 17] {
                let tail = String(repeating: "z", count: after)
                let cursor = try parse("[\"\(lead)\(escape)\(escape)\(tail)\"]")[0]
                #expect(cursor?.string == lead + decoded + decoded + tail)
                #expect(cursor?.equals(lead + decoded + decoded + tail) == true)
                #expect(cursor?.utf8Count == (lead + decoded + decoded + tail).utf8.count)
            }
        }
    }

    @Test("the length of a text is what it decodes to, for each of many in one document")
    func lengths() throws {
        var random = SystemRandomNumberGenerator()
        let pieces = [
            "a", "\\n", "\\\\", "\\\"", "\\/", "\\u0041", "\\ud83d\\ude00", "é", "中", "some more words ", "\\t\\t",
        ]
        let texts = (0..<400).map { number in
            // Of every third the escapes are all of one letter.
            let allowed = number % 3 == 0 ? pieces.filter { !$0.contains("u") } : pieces
            return (0..<Int.random(in: 0...40, using: &random)).map { _ in
                allowed.randomElement(using: &random) ?? ""
            }.joined()
        }
        let members = texts.enumerated().map { "\"\($0)\":\"\($1)\"" }
        let document = try parse("{" + members.joined(separator: ",") + "}")
        for (number, text) in texts.enumerated() {
            let cursor = document["\(number)"]
            #expect(cursor?.utf8Count == cursor?.string?.utf8.count, "\(text)")
        }
    }

    @Test("texts are compared by their bytes, not by what Unicode calls equal")
    func canonicalEquivalence() throws {
        #expect(try parse("\"\u{E9}\"").equals("e\u{301}") == false)
        #expect(try parse("{\"\u{E9}\":1}")["e\u{301}"] == nil)
    }

    @Test("a static text compares like another")
    func staticText() throws {
        #expect(try parse("\"user\"").equals("user" as StaticString))
        #expect(try parse(#""\u0075ser""#).equals("user" as StaticString))
        #expect(try !parse("\"users\"").equals("user" as StaticString))
        #expect(try !parse("\"use\"").equals("user" as StaticString))
        #expect(try parse("\"\"").equals("" as StaticString))
        #expect(try !parse("1").equals("1" as StaticString))
    }
}
