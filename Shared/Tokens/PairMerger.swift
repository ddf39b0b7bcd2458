/// Merges the bytes of one piece into tokens: always the neighbours with the lowest rank, the leftmost of several.
///
/// Short pieces are searched through again and again, longer ones keep their pairs in a heap, so the work is n log n at
/// worst. The arrays live on between pieces.
struct PairMerger {
    /// Longer pieces are merged in parts, which bounds the memory; each cut may make a token or two more than without it.
    static let longestPiece = 16 << 10
    /// Up to here searching is faster than keeping order.
    private static let longestSearched = 64

    private let vocabulary: Vocabulary
    private var ranks: [UInt32] = []
    /// The parts before and after, and the pairs in order; for longer pieces alone.
    private var before: [Int32] = []
    private var after: [Int32] = []
    private var heap = MergeHeap()

    init(_ vocabulary: Vocabulary) {
        self.vocabulary = vocabulary
    }

    /// - Parameters:
    ///   - piece: At least one byte.
    ///   - token: Is told each token's place in the piece, in order.
    /// - Returns: How many tokens there are.
    mutating func merge(_ piece: UnsafeRawBufferPointer, _ token: (Range<Int>) -> Void) -> Int {
        guard let base = piece.baseAddress else { return 0 }
        guard piece.count > 1 else {
            token(0..<1)
            return 1
        }
        return piece.count <= Self.longestSearched
            ? mergeSearching(base, piece.count, token)
            : mergeOrdered(base, piece.count, token)
    }

    // MARK: Short pieces

    private mutating func mergeSearching(
        _ bytes: UnsafeRawPointer,
        _ length: Int,
        _ token: (Range<Int>) -> Void
    ) -> Int {
        let vocabulary = vocabulary
        return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 2 * Self.longestSearched + 2) { room in
            // Parts and one mark at the end; ranks beside them.
            let starts = UnsafeMutableBufferPointer(rebasing: room[0...Self.longestSearched])
            let ranks = UnsafeMutableBufferPointer(rebasing: room[(Self.longestSearched + 1)...])
            for index in 0...length {
                starts.initializeElement(at: index, to: UInt32(index))
                let hasPair = index + 1 < length
                ranks.initializeElement(at: index, to: hasPair ? vocabulary.rank(bytes + index, 2) : Vocabulary.none)
            }
            var count = length
            func pair(at index: Int) -> UInt32 {
                guard index + 2 <= count else { return Vocabulary.none }
                let start = Int(starts[index])
                return vocabulary.rank(bytes + start, Int(starts[index + 2]) - start)
            }
            while count > 1 {
                var best = Vocabulary.none
                var place = 0
                for index in 0..<count - 1 where ranks[index] < best {
                    best = ranks[index]
                    place = index
                }
                guard best != Vocabulary.none else { break }
                for index in place + 1..<count {
                    starts[index] = starts[index + 1]
                    ranks[index] = ranks[index + 1]
                }
                count -= 1
                ranks[place] = pair(at: place)
                if place > 0 { ranks[place - 1] = pair(at: place - 1) }
            }
            for index in 0..<count { token(Int(starts[index])..<Int(starts[index + 1])) }
            return count
        }
    }

    // MARK: Longer pieces

    private mutating func mergeOrdered(
        _ bytes: UnsafeRawPointer,
        _ length: Int,
        _ token: (Range<Int>) -> Void
    ) -> Int {
        prepare(bytes, length)
        var count = length
        while let (rank, place) = heap.pop() {
            // Pairs are not taken out of the heap when they change; their old ranks tell them.
            guard ranks[place] == rank else { continue }
            let removed = Int(after[place])
            let next = after[removed]
            after[place] = next
            if next < Int32(length) { before[Int(next)] = Int32(place) }
            ranks[removed] = Vocabulary.none
            count -= 1
            renew(place, bytes, length)
            if before[place] >= 0 { renew(Int(before[place]), bytes, length) }
        }
        var place = 0
        while place < length {
            token(place..<Int(after[place]))
            place = Int(after[place])
        }
        return count
    }

    private mutating func prepare(_ bytes: UnsafeRawPointer, _ length: Int) {
        ranks.removeAll(keepingCapacity: true)
        before.removeAll(keepingCapacity: true)
        after.removeAll(keepingCapacity: true)
        heap.removeAll()
        for index in 0..<length {
            before.append(Int32(index) - 1)
            after.append(Int32(index) + 1)
            let rank = index + 1 < length ? vocabulary.rank(bytes + index, 2) : Vocabulary.none
            ranks.append(rank)
            if rank != Vocabulary.none { heap.push(rank, index) }
        }
    }

    /// Finds the rank of the pair that begins with a part, after one of the two has grown.
    private mutating func renew(_ place: Int, _ bytes: UnsafeRawPointer, _ length: Int) {
        let second = Int(after[place])
        guard second < length else {
            ranks[place] = Vocabulary.none
            return
        }
        let rank = vocabulary.rank(bytes + place, Int(after[second]) - place)
        ranks[place] = rank
        if rank != Vocabulary.none { heap.push(rank, place) }
    }
}
