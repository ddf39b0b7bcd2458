import JSON

/// Text as it stands inside a JSON string.
enum JSONInside {
    /// The text, escaped, without its quotes.
    static func escaped(_ text: String) -> [UInt8] {
        var writer = JSONWriter(capacity: text.utf8.count + 16)
        writer.string(text)
        return Array(writer.bytes.dropFirst().dropLast())
    }

    /// How models and their servers also write a text with angle brackets, which some escape for the sake of HTML.
    static func spellings(of text: String) -> [String] {
        guard text.utf8.contains(0x3C) || text.utf8.contains(0x3E) else { return [] }
        return [("\\u003c", "\\u003e"), ("\\u003C", "\\u003E")].map { less, greater in
            var spelling = ""
            for character in text.unicodeScalars {
                switch character {
                case "<": spelling += less
                case ">": spelling += greater
                default: spelling.unicodeScalars.append(character)
                }
            }
            return spelling
        }
    }
}
