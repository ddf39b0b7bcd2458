import Synchronization

/// Ids for answers and tool calls whose upstream gave none.
enum AnswerID {
    /// Begins at a random point; the system's own generator would be called into the kernel twice for each id.
    private static let state = Atomic<UInt64>(.random(in: .min ... .max))

    /// 24 characters that no other answer has; unique, not secret.
    static func random() -> String {
        var bits = next()
        return String(unsafeUninitializedCapacity: 24) { target in
            for place in 0..<24 {
                if place == 16 { bits = next() }
                let digit = UInt8(truncatingIfNeeded: bits & 0xF)
                target[place] = digit < 10 ? 0x30 + digit : 0x57 + digit
                bits >>= 4
            }
            return 24
        }
    }

    /// SplitMix64, as the ids of requests are made.
    private static func next() -> UInt64 {
        var bits = state.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
