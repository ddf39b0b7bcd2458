import JSON
import Testing

@Suite("The plain reader")
struct PlainReaderTests {
    private struct Line: Hashable {
        var text: String
        var absent: String?
        var number: Int
        var flag: Bool
        var list: [Int]

        init(_ reader: inout PlainReader) {
            reader.open()
            text = reader.string("text")
            absent = reader.optionalString("absent")
            number = reader.integer("number")
            flag = reader.boolean("flag")
            list = reader.array("list") { $0.integer() }
            reader.close()
        }
    }

    /// What the reader makes of a text; `nil` when it does not take it.
    private static func read(_ text: String) -> Line? {
        Array(text.utf8).withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return nil }
            var reader = PlainReader(base, from: 0, to: bytes.count)
            let line = Line(&reader)
            return reader.isComplete ? line : nil
        }
    }

    @Test("what the writer writes is read, in whole and with its values")
    func reads() throws {
        let long = String(repeating: "abcdefgh ", count: 9)
        for (text, number) in [("", 0), ("x", 7), (long, -42), ("fifteen letters", 999_999_999_999_999_999)] {
            var writer = JSONWriter()
            writer.object { fields in
                fields.string("text", text)
                fields.string("absent", nil)
                fields.integer("number", number)
                fields.boolean("flag", number > 0)
                fields.array("list") { items in for item in 0..<(abs(number) % 4) { items.integer(item * 11) } }
            }
            let line = try #require(Self.read(String(decoding: writer.bytes, as: UTF8.self)))
            #expect(line.text == text)
            #expect(line.absent == nil)
            #expect(line.number == number)
            #expect(line.flag == (number > 0))
            #expect(line.list == (0..<(abs(number) % 4)).map { $0 * 11 })
        }
    }

    private static let plain = #"{"text":"a","absent":"b","number":12,"flag":true,"list":[1,2]}"#

    @Test(
        "whatever differs is left to the document",
        arguments: [
            ("\"a\"", #""a\n""#), ("\"a\"", "\"é\""), ("\"a\"", "\"a\u{1}\""), ("\"a\"", "null"), ("\"a\"", "\"a"),
            (":12", ":012"), (":12", ":1.2"), (":12", ":1e2"), (":12", ":-0"), (":12", ":-"), (":12", ":"),
            (":12", ":1234567890123456789"), (":12", ":\"12\""), (":true", ":truth"), (":true", ":1"),
            ("[1,2]", "[1,]"), ("[1,2]", "[1 ,2]"), ("[1,2]", "[1,2"), ("[1,2]", "1"), ("[1,2]}", "[1,2]} "),
            ("[1,2]}", "[1,2],\"more\":1}"), ("{\"text\"", "{ \"text\""), ("\"number\"", "\"numbers\""),
            ("\"text\":\"a\",\"absent\":\"b\"", "\"absent\":\"b\",\"text\":\"a\""), ("\"text\":\"a\",", ""),
        ]
    )
    func refuses(part: String, by: String) throws {
        #expect(Self.read(Self.plain) != nil)
        let parts = try #require(Self.plain.firstRange(of: part))
        #expect(Self.read(Self.plain.replacingCharacters(in: parts, by)) == nil)
    }

    private static func text(_ json: [UInt8]) -> String? {
        json.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return nil }
            var reader = PlainReader(base, from: 0, to: bytes.count)
            reader.open()
            let text = reader.text("t")
            reader.close()
            return reader.isComplete ? text : nil
        }
    }

    @Test(
        "a text of any letters and escapes is what the document says",
        arguments: [
            "", "a", #"\n"#, #"line\nline\n\ttab \"quoted\" \\ \/ \b\f\r"#, "é", "日本語のテキスト", "😀 and 👩‍👩‍👧",
            #"\u00e9\u65e5\u0041"#,
            String(repeating: "sixteen letters. ", count: 40), String(repeating: #"x\n"#, count: 40),
            #"a backslash at the end of a block:\\"#, #"fifteen letters\n"#, #"C:\\new\\table"#, #"\u0000"#,
        ]
    )
    func texts(inside: String) throws {
        let json = Array(#"{"t":""#.utf8) + Array(inside.utf8) + Array(#""}"#.utf8)
        let expected = try #require(JSONDocument(json).root["t"]?.string)
        #expect(Self.text(json) == expected)
        for length in 0..<json.count { #expect(Self.text(Array(json.prefix(length))) == nil) }
    }

    @Test("of random texts it reads those that the document reads, and the same")
    func randomTexts() throws {
        var random = SystemRandomNumberGenerator()
        let parts: [[UInt8]] = [
            [0x61], [0x20], [0x5C, 0x6E], [0x5C, 0x22], [0x5C, 0x5C], [0xC3, 0xA9], [0xF0, 0x9F, 0x98, 0x80], [0x22],
            [0x5C], [0x0A], [0xC3],
            [0x80], Array(#"\u12"#.utf8), Array(#"\u00e9"#.utf8), Array(#"\ud83d\ude00"#.utf8), Array(#"\udc00"#.utf8),
            Array("plain words ".utf8),
        ]
        var read = 0
        for _ in 0..<20_000 {
            let weird = Int.random(in: 0..<3, using: &random) == 0 ? parts.count : 7
            let inside = (0..<Int.random(in: 0..<12, using: &random)).flatMap { _ in
                parts[Int.random(in: 0..<weird, using: &random)]
            }
            let json = Array(#"{"t":""#.utf8) + inside + Array(#""}"#.utf8)
            guard let text = Self.text(json) else { continue }
            read += 1
            #expect(try JSONDocument(json).root["t"]?.string == text, "\(inside)")
        }
        #expect(read > 10_000)
    }

    @Test("half of a pair, broken letters, unknown escapes and control characters are left to the document")
    func odd() {
        let odd: [[UInt8]] = [
            Array(#"\ud83d"#.utf8), Array(#"\ud83d\ude00"#.utf8), Array(#"\x"#.utf8), Array(#"\u12g4"#.utf8), [0xC3],
            [0xC0, 0x80],
            [0xED, 0xA0, 0x80], [0x0A], [0x00], [0xFF],
        ]
        for inside in odd {
            for before in [0, 3, 15, 16, 40] {
                let json = Array(#"{"t":""#.utf8) + Array(repeating: 0x61, count: before) + inside + Array(#""}"#.utf8)
                #expect(Self.text(json) == nil, "\(inside) after \(before)")
            }
        }
    }

    @Test("a text that ends anywhere is refused")
    func cut() {
        for length in 0..<Self.plain.utf8.count { #expect(Self.read(String(Self.plain.prefix(length))) == nil) }
    }
}

extension String {
    fileprivate func firstRange(of part: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(part) { return start..<index(start, offsetBy: part.count) }
            start = index(after: start)
        }
        return nil
    }

    fileprivate func replacingCharacters(in range: Range<String.Index>, _ text: String) -> String {
        String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
    }
}
