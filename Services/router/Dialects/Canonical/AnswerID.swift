/// Ids for answers and tool calls whose upstream gave none.
enum AnswerID {
    /// 24 characters that no other answer has.
    static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<3).map { _ in ToolNaming.hex(UInt32.random(in: .min ... .max, using: &generator)) }.joined()
    }
}
