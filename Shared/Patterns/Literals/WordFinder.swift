/// Finds the places of a few words, letters in either case.
package struct WordFinder: Sendable {
    private struct Word: Sendable {
        /// Its bytes in ``bytes``.
        var start: Int32
        var count: Int32
    }

    private static let hashes = 4096

    /// A bit for each hash of three first bytes: most places are passed over by it.
    private var beginnings = [UInt64](repeating: 0, count: hashes / 64)
    /// How many bits are set before each of these.
    private var counts: [Int32] = []
    /// Where in ``words`` those of each set bit begin, and where the last ones end.
    private var groups: [Int32] = []
    private var words: [Word] = []
    private var bytes: [UInt8] = []

    /// Each is folded, and none is empty.
    package init(_ words: [[UInt8]]) {
        var byHash: [Int: [Word]] = [:]
        for word in words where !word.isEmpty {
            let own = Word(start: Int32(bytes.count), count: Int32(word.count))
            bytes += word
            for hash in Self.hashes(of: word) { byHash[hash, default: []].append(own) }
        }
        for (hash, own) in byHash.sorted(by: { $0.key < $1.key }) {
            beginnings[hash >> 6] |= 1 << UInt64(hash & 63)
            groups.append(Int32(self.words.count))
            self.words += own
        }
        groups.append(Int32(self.words.count))
        var count: Int32 = 0
        for bits in beginnings {
            counts.append(count)
            count += Int32(bits.nonzeroBitCount)
        }
    }

    /// Behind a word that is shorter than three bytes anything may stand.
    private static func hashes(of word: [UInt8]) -> Set<Int> {
        let seconds = word.count > 1 ? word[1]...word[1] : 0...31
        let thirds = word.count > 2 ? word[2]...word[2] : 0...31
        var hashes: Set<Int> = []
        for second in seconds {
            for third in thirds {
                hashes.insert(hash(UInt32(word[0]) | UInt32(second) << 8 | UInt32(third) << 16))
            }
        }
        return hashes
    }

    /// Of five bits of each, in which letters of either case are one; the lowest byte comes first.
    @inline(__always)
    private static func hash(_ bytes: UInt32) -> Int { Int(((bytes & 0x1F_1F1F) &* 0x9E37_79B1) >> 20) }

    /// Tells the first bytes of the words that stand in a part of a text, in order.
    package func scan(_ text: CheckedText, _ range: Range<Int>, _ tell: (Int) -> Void) {
        var index = range.lowerBound
        while let place = first(text, index..<range.upperBound) {
            tell(place)
            index = place + 1
        }
    }

    /// The first place where one of the words stands in a part of a text.
    package func first(_ text: CheckedText, _ range: Range<Int>) -> Int? {
        // Four bytes are read at once, as long as there are so many.
        let end = max(range.lowerBound, min(range.upperBound, text.count - 3))
        let found = beginnings.withUnsafeBufferPointer { beginnings -> Int? in
            for index in range.lowerBound..<end {
                let four = UnsafeRawPointer(text.base + index).loadUnaligned(as: UInt32.self)
                let hash = Self.hash(UInt32(littleEndian: four))
                guard beginnings[hash >> 6] >> UInt64(hash & 63) & 1 != 0 else { continue }
                if isWord(hash, at: index, before: range.upperBound, text) { return index }
            }
            return nil
        }
        guard found == nil else { return found }
        return (end..<max(end, range.upperBound)).first { index in
            var three: UInt32 = 0
            for place in index..<min(index + 3, text.count) {
                three |= UInt32(text.base[place]) << UInt32(8 * (place - index))
            }
            return isWord(Self.hash(three), at: index, before: range.upperBound, text)
        }
    }

    @inline(never)
    private func isWord(_ hash: Int, at start: Int, before end: Int, _ text: CheckedText) -> Bool {
        let bit = UInt64(1) << UInt64(hash & 63)
        let bits = beginnings[hash >> 6]
        guard bits & bit != 0 else { return false }
        let group = Int(counts[hash >> 6]) + (bits & (bit - 1)).nonzeroBitCount
        return bytes.withUnsafeBufferPointer { bytes in
            for place in groups[group]..<groups[group + 1] {
                let word = words[Int(place)]
                guard start + Int(word.count) <= end else { continue }
                var offset = 0
                while offset < Int(word.count),
                    LiteralTrie.folded(text.base[start + offset]) == bytes[Int(word.start) + offset]
                {
                    offset += 1
                }
                if offset == Int(word.count) { return true }
            }
            return false
        }
    }
}
