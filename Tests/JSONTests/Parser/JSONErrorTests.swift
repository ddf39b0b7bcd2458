import JSON
import Testing

@Suite("Refusals")
struct JSONErrorTests {
    struct Refusal: Sendable, CustomTestStringConvertible {
        let text: String
        let reason: JSONError.Reason
        let offset: Int

        init(_ text: String, _ reason: JSONError.Reason, _ offset: Int) {
            self.text = text
            self.reason = reason
            self.offset = offset
        }

        var testDescription: String { text.debugDescription }
    }

    static let refusals: [Refusal] = [
        .init("", .unexpectedEnd, 0),
        .init("  ", .unexpectedEnd, 2),
        .init("[", .unexpectedEnd, 1),
        .init("[1", .unexpectedEnd, 2),
        .init("[1,", .unexpectedEnd, 3),
        .init("[1,]", .unexpectedByte, 3),
        .init("[1 2]", .unexpectedByte, 3),
        .init("[1}", .unexpectedByte, 2),
        .init("{\"a\":1]", .unexpectedByte, 6),
        .init("{\"a\"", .unexpectedEnd, 4),
        .init("{\"a\" 1}", .unexpectedByte, 5),
        .init("{\"a\":}", .unexpectedByte, 5),
        .init("{\"a\":1,}", .unexpectedByte, 7),
        .init("{a:1}", .unexpectedByte, 1),
        .init("{1:1}", .unexpectedByte, 1),
        .init("1 2", .trailingBytes, 2),
        .init("{} []", .trailingBytes, 3),
        .init("nul", .unexpectedEnd, 3),
        .init("nulx", .unexpectedByte, 3),
        .init("True", .unexpectedByte, 0),
        .init("01", .invalidNumber, 1),
        .init("-01", .invalidNumber, 2),
        .init("-", .unexpectedEnd, 1),
        .init("-x", .invalidNumber, 1),
        .init("+1", .unexpectedByte, 0),
        .init(".5", .unexpectedByte, 0),
        .init("1.", .unexpectedEnd, 2),
        .init("1.e3", .invalidNumber, 2),
        .init("1e", .unexpectedEnd, 2),
        .init("1e+", .unexpectedEnd, 3),
        .init("1e+x", .invalidNumber, 3),
        .init("12345678901234567890x", .trailingBytes, 20),
        .init("NaN", .unexpectedByte, 0),
        .init("\"", .unexpectedEnd, 1),
        .init("\"abc", .unexpectedEnd, 4),
        .init("\"a\\", .unexpectedEnd, 3),
        .init("\"a\\x\"", .invalidEscape, 3),
        .init("\"a\\u12\"", .invalidEscape, 6),
        .init("\"a\\u12", .unexpectedEnd, 6),
        .init("\"a\\U0041\"", .invalidEscape, 3),
        .init("\"a\nb\"", .controlCharacter, 2),
        .init("\"a\\\nb\"", .invalidEscape, 3),
        .init("\"a\\\u{E9}b\"", .invalidEscape, 3),
        .init("\"a long string before \\q the wrong escape\"", .invalidEscape, 23),
        .init("\"a long string, \\n\\n\\n\\n\\n\\u00g0 and more of it\"", .invalidEscape, 30),
        .init("\"a long string with a control \u{1} character\"", .controlCharacter, 30),
        .init("\u{FEFF}{}", .byteOrderMark, 0),
        .init("{}\u{FEFF}", .trailingBytes, 2),
        .init("[\u{A0}1]", .unexpectedByte, 1),
    ]

    @Test("a refusal says what was wrong and at which byte", arguments: refusals)
    func refusal(_ refusal: Refusal) {
        #expect(throws: JSONError(refusal.reason, at: refusal.offset)) { try JSONDocument(Array(refusal.text.utf8)) }
    }

    @Test(
        "bytes that are not UTF-8 are refused where they go wrong, wherever a block ends",
        arguments: [
            ([0x80], 0), ([0xBF], 0), ([0xC0, 0xAF], 0), ([0xC1, 0x81], 0), ([0xC3, 0x28], 1), ([0xE0, 0x9F, 0xBF], 1),
            ([0xE2, 0x82, 0x28], 2), ([0xED, 0xA0, 0x80], 1), ([0xED, 0xBF, 0xBF], 1), ([0xF0, 0x8F, 0xBF, 0xBF], 1),
            ([0xF4, 0x90, 0x80, 0x80], 1), ([0xF0, 0x9F, 0x98, 0x22], 3), ([0xF5, 0x80, 0x80, 0x80], 0), ([0xFF], 0),
            ([0xFE], 0),
        ] as [([UInt8], Int)],
        [0, 1, 11, 12, 13, 14, 15, 16, 17, 40]
    )
    func invalidUTF8(_ sequence: (bytes: [UInt8], offset: Int), before: Int) {
        let lead = [UInt8(ascii: "\"")] + [UInt8](repeating: 0x61, count: before)
        for after in [1, 20] {
            let text = lead + sequence.bytes + [UInt8](repeating: 0x62, count: after) + [UInt8(ascii: "\"")]
            #expect(throws: JSONError(.invalidUTF8, at: before + 1 + sequence.offset)) { try JSONDocument(text) }
        }
    }

    @Test(
        "the first and last character of every length of UTF-8 are accepted and kept",
        arguments: ["\u{80}", "\u{7FF}", "\u{800}", "\u{D7FF}", "\u{E000}", "\u{FFFF}", "\u{10000}", "\u{10FFFF}"]
            as [Unicode.Scalar]
    )
    func validUTF8(_ scalar: Unicode.Scalar) throws {
        for before in 0...33 {
            let text = String(repeating: "x", count: before) + String(scalar) + String(scalar) + "y"
            #expect(try JSONDocument(Array("\"\(text)\"".utf8)).root.equals(text))
        }
    }

    @Test("a position counts lines by line feeds and columns by characters")
    func position() throws {
        let text = Array("{\n  \"é\": [1,\n\n  \"ab\", x]}".utf8)
        let error = try #require(throws: JSONError.self) { try JSONDocument(text) }
        #expect(error.position(in: text) == (line: 4, column: 9))
        #expect(JSONError(.unexpectedEnd, at: 0).position(in: []) == (line: 1, column: 1))
        #expect(JSONError(.unexpectedByte, at: 5).position(in: text) == (line: 2, column: 4))
        #expect(JSONError(.unexpectedByte, at: 7).position(in: text) == (line: 2, column: 5))
        #expect(error.description == "unexpected byte at byte 23")
    }
}
