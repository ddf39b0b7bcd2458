/// A model's name as rules about models read it: ASCII letters small, looked at byte by byte.
///
/// A translated request asks some dozen words of it. The standard library's search goes by characters and makes a table
/// for each word, which took a sixth of such a request.
struct ModelName: Sendable {
    let bytes: ArraySlice<UInt8>

    init(_ name: String) {
        var name = name
        // Byte by byte through an iterator takes five times as long.
        bytes = name.withUTF8 { text in
            [UInt8](unsafeUninitializedCapacity: text.count) { small, count in
                count = text.count
                for place in 0..<count {
                    let byte = text[place]
                    small[place] = byte &- 0x41 < 26 ? byte | 0x20 : byte
                }
            }[...]
        }
    }

    private init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
    }

    /// The name without its maker, which aggregators put before it.
    var bare: ModelName {
        guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")), slash + 1 < bytes.endIndex else { return self }
        return ModelName(bytes[(slash + 1)...])
    }

    /// The names of a family: those that begin with one of these words.
    func begins(with words: StaticString...) -> Bool {
        words.contains { stands($0, at: bytes.startIndex) }
    }

    /// Whether one of these words stands anywhere in it.
    func holds(_ words: StaticString...) -> Bool { holds(anyOf: words) }

    /// Whether one of these words stands anywhere in it.
    func holds(anyOf words: [StaticString]) -> Bool {
        bytes.withUnsafeBufferPointer { name in
            words.contains { word in
                let count = word.utf8CodeUnitCount
                guard count <= name.count else { return false }
                let (text, first) = (word.utf8Start, word.utf8Start[0])
                for place in 0...(name.count - count) where name[place] == first {
                    if (1..<count).allSatisfy({ name[place + $0] == text[$0] }) { return true }
                }
                return false
            }
        }
    }

    func isEqual(to word: StaticString) -> Bool {
        bytes.count == word.utf8CodeUnitCount && stands(word, at: bytes.startIndex)
    }

    private func stands(_ word: StaticString, at index: Int) -> Bool {
        let count = word.utf8CodeUnitCount
        guard index + count <= bytes.endIndex else { return false }
        for offset in 0..<count where bytes[index + offset] != word.utf8Start[offset] { return false }
        return true
    }

    // MARK: Versions

    /// Its runs of letters and digits.
    var words: [ModelName] {
        bytes.split { !Self.isLetter($0) && !Self.isDigit($0) }.map { ModelName($0) }
    }

    /// Major times a hundred plus minor, the first two numbers among some words; zero when there is none.
    ///
    /// Numbers of more than two digits are dates.
    static func version(_ words: some Sequence<ModelName>) -> Int {
        var numbers = words.lazy.compactMap(\.shortNumber).makeIterator()
        let major = numbers.next() ?? 0
        return major * 100 + (numbers.next() ?? 0)
    }

    private var shortNumber: Int? {
        guard bytes.count <= 2, bytes.allSatisfy(Self.isDigit) else { return nil }
        return bytes.reduce(0) { $0 * 10 + Int($1 & 0x0F) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
    /// What is beyond ASCII counts as a letter.
    private static func isLetter(_ byte: UInt8) -> Bool { byte &- 0x61 < 26 || byte >= 0x80 }
}
