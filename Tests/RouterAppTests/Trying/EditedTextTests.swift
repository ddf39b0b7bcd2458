import Contracts
import RouterApp
import Testing

@Suite("Edits and places in a text")
struct EditedTextTests {
    private let text = Array("caf\u{E9} a@b.co \u{1F389} end".utf8)

    private func edit(_ range: Range<Int>, _ replacement: String = "X") -> TextEdit {
        TextEdit(segment: 0, range: range, replacement: replacement)
    }

    @Test("edits replace byte ranges, and may insert and delete")
    func edits() throws {
        let edited = try EditedText.apply([edit(0..<0, ">"), edit(6..<12, "<EMAIL>"), edit(12..<13, "")], to: text)
        #expect(String(decoding: edited, as: UTF8.self) == ">caf\u{E9} <EMAIL>\u{1F389} end")
        #expect(try EditedText.apply([], to: text) == text)
        #expect(try EditedText.apply([edit(text.count..<text.count, "!")], to: text) == text + [UInt8(ascii: "!")])
    }

    @Test(
        "an edit out of order, beyond the text or inside a character is refused",
        arguments: [[6..<12, 7..<8], [6..<12, 0..<1], [0..<99], [4..<6], [13..<15], [14..<17]]
    )
    func refusals(ranges: [Range<Int>]) {
        #expect(throws: EditedText.Problem.self) { try EditedText.apply(ranges.map { edit($0) }, to: text) }
    }

    @Test("lines and columns count from one, columns in characters")
    func places() {
        let text = Array("a\u{E9}b\n\n\u{1F389}x\r\ny".utf8)
        let places = TextPlaces(of: [0, 3, 4, 5, 6, 10, 13, 99], in: text)
        let shown = [0, 3, 4, 5, 6, 10, 13, 99].map { places[$0].description }
        #expect(shown == ["1:1", "1:3", "1:4", "2:1", "3:1", "3:2", "4:1", "4:2"])
    }
}
