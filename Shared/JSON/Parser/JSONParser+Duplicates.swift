extension JSONParser {
    /// Refuses the object at `index` when two of its names decode to the same text.
    ///
    /// One pass over a table twice as large as the object, hashed with the process's random seed, so the cost stays
    /// linear for names chosen to collide.
    @inline(never)
    func checkNames(of index: Int) throws(JSONError) {
        let children = Int(truncatingIfNeeded: tape[index + 1] & 0xFFFF_FFFF)
        let end = Int(truncatingIfNeeded: tape[index + 1] >> 32)
        var size = 4
        while size < children * 2 { size *= 2 }
        // Zero is free: no name has node zero, which is the document's own value.
        var table = [UInt32](repeating: 0, count: size)
        var node = index + 2
        while node < end {
            let text = JSONText(TapeNode(tape[node]), in: bytes)
            var slot = text.hash & (size - 1)
            while table[slot] != 0 {
                let other = JSONText(TapeNode(tape[Int(table[slot])]), in: bytes)
                if other.isSame(as: text) { throw JSONError(.duplicateKey, at: TapeNode(tape[node]).start) }
                slot = (slot + 1) & (size - 1)
            }
            table[slot] = UInt32(truncatingIfNeeded: node)
            let value = node + 1
            node = TapeNode(tape[value]).isContainer ? Int(truncatingIfNeeded: tape[value + 1] >> 32) : value + 1
        }
    }
}
