/// The words of a ``LiteralPrefilter`` while it is built.
struct LiteralTrie {
    struct Output: Hashable {
        var pattern: Int
        var length: Int
    }

    struct Automaton {
        var classes: [UInt8]
        var width: Int
        var table: [UInt32]
        var firstOutput: UInt32
        var outputStarts: [Int32]
        var outputs: [Output]
    }

    private var children: [[UInt8: Int]] = [[:]]
    private var ends: [[Output]] = [[]]

    mutating func add(_ word: [UInt8], pattern: Int) {
        var node = 0
        for byte in word.map(Self.folded) {
            if let next = children[node][byte] {
                node = next
            } else {
                children.append([:])
                ends.append([])
                children[node][byte] = children.count - 1
                node = children.count - 1
            }
        }
        let output = Output(pattern: pattern, length: word.count)
        if !ends[node].contains(output) { ends[node].append(output) }
    }

    static func folded(_ byte: UInt8) -> UInt8 {
        (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
    }

    /// The table: failure links resolved, states that end a literal last.
    func automaton() -> Automaton {
        let (classes, width) = byteClasses()
        let count = children.count
        var next = [Int](repeating: 0, count: count * width)
        var failure = [Int](repeating: 0, count: count)
        var outputs = ends
        var queue = [0]
        var head = 0
        while head < queue.count {
            let node = queue[head]
            head += 1
            // A node's own row begins as its fallback's, which is nearer to the root and complete.
            if node != 0 {
                for column in 0..<width { next[node * width + column] = next[failure[node] * width + column] }
                outputs[node] += outputs[failure[node]]
            }
            for (byte, child) in children[node] {
                let column = Int(classes[Int(byte)])
                failure[child] = node == 0 ? 0 : next[failure[node] * width + column]
                next[node * width + column] = child
                queue.append(child)
            }
        }
        return renumbered(next, width: width, classes: classes, outputs: outputs)
    }

    private func byteClasses() -> (classes: [UInt8], width: Int) {
        var classes = [UInt8](repeating: 0, count: 256)
        var width = 1
        for byte in Set(children.flatMap(\.keys)).sorted() {
            classes[Int(byte)] = UInt8(width)
            if (0x61...0x7A).contains(byte) { classes[Int(byte) & ~0x20] = UInt8(width) }
            width += 1
        }
        return (classes, width)
    }

    private func renumbered(_ next: [Int], width: Int, classes: [UInt8], outputs: [[Output]]) -> Automaton {
        let silent = outputs.indices.filter { outputs[$0].isEmpty }
        let telling = outputs.indices.filter { !outputs[$0].isEmpty }
        var number = [Int](repeating: 0, count: outputs.count)
        for (new, old) in (silent + telling).enumerated() { number[old] = new }
        var table = [UInt32](repeating: 0, count: next.count)
        for (old, new) in number.enumerated() {
            for column in 0..<width {
                table[new * width + column] = UInt32(number[next[old * width + column]] * width)
            }
        }
        var starts: [Int32] = [0]
        var flat: [Output] = []
        for node in telling {
            flat += outputs[node]
            starts.append(Int32(flat.count))
        }
        return Automaton(
            classes: classes,
            width: width,
            table: table,
            firstOutput: UInt32(silent.count * width),
            outputStarts: starts,
            outputs: flat
        )
    }
}
