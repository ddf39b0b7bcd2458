/// A canonical Huffman code of at most 15 bits, as DEFLATE uses it.
struct Huffman {
    /// Codes up to this length are found with one look.
    private static let quickBits = 9

    /// Symbol and length by the next bits of the input, `length << 12 | symbol`; 0 where the code is longer.
    private var quick: [UInt16]
    /// How many codes there are of each length.
    private var counts: [Int]
    /// The symbols in the order of their codes.
    private var symbols: [UInt16]

    /// Builds the code from each symbol's length, 0 for those that do not occur.
    ///
    /// `nil` when more codes are asked for than there are, or when an incomplete code has more than one symbol.
    init?(lengths: ArraySlice<UInt8>) {
        counts = Array(repeating: 0, count: 16)
        for length in lengths { counts[Int(length)] += 1 }
        counts[0] = 0
        var left = 1
        for length in 1...15 {
            left = left << 1 - counts[length]
            if left < 0 { return nil }
        }
        if left > 0, counts.reduce(0, +) > 1 { return nil }
        var offsets = Array(repeating: 0, count: 17)
        for length in 1...15 { offsets[length + 1] = offsets[length] + counts[length] }
        symbols = Array(repeating: 0, count: lengths.count)
        quick = Array(repeating: 0, count: 1 << Self.quickBits)
        var codes = Self.firstCodes(counts)
        for (symbol, length) in lengths.enumerated() where length > 0 {
            let length = Int(length)
            symbols[offsets[length]] = UInt16(symbol)
            offsets[length] += 1
            let code = codes[length]
            codes[length] += 1
            if length <= Self.quickBits { fillQuick(symbol: symbol, code: code, length: length) }
        }
    }

    private static func firstCodes(_ counts: [Int]) -> [Int] {
        var codes = Array(repeating: 0, count: 16)
        for length in 1...15 { codes[length] = (codes[length - 1] + (length == 1 ? 0 : counts[length - 1])) << 1 }
        return codes
    }

    private mutating func fillQuick(symbol: Int, code: Int, length: Int) {
        var reversed = 0
        for bit in 0..<length where code >> bit & 1 == 1 { reversed |= 1 << (length - 1 - bit) }
        var index = reversed
        while index < quick.count {
            quick[index] = UInt16(length << 12 | symbol)
            index += 1 << length
        }
    }

    /// The symbol at the start of `bits` and its length; `nil` when the `available` bits hold no whole code.
    func decode(_ bits: UInt64, available: Int) -> (symbol: Int, length: Int)? {
        let entry = quick[Int(bits & UInt64(quick.count - 1))]
        if entry != 0 {
            let length = Int(entry >> 12)
            return length <= available ? (Int(entry & 0xFFF), length) : nil
        }
        var code = 0
        var first = 0
        var index = 0
        for length in 1...15 {
            guard length <= available else { return nil }
            code |= Int(bits >> UInt64(length - 1) & 1)
            let count = counts[length]
            if code - count < first { return (Int(symbols[index + code - first]), length) }
            index += count
            first = (first + count) << 1
            code <<= 1
        }
        return nil
    }
}
