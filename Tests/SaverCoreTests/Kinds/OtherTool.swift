/// The output of a tool that the corpus has none of, and what of it may not be lost.
struct OtherTool: Sendable, CustomStringConvertible {
    let name: String
    var command: String
    var text: String
    /// Lines, or parts of them, with their white space folded.
    var facts: [String]
    /// What is saved at least, in per cent of the tokens.
    var least: Int

    var description: String { name }

    init(_ name: String, command: String, least: Int, facts: [String], _ lines: [String]) {
        self.name = name
        self.command = command
        self.least = least
        self.facts = facts
        text = lines.joined(separator: "\n") + "\n"
    }

    func lost(in text: [UInt8]) -> [String] {
        let kept = Facts(text)
        return facts.filter { !kept.hold(Array($0.utf8)[...]) }
    }
}
