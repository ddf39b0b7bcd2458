extension ShallowScanner {
    /// The string in `range`, decoded, without a parser where no escape is in it; `nil` for anything else.
    func text(_ range: Range<Int>) -> String? {
        guard range.count >= 2, bytes[range.lowerBound] == UInt8(ascii: "\"") else { return nil }
        let inner = UnsafeRawBufferPointer(rebasing: bytes[range.lowerBound + 1..<range.upperBound - 1])
        for byte in inner where byte == UInt8(ascii: "\\") { return string(range) }
        return String(decoding: inner, as: UTF8.self)
    }

    /// The whole number in `range`, or `nil`.
    func number(_ range: Range<Int>) -> Int? {
        guard !range.isEmpty, range.count <= 18 else { return nil }
        var number = 0
        for byte in bytes[range] {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            number = number * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return number
    }

    /// Whether the value in `range` is there and not null.
    func isPresent(_ range: Range<Int>) -> Bool {
        guard let first = bytes[range].first else { return false }
        return first != UInt8(ascii: "n")
    }
}
