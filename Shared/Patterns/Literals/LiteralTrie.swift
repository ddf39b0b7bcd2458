/// The table of a ``LiteralPrefilter``.
struct LiteralAutomaton: Sendable {
    /// A row of the table has 64 columns: a shift leads to it.
    static let rowBits = 6
    static let width = 1 << rowBits
    /// States are told by 16 bits.
    static let mostStates = Int(UInt16.max)

    /// The class of each byte; 0 for those that no literal begins with.
    var classes: [UInt8] = []
    /// Next state by state and class.
    var table: [UInt16] = []
    /// States from here on end the first bytes of a literal.
    var firstOutput: UInt16 = 0
    /// Where a state's outputs begin in ``outputs``, from ``firstOutput`` on, and where the last one's end.
    var outputStarts: [Int32] = []
    /// Words by their number.
    var outputs: [Int32] = []
    /// How many bytes of a word the states know.
    var depth = 0
}

/// The first bytes of the words of a ``LiteralPrefilter`` while its table is built.
struct LiteralTrie {
    /// Bytes of a word that states are made for: five tell words apart well enough, and more make the table larger than it is worth.
    private static let deepest = 5
    /// Bytes that have a class of their own; all others share what is left.
    private static let ownClasses = 52

    private let classes: [UInt8]
    private let depth: Int
    /// Next node by node and class, 0 where there is none.
    private var next: [UInt32] = Array(repeating: 0, count: LiteralAutomaton.width)
    private var ends: [[Int32]] = [[]]

    static func folded(_ byte: UInt8) -> UInt8 {
        byte &- 0x41 < 26 ? byte | 0x20 : byte
    }

    /// The automaton of words that are folded, as deep as 16 bits allow.
    static func automaton(_ words: [[UInt8]]) -> LiteralAutomaton {
        let classes = classes(words)
        for depth in (3...deepest).reversed() {
            if let trie = LiteralTrie(words, classes, depth: depth) { return trie.automaton() }
        }
        // Two classes in a row make 4161 nodes at most.
        return LiteralTrie(words, classes, depth: 2)?.automaton() ?? LiteralAutomaton()
    }

    /// `nil` when there are more nodes than states.
    private init?(_ words: [[UInt8]], _ classes: [UInt8], depth: Int) {
        self.classes = classes
        self.depth = depth
        for (number, word) in words.enumerated() {
            var node = 0
            for byte in word.prefix(depth) {
                let place = node << LiteralAutomaton.rowBits + Int(classes[Int(byte)])
                if next[place] == 0 {
                    guard ends.count < LiteralAutomaton.mostStates else { return nil }
                    next[place] = UInt32(ends.count)
                    ends.append([])
                    next += repeatElement(0, count: LiteralAutomaton.width)
                }
                node = Int(next[place])
            }
            ends[node].append(Int32(number))
        }
    }

    /// Letters first, then digits, then the rest of ASCII: what texts are made of is told apart best.
    private static func classes(_ words: [[UInt8]]) -> [UInt8] {
        func rank(_ byte: UInt8) -> Int {
            byte &- 0x61 < 26 ? 0 : byte &- 0x30 < 10 ? 1 : byte < 0x80 ? 2 : 3
        }
        let used = Set(words.joined()).sorted { (rank($0), $0) < (rank($1), $1) }
        var classes = [UInt8](repeating: 0, count: 256)
        let shared = LiteralAutomaton.width - 1 - ownClasses
        for (place, byte) in used.enumerated() {
            let number = place < ownClasses ? place + 1 : ownClasses + 1 + Int(byte) % shared
            classes[Int(byte)] = UInt8(number)
            if byte &- 0x61 < 26 { classes[Int(byte) & ~0x20] = UInt8(number) }
        }
        return classes
    }

    /// The table: failure links resolved; states near the root, which are the ones that texts come by, stand side by side.
    private consuming func automaton() -> LiteralAutomaton {
        let width = LiteralAutomaton.width
        let count = ends.count
        var failure = [Int](repeating: 0, count: count)
        var queue = [0]
        queue.reserveCapacity(count)
        var head = 0
        while head < queue.count {
            let node = queue[head]
            head += 1
            for column in 0..<width {
                let fallback = node == 0 ? 0 : Int(next[failure[node] * width + column])
                let child = Int(next[node * width + column])
                if child == 0 {
                    next[node * width + column] = UInt32(fallback)
                } else {
                    // The fallback is nearer to the root, so its row is complete and its outputs are all there.
                    failure[child] = fallback
                    ends[child] += ends[fallback]
                    queue.append(child)
                }
            }
        }
        return numbered(queue)
    }

    /// States in the order given, but those that end something last.
    private func numbered(_ order: [Int]) -> LiteralAutomaton {
        let width = LiteralAutomaton.width
        let silent = order.filter { ends[$0].isEmpty }
        let telling = order.filter { !ends[$0].isEmpty }
        var number = [UInt16](repeating: 0, count: ends.count)
        for (new, old) in (silent + telling).enumerated() { number[old] = UInt16(new) }
        var result = LiteralAutomaton(classes: classes, firstOutput: UInt16(silent.count), depth: depth)
        result.table.reserveCapacity(ends.count * width)
        for old in silent + telling {
            for column in 0..<width { result.table.append(number[Int(next[old * width + column])]) }
        }
        result.outputStarts = [0]
        for old in telling {
            result.outputs += ends[old]
            result.outputStarts.append(Int32(result.outputs.count))
        }
        return result
    }
}
