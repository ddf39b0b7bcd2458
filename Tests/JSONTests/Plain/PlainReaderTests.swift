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
