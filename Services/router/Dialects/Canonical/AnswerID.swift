/// Ids for answers and tool calls whose upstream gave none.
enum AnswerID {
    /// 24 characters that no other answer has.
    static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        var bits = generator.next()
        return String(unsafeUninitializedCapacity: 24) { target in
            for place in 0..<24 {
                if place == 16 { bits = generator.next() }
                let digit = UInt8(truncatingIfNeeded: bits & 0xF)
                target[place] = digit < 10 ? 0x30 + digit : 0x57 + digit
                bits >>= 4
            }
            return 24
        }
    }
}
