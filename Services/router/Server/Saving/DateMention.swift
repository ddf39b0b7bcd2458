/// Whether a text says what day or time it is: the most common change in instructions that are otherwise the same.
enum DateMention {
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    /// `2026-11-27`, `11/27/2026`, `27.11.2026`, `14:05`, `November 27`, `27 Nov`.
    static func isIn(_ bytes: ArraySlice<UInt8>) -> Bool {
        let words = bytes.split { byte in
            !(byte >= 0x30 && byte <= 0x3A || byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A
                || byte >= 0x2D && byte <= 0x2F)
        }
        for (index, word) in words.enumerated() {
            if isNumeric(word) { return true }
            guard isMonth(word) else { continue }
            let neighbours = [index - 1, index + 1].filter(words.indices.contains).map { words[$0] }
            if neighbours.contains(where: { $0.first.map { $0 >= 0x30 && $0 <= 0x39 } ?? false }) { return true }
        }
        return false
    }

    /// Digits in two groups of two (a time) or in three, of which one has four (a date).
    private static func isNumeric(_ word: ArraySlice<UInt8>) -> Bool {
        var trimmed = word.prefix { $0 != UInt8(ascii: "T") && $0 != UInt8(ascii: "Z") }
        while let last = trimmed.last, last < 0x30 || last > 0x39 { trimmed.removeLast() }
        for separator in [UInt8(ascii: ":"), UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: ".")] {
            let groups = trimmed.split(separator: separator)
            guard groups.allSatisfy({ $0.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } }) else { continue }
            let lengths = groups.map(\.count)
            if separator == UInt8(ascii: ":") {
                if lengths == [2, 2] || lengths == [2, 2, 2] { return true }
            } else if lengths.count == 3, lengths.contains(4), lengths.allSatisfy({ $0 <= 4 }) {
                return true
            }
        }
        return false
    }

    private static func isMonth(_ word: ArraySlice<UInt8>) -> Bool {
        let text = String(decoding: word.prefix { $0 != UInt8(ascii: ".") }, as: UTF8.self)
        return months.contains { $0 == text || $0.prefix(3) == text }
    }
}
