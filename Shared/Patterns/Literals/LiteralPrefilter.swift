/// Finds all literals of all patterns in one pass, so that most text never meets a regular expression.
///
/// An Aho-Corasick automaton over classes of bytes that knows the first bytes of each literal; the rest is compared where they
/// stand. So the table stays within a processor's cache however many and long the literals are. ASCII letters match in either case.
package struct LiteralPrefilter: Sendable {
    /// One literal that was seen.
    package struct Hit: Hashable, Sendable {
        /// The index of the pattern it belongs to.
        package var pattern: Int
        /// Its bytes.
        package var start: Int
        package var end: Int

        package init(pattern: Int, start: Int, end: Int) {
            self.pattern = pattern
            self.start = start
            self.end = end
        }
    }

    /// One literal, beside the patterns that wait for it.
    private struct Word: Sendable {
        /// Its bytes in ``bytes``, folded.
        var start: Int32
        var count: Int32
        /// Its patterns in ``patterns``.
        var firstPattern: Int32
        var endPattern: Int32
    }

    private let automaton: LiteralAutomaton
    private let words: [Word]
    private let bytes: [UInt8]
    private let patterns: [Int32]
    /// For each state that tells something, where those of its words end that are as long as the automaton sees, or longer.
    private let longEnds: [Int32]

    package var isEmpty: Bool { words.isEmpty }

    /// Bytes of the table, the largest part of it.
    package var tableSize: Int { automaton.table.count * MemoryLayout<UInt16>.size }

    /// Builds the automaton.
    ///
    /// - Parameter literals: The literals of each pattern; empty ones are left out.
    package init(_ literals: [[String]]) {
        var byWord: [[UInt8]: [Int32]] = [:]
        for (pattern, own) in literals.enumerated() {
            for word in Set(own.map { $0.utf8.map(LiteralTrie.folded) }) where !word.isEmpty {
                byWord[word, default: []].append(Int32(pattern))
            }
        }
        let sorted = byWord.keys.sorted { $0.lexicographicallyPrecedes($1) }
        var words: [Word] = []
        var bytes: [UInt8] = []
        var patterns: [Int32] = []
        for word in sorted {
            let own = byWord[word] ?? []
            words.append(
                Word(
                    start: Int32(bytes.count),
                    count: Int32(word.count),
                    firstPattern: Int32(patterns.count),
                    endPattern: Int32(patterns.count + own.count)
                )
            )
            bytes += word
            patterns += own
        }
        let automaton = LiteralTrie.automaton(sorted)
        longEnds = automaton.outputStarts.indices.dropLast().map { number in
            let own = automaton.outputs[Int(automaton.outputStarts[number])..<Int(automaton.outputStarts[number + 1])]
            return Int32(own.prefix { words[Int($0)].count >= automaton.depth }.endIndex)
        }
        self.automaton = automaton
        self.words = words
        self.bytes = bytes
        self.patterns = patterns
    }

    /// Tells what is in a text, in the order of where the literals' first bytes end.
    package func scan(_ text: CheckedText, _ tell: (Hit) -> Void) {
        guard !isEmpty else { return }
        automaton.classes.withUnsafeBufferPointer { classes in
            automaton.table.withUnsafeBufferPointer { table in
                guard let classes = classes.baseAddress, let table = table.baseAddress else { return }
                let walk = LiteralWalk(
                    classes: classes,
                    table: table,
                    base: text.base,
                    firstOutput: automaton.firstOutput
                )
                var index = 0
                if text.count >= LiteralWalk.least {
                    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: LiteralWalk.room) { notes in
                        guard let notes = notes.baseAddress else { return }
                        while index + LiteralWalk.least <= text.count {
                            index = walk.lanes(from: index, to: text.count, depth: automaton.depth, notes) {
                                report($0, end: $1, text, tell)
                            }
                        }
                    }
                }
                var state = walk.state(before: index, depth: automaton.depth)
                while index < text.count {
                    state = walk.next(state, index)
                    index &+= 1
                    if state >= walk.firstOutput { report(state, end: index, text, tell) }
                }
            }
        }
    }

    /// Tells the literals whose first bytes end here and whose others follow.
    @inline(never)
    private func report(_ state: UInt16, end: Int, _ text: CheckedText, _ tell: (Hit) -> Void) {
        let number = Int(state &- automaton.firstOutput)
        let (first, last) = (Int(automaton.outputStarts[number]), Int(automaton.outputStarts[number + 1]))
        let split = Int(longEnds[number])
        if first < split { reportLong(first, split, start: end - automaton.depth, text, tell) }
        for place in split..<last {
            let word = words[Int(automaton.outputs[place])]
            let start = end - Int(word.count)
            guard start >= 0, isWord(word, at: start, text) else { continue }
            report(word, at: start, tell)
        }
    }

    private func report(_ word: Word, at start: Int, _ tell: (Hit) -> Void) {
        for index in Int(word.firstPattern)..<Int(word.endPattern) {
            tell(Hit(pattern: Int(patterns[index]), start: start, end: start + Int(word.count)))
        }
    }

    /// Words that begin alike, in their order: with each byte of the text fewer are left.
    ///
    /// Some begin by the hundred with one word, and a text of that word would be compared with all of them at each.
    private func reportLong(_ first: Int, _ last: Int, start: Int, _ text: CheckedText, _ tell: (Hit) -> Void) {
        guard start >= 0 else { return }
        var (low, high) = (first, last)
        var offset = 0
        while low < high {
            let word = words[Int(automaton.outputs[low])]
            if Int(word.count) == offset {
                report(word, at: start, tell)
                low += 1
                continue
            }
            guard start + offset < text.count else { return }
            let byte = LiteralTrie.folded(text[start + offset])
            if self.byte(low, offset) != byte || self.byte(high - 1, offset) != byte {
                low = bound(low, high) { self.byte($0, offset) < byte }
                high = bound(low, high) { self.byte($0, offset) <= byte }
            }
            offset += 1
        }
    }

    /// A byte of the word of an output; none of those that are left is shorter.
    @inline(__always)
    private func byte(_ output: Int, _ offset: Int) -> UInt8 {
        bytes[Int(words[Int(automaton.outputs[output])].start) + offset]
    }

    /// The first place where something holds no more.
    @inline(__always)
    private func bound(_ low: Int, _ high: Int, _ holds: (Int) -> Bool) -> Int {
        var (low, high) = (low, high)
        while low < high {
            let middle = (low + high) / 2
            if holds(middle) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Classes may hold several bytes, so the first ones are compared too.
    private func isWord(_ word: Word, at start: Int, _ text: CheckedText) -> Bool {
        let first = Int(word.start)
        for offset in 0..<Int(word.count)
        where LiteralTrie.folded(text[start &+ offset]) != bytes[first &+ offset] {
            return false
        }
        return true
    }
}
