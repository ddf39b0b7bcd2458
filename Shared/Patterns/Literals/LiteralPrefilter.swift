/// Finds all literals of all patterns in one pass, so that most text never meets a regular expression.
///
/// An Aho-Corasick automaton over classes of bytes: one table look-up a byte, whatever the number of literals. ASCII letters
/// match in either case.
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

    /// The class of each byte; 0 for those that no literal holds.
    private let classes: [UInt8]
    /// Next state by state and class; states are stored multiplied by ``width``.
    private let table: [UInt32]
    private let width: Int
    /// States from here on end a literal.
    private let firstOutput: UInt32
    /// Where a state's outputs begin in ``outputs``, from ``firstOutput`` on, and where the last one's end.
    private let outputStarts: [Int32]
    private let outputs: [Output]

    package let isEmpty: Bool

    private struct Output: Sendable {
        var pattern: Int32
        var length: Int32
    }

    /// Builds the automaton.
    ///
    /// - Parameter literals: The literals of each pattern; empty ones are left out.
    package init(_ literals: [[String]]) {
        var trie = LiteralTrie()
        for (pattern, words) in literals.enumerated() {
            for word in words where !word.isEmpty { trie.add(Array(word.utf8), pattern: pattern) }
        }
        let automaton = trie.automaton()
        classes = automaton.classes
        width = automaton.width
        table = automaton.table
        firstOutput = automaton.firstOutput
        outputStarts = automaton.outputStarts
        outputs = automaton.outputs.map { Output(pattern: Int32($0.pattern), length: Int32($0.length)) }
        isEmpty = outputs.isEmpty
    }

    /// Adds what is in a text, in the order of where the literals end.
    package func scan(_ text: CheckedText, into hits: inout [Hit]) {
        guard !isEmpty else { return }
        let base = text.base
        let count = text.count
        classes.withUnsafeBufferPointer { classes in
            table.withUnsafeBufferPointer { table in
                guard let classes = classes.baseAddress, let table = table.baseAddress else { return }
                var state: UInt32 = 0
                var index = 0
                while index < count {
                    state = table[Int(state) &+ Int(classes[Int(base[index])])]
                    index &+= 1
                    if state >= firstOutput { report(state, end: index, &hits) }
                }
            }
        }
    }

    @inline(never)
    private func report(_ state: UInt32, end: Int, _ hits: inout [Hit]) {
        let number = Int(state - firstOutput) / width
        for index in Int(outputStarts[number])..<Int(outputStarts[number + 1]) {
            let output = outputs[index]
            hits.append(Hit(pattern: Int(output.pattern), start: end - Int(output.length), end: end))
        }
    }
}
