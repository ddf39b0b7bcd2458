/// The way of an automaton through a text.
///
/// Each step waits for the table's answer to the one before, so four parts of a block are walked side by side: a processor
/// has four questions under way then. A state knows the last bytes alone, so a walk may begin anywhere that many before.
struct LiteralWalk {
    private static let lanes = 4
    private static let longestLane = 1024
    /// Bytes that are worth a walk in lanes.
    static let least = 256
    /// What a block's notes take: one for each byte of the lanes that are told later.
    static let room = (lanes - 1) * longestLane

    let classes: UnsafePointer<UInt8>
    let table: UnsafePointer<UInt16>
    let base: UnsafePointer<UInt8>
    /// States from here on tell something.
    let firstOutput: UInt16

    /// The state behind a byte.
    @inline(__always)
    func next(_ state: UInt16, _ index: Int) -> UInt16 {
        table[Int(state) << LiteralAutomaton.rowBits &+ Int(classes[Int(base[index])])]
    }

    /// The state that a walk from the text's start would have reached.
    func state(before index: Int, depth: Int) -> UInt16 {
        var state: UInt16 = 0
        for place in max(0, index - depth)..<index { state = next(state, place) }
        return state
    }

    /// Walks through a block, as long as it may be.
    ///
    /// - Parameters:
    ///   - start: Its first byte.
    ///   - end: Where the text ends, at least ``least`` further on.
    ///   - depth: How many bytes a state knows.
    ///   - notes: Room for ``room`` of them.
    ///   - tell: Takes states that tell something and where their byte ends, in the text's order.
    /// - Returns: Where the block ends.
    func lanes(
        from start: Int,
        to end: Int,
        depth: Int,
        _ notes: UnsafeMutablePointer<UInt32>,
        _ tell: (UInt16, Int) -> Void
    ) -> Int {
        let lane = min(Self.longestLane, (end - start) / Self.lanes)
        let (second, third, fourth) = (start + lane, start + 2 * lane, start + 3 * lane)
        var (one, two) = (state(before: start, depth: depth), state(before: second, depth: depth))
        var (three, four) = (state(before: third, depth: depth), state(before: fourth, depth: depth))
        var (twos, threes, fours) = (0, lane, 2 * lane)
        for step in 0..<lane {
            one = next(one, start &+ step)
            two = next(two, second &+ step)
            three = next(three, third &+ step)
            four = next(four, fourth &+ step)
            guard max(max(one, two), max(three, four)) >= firstOutput else { continue }
            if one >= firstOutput { tell(one, start &+ step &+ 1) }
            if two >= firstOutput { Self.note(two, second &+ step, start, notes, &twos) }
            if three >= firstOutput { Self.note(three, third &+ step, start, notes, &threes) }
            if four >= firstOutput { Self.note(four, fourth &+ step, start, notes, &fours) }
        }
        for (first, end) in [(0, twos), (lane, threes), (2 * lane, fours)] {
            for place in first..<end {
                let note = notes[place]
                tell(UInt16(truncatingIfNeeded: note), start &+ Int(note >> 16) &+ 1)
            }
        }
        return start + Self.lanes * lane
    }

    /// Keeps a state with its place in the block.
    @inline(__always)
    private static func note(
        _ state: UInt16,
        _ index: Int,
        _ start: Int,
        _ notes: UnsafeMutablePointer<UInt32>,
        _ count: inout Int
    ) {
        notes[count] = UInt32(truncatingIfNeeded: index &- start) << 16 | UInt32(state)
        count &+= 1
    }
}
