extension JSONParser {
    /// Refuses the object at `index` when two of its names decode to the same text.
    @inline(never)
    func checkNames(of index: Int) throws(JSONError) {
        let children = Int(truncatingIfNeeded: tape[index + 1] & 0xFFFF_FFFF)
        let end = Int(truncatingIfNeeded: tape[index + 1] >> 32)
        let repeated = children <= 16 ? repeatedFew(index + 2, end) : repeatedMany(index + 2, end, children)
        if let repeated { throw JSONError(.duplicateKey, at: TapeNode(tape[repeated]).start) }
    }

    /// Compares each name with each: for a handful cheaper than a table, as most differ in length already.
    private func repeatedFew(_ start: Int, _ end: Int) -> Int? {
        var node = start
        while node < end {
            let word = tape[node]
            var earlier = start
            while earlier < node {
                let other = tape[earlier]
                if word >> 32 == other >> 32 || (word | other) & TapeNode.mark != 0,
                    JSONText(TapeNode(other), in: bytes).isSame(as: JSONText(TapeNode(word), in: bytes))
                {
                    return node
                }
                earlier = nextName(earlier)
            }
            node = nextName(node)
        }
        return nil
    }

    /// Looks each name up in a table twice as large as the object.
    ///
    /// Hashed with the process's random seed, so the cost stays linear for names chosen to collide.
    private func repeatedMany(_ start: Int, _ end: Int, _ children: Int) -> Int? {
        var size = 4
        while size < children * 2 { size *= 2 }
        // Zero is free: no name has node zero, which is the document's own value.
        var table = [UInt32](repeating: 0, count: size)
        var node = start
        while node < end {
            let text = JSONText(TapeNode(tape[node]), in: bytes)
            var slot = text.hash & (size - 1)
            while table[slot] != 0 {
                if JSONText(TapeNode(tape[Int(table[slot])]), in: bytes).isSame(as: text) { return node }
                slot = (slot + 1) & (size - 1)
            }
            table[slot] = UInt32(truncatingIfNeeded: node)
            node = nextName(node)
        }
        return nil
    }

    @inline(__always)
    private func nextName(_ name: Int) -> Int {
        let isContainer = TapeNode(tape[name + 1]).isContainer
        return isContainer ? Int(truncatingIfNeeded: tape[name + 2] >> 32) : name + 2
    }
}
