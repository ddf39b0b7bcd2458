/// Finds out in one pass whether a line holds one of many literals.
///
/// A bit stands for each literal: a place is looked at only where the bits of its first three bytes have one in common
/// (the filter of Teddy, as in Hyperscan, without its vectors). Up to 64 literals of at least three bytes.
package struct LiteralSet: Sendable {
    private let words: [StaticString]
    private let ignoresCase: Bool
    /// Which literals have a byte first, second and third; three tables of 256.
    private let masks: [UInt64]

    /// Makes a set; literals that are too short, or too many, are a fault of the program.
    ///
    /// - Parameters:
    ///   - words: What is looked for.
    ///   - ignoresCase: Whether letters of the line may be capitals; the literals are in lower case then.
    package init(_ words: [StaticString], ignoringCase ignoresCase: Bool = false) {
        precondition(words.count <= 64 && words.allSatisfy { $0.utf8CodeUnitCount >= 3 })
        var masks = [UInt64](repeating: 0, count: 3 * 256)
        for (number, word) in words.enumerated() {
            for place in 0..<3 {
                let byte = word.utf8Start[place]
                masks[place * 256 + Int(byte)] |= 1 << UInt64(number)
                if ignoresCase, byte.isLetter { masks[place * 256 + Int(byte & ~0x20)] |= 1 << UInt64(number) }
            }
        }
        self.words = words
        self.ignoresCase = ignoresCase
        self.masks = masks
    }

    package func isIn(_ line: ArraySlice<UInt8>) -> Bool {
        line.withUnsafeBufferPointer { bytes in
            masks.withUnsafeBufferPointer { masks in
                guard bytes.count >= 3, let first = masks.baseAddress else { return false }
                let (second, third) = (first + 256, first + 512)
                // The bits of a place's first byte, and of the place before it by its first two.
                var one = first[Int(bytes[0])]
                var two: UInt64 = 0
                for index in 1..<bytes.count {
                    let byte = Int(bytes[index])
                    let candidates = two & third[byte]
                    if candidates != 0, matches(candidates, bytes, index - 2) { return true }
                    two = one & second[byte]
                    one = first[byte]
                }
                return false
            }
        }
    }

    private func matches(_ candidates: UInt64, _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Bool {
        var candidates = candidates
        while candidates != 0 {
            let word = words[candidates.trailingZeroBitCount]
            candidates &= candidates - 1
            let length = word.utf8CodeUnitCount
            guard bytes.count - start >= length else { continue }
            var offset = 3
            while offset < length {
                let byte = bytes[start + offset]
                guard (ignoresCase ? byte.lowered : byte) == word.utf8Start[offset] else { break }
                offset += 1
            }
            if offset == length { return true }
        }
        return false
    }
}
