/// Turns byte offsets into lines and columns, in one pass over the text.
package struct TextPlaces: Sendable {
    /// Where something stands, both counted from one; the column in characters of Unicode.
    package struct Place: Hashable, Sendable, CustomStringConvertible {
        package var line: Int
        package var column: Int

        package init(line: Int, column: Int) {
            self.line = line
            self.column = column
        }

        package var description: String { "\(line):\(column)" }
    }

    private let places: [Int: Place]

    /// - Parameters:
    ///   - offsets: In any order; those beyond the text stand at its end.
    ///   - text: UTF-8.
    package init(of offsets: [Int], in text: [UInt8]) {
        var places: [Int: Place] = [:]
        var place = Place(line: 1, column: 1)
        var position = 0
        for offset in Set(offsets).sorted() {
            while position < min(offset, text.count) {
                if text[position] == UInt8(ascii: "\n") {
                    place = Place(line: place.line + 1, column: 1)
                } else if position + 1 == text.count || text[position + 1] & 0xC0 != 0x80 {
                    place.column += 1
                }
                position += 1
            }
            places[offset] = place
        }
        self.places = places
    }

    package subscript(_ offset: Int) -> Place { places[offset] ?? Place(line: 1, column: 1) }
}
