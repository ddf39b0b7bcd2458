/// Makes names and ids of tools fit for a dialect, the same way every time.
enum ToolNaming {
    /// The text itself where it fits, else one made from it: odd bytes become `_`, and a hash keeps two apart.
    ///
    /// - Parameters:
    ///   - text: A name or an id.
    ///   - limit: The most bytes the dialect takes.
    /// - Returns: Letters, digits, `_` and `-` alone, at most so many.
    static func fitting(_ text: String, limit: Int) -> String {
        guard text.utf8.count > limit || !text.utf8.allSatisfy(isPlain) else { return text }
        let suffix = "_" + hex(hash(text))
        let kept = text.utf8.prefix(limit - suffix.utf8.count).map { isPlain($0) ? $0 : UInt8(ascii: "_") }
        return String(decoding: kept, as: UTF8.self) + suffix
    }

    /// A 32-bit FNV-1a hash.
    static func hash(_ text: String) -> UInt32 {
        text.utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
    }

    static func hex(_ number: UInt32) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 8 - digits.utf8.count) + digits
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
