/// Finds the places of a few words, letters in either case.
package struct WordFinder: Sendable {
    /// A bit for each pair of first bytes, by five bits of each: most places are passed over by it.
    private var pairs: [UInt64] = Array(repeating: 0, count: 16)
    /// The words by the five bits of their first byte.
    private var words: [[[UInt8]]] = Array(repeating: [], count: 32)

    /// Each has two bytes at least and is folded.
    package init(_ words: [[UInt8]]) {
        for word in words where word.count > 1 {
            let pair = Self.pair(word[0], word[1])
            pairs[pair >> 6] |= 1 << UInt64(pair & 63)
            self.words[Int(word[0] & 31)].append(word)
        }
    }

    @inline(__always)
    private static func pair(_ first: UInt8, _ second: UInt8) -> Int { Int(first & 31) << 5 | Int(second & 31) }

    /// Tells the first bytes of the words that stand in a part of a text, in order.
    package func scan(_ text: CheckedText, _ range: Range<Int>, _ tell: (Int) -> Void) {
        guard range.count > 1 else { return }
        pairs.withUnsafeBufferPointer { pairs in
            var first = text[range.lowerBound]
            for index in range.lowerBound..<range.upperBound - 1 {
                let second = text[index + 1]
                let pair = Self.pair(first, second)
                first = second
                guard pairs[pair >> 6] >> UInt64(pair & 63) & 1 != 0 else { continue }
                if isWord(at: index, before: range.upperBound, text) { tell(index) }
            }
        }
    }

    private func isWord(at start: Int, before end: Int, _ text: CheckedText) -> Bool {
        let all = words[Int(text[start] & 31)]
        for word in all where start + word.count <= end {
            var offset = 0
            while offset < word.count, LiteralTrie.folded(text[start + offset]) == word[offset] { offset += 1 }
            if offset == word.count { return true }
        }
        return false
    }
}
