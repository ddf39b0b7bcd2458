import Contracts
import Dialects
import JSON
import Testing

@Suite("Edits of a text where it stands")
struct TextSpliceTests {
    @Test("whatever is escaped how: the text changes as asked and no byte beside it", arguments: 0..<300)
    func property(seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        let scalars: [Unicode.Scalar] = [
            "a", "b", "\"", "\\", "/", "\n", "\t", "é", "ß", "中", "😀", "\u{1}", "\u{FFFD}",
        ]
        let text = (0..<Int.random(in: 0...40, using: &random)).compactMap { _ in scalars.randomElement(using: &random)
        }
        let raw = text.map { Self.spelling($0, &random) }.joined()
        let front = #"{"model":"m", "messages":[ {"role":"user","content":""#
        let json = front + raw + #""} , {"role":"user","content":"x\u00e9"}],"z":1.50}"#
        let sample = try SegmentSample(json, .openAIChat)
        guard let segment = sample.segments.all.first(where: { $0.turn == 0 }) else {
            #expect(text.isEmpty)
            return
        }
        #expect(segment.text == Self.string(text))

        let edits = Self.edits(of: text, &random)
        let content = try TextSplice.contentEdits(edits.map(\.edit), of: segment)
        let after = try SegmentSample(
            try sample.applying(TextSplice.documentEdits(content, of: segment)),
            .openAIChat
        )
        var expected = ""
        var at = 0
        for edit in edits {
            expected += Self.string(Array(text[at..<edit.scalars.lowerBound])) + edit.edit.replacement
            at = edit.scalars.upperBound
        }
        expected += Self.string(Array(text[at...]))
        #expect(after.segments.all.first { $0.turn == 0 }?.text ?? "" == expected)
        #expect(TextSplice.text(of: segment, with: content) == expected)
        let bytes = String(decoding: after.document.bytes, as: UTF8.self)
        #expect(bytes.hasPrefix(front))
        #expect(bytes.hasSuffix(#""} , {"role":"user","content":"x\u00e9"}],"z":1.50}"#))
    }

    private static func string(_ scalars: [Unicode.Scalar]) -> String {
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars)
        return text
    }

    private static func spelling(_ scalar: Unicode.Scalar, _ random: inout SeededGenerator) -> String {
        func unit(_ value: UInt16) -> String {
            let digits = String(value, radix: 16, uppercase: Bool.random(using: &random))
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
        let escaped = String(scalar).utf16.map(unit).joined()
        switch scalar {
        case "\"": return Bool.random(using: &random) ? "\\\"" : escaped
        case "\\": return Bool.random(using: &random) ? "\\\\" : escaped
        case "\n": return Bool.random(using: &random) ? "\\n" : escaped
        case "\t": return Bool.random(using: &random) ? "\\t" : escaped
        case "\u{1}": return escaped
        case "/": return Bool.random(using: &random) ? "\\/" : "/"
        default: return Bool.random(using: &random) ? escaped : String(scalar)
        }
    }

    private static func edits(
        of text: [Unicode.Scalar],
        _ random: inout SeededGenerator
    ) -> [(scalars: Range<Int>, edit: TextEdit)] {
        var edits: [(Range<Int>, TextEdit)] = []
        var scalar = 0
        var byte = 0
        while scalar < text.count {
            let skip = Int.random(in: 0...min(4, text.count - scalar), using: &random)
            byte += string(Array(text[scalar..<scalar + skip])).utf8.count
            scalar += skip
            let length = Int.random(in: 0...min(3, text.count - scalar), using: &random)
            let count = string(Array(text[scalar..<scalar + length])).utf8.count
            let replacement = ["", "<X>", "\"q\\\n", "ü"].randomElement(using: &random) ?? ""
            let edit = TextEdit(segment: 0, range: byte..<byte + count, replacement: replacement)
            edits.append((scalar..<scalar + length, edit))
            scalar += length
            byte += count
            if skip + length == 0 { break }
        }
        return edits
    }

    @Test(
        "ranges that do not fit are refused",
        arguments: [[1..<2], [0..<99], [3..<4, 0..<1], [0..<3, 2..<4], [7..<7]]
    )
    func badRanges(ranges: [Range<Int>]) throws {
        // é is two bytes; written as an escape it is six.
        for content in ["éabc", #"\u00e9abc"#] {
            let sample = try SegmentSample(
                #"{"model":"m","messages":[{"role":"user","content":"\#(content)"}]}"#,
                .openAIChat
            )
            let edits = ranges.map { TextEdit(segment: 0, range: $0, replacement: "x") }
            #expect(throws: TextSpliceError.badRange) {
                let made = try TextSplice.contentEdits(edits, of: sample.segments.all[0])
                _ = made
            }
        }
    }

    @Test("arguments stay JSON, in a string and as an object")
    func arguments() throws {
        let string = try SegmentSample(
            #"""
            {"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":
            {"name":"f","arguments":"{\"to\":\"bob@x.org\",\"n\":1}"}}]}]}
            """#,
            .openAIChat
        )
        let object = try SegmentSample(
            #"""
            {"model":"m","max_tokens":1,"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f",
            "input":{"to":"bob@x.org","n":1}}]}]}
            """#,
            .anthropicMessages
        )
        for sample in [string, object] {
            let segment = sample.segments.all[0]
            #expect(segment.text == #"{"to":"bob@x.org","n":1}"#)
            let mask = TextEdit(segment: 0, range: 7..<16, replacement: "<MAIL>")
            let content = try TextSplice.contentEdits([mask], of: segment)
            let json = try sample.applying(TextSplice.documentEdits(content, of: segment))
            let after = try SegmentSample(json, sample.facts.dialect)
            #expect(after.segments.all[0].text == #"{"to":"<MAIL>","n":1}"#)
            let quote = TextEdit(segment: 0, range: 7..<16, replacement: "\"")
            #expect(throws: TextSpliceError.brokenArguments) {
                let made = try TextSplice.contentEdits([quote], of: segment)
                _ = made
            }
        }
    }

    @Test("arguments that were never JSON are not held to it")
    func brokenBefore() throws {
        let sample = try SegmentSample(
            #"""
            {"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":
            {"name":"f","arguments":"bob@x.org {"}}]}]}
            """#,
            .openAIChat
        )
        let mask = TextEdit(segment: 0, range: 0..<9, replacement: "<MAIL>")
        let content = try TextSplice.contentEdits([mask], of: sample.segments.all[0])
        #expect(TextSplice.text(of: sample.segments.all[0], with: content) == "<MAIL> {")
    }

    @Test("a replacement takes the place of the whole text")
    func replacement() throws {
        let json = #"{"model":"m","messages":[{"role":"tool","tool_call_id":"x","content":"a\nb\"c"}]}"#
        let sample = try SegmentSample(json, .openAIChat)
        let segment = sample.segments.all[0]
        let edit = TextSplice.replacement(of: segment, with: "new\n\"text\"")
        let after = try sample.applying(TextSplice.documentEdits([edit], of: segment))
        #expect(after == #"{"model":"m","messages":[{"role":"tool","tool_call_id":"x","content":"new\n\"text\""}]}"#)
    }
}
