import TestSupport

/// The requests of a coding agent, turn by turn, with cache marks where such agents place them: on the system text, on the
/// last tool, and on the last two user turns.
struct AgentConversation {
    static let mark = #","cache_control":{"type":"ephemeral"}"#

    let model: String
    private var turns: [(assistant: String, result: String)] = []
    private var generator: SeededGenerator

    init(model: String, seed: UInt64) {
        self.model = model
        generator = SeededGenerator(seed: seed)
    }

    /// The agent has called a tool and has its result.
    mutating func advance() {
        let number = turns.count
        let (command, output) = tool(number)
        let input = #"{"command":\#(MockWire.quoted(command))}"#
        let call = #"{"type":"tool_use","id":"toolu_\#(number)","name":"Bash","input":\#(input)}"#
        let said = #"{"type":"text","text":"Step \#(number): I look at it."}"#
        turns.append(("[\(said),\(call)]", output))
    }

    /// The request's body now.
    var body: String {
        let system = #"[{"type":"text","text":"You are a careful coding agent. Keep the style."\#(Self.mark)}]"#
        let tool = #"{"name":"Bash","description":"Runs a command.","input_schema":{"type":"object"}\#(Self.mark)}"#
        var messages = [user(#"{"type":"text","text":"Please mend the build."\#(isMarked(-1) ? Self.mark : "")}"#)]
        for (number, turn) in turns.enumerated() {
            messages.append(#"{"role":"assistant","content":\#(turn.assistant)}"#)
            let result =
                #"{"type":"tool_result","tool_use_id":"toolu_\#(number)","content":\#(MockWire.quoted(turn.result))"#
            messages.append(user(result + (isMarked(number) ? Self.mark : "") + "}"))
        }
        return #"{"model":"\#(model)","max_tokens":256,"system":\#(system),"tools":[\#(tool)],"#
            + #""messages":[\#(messages.joined(separator: ","))]}"#
    }

    private func user(_ block: String) -> String { #"{"role":"user","content":[\#(block)]}"# }

    private func isMarked(_ number: Int) -> Bool { number >= turns.count - 2 }

    private mutating func tool(_ number: Int) -> (command: String, output: String) {
        switch number % 3 {
        case 0: ("git diff", diff(number))
        case 1: ("rg -n Widget", search(number))
        default: ("git log -1", "Author: Anna Berg <anna.berg\(number)@example.org>\nMend step \(number).\n")
        }
    }

    private mutating func diff(_ number: Int) -> String {
        let file = "Sources/Part\(number)/Widget.swift"
        var text = "diff --git a/\(file) b/\(file)\nindex 1111111..2222222 100644\n--- a/\(file)\n+++ b/\(file)\n"
        for hunk in 0..<4 {
            text += "@@ -\(hunk * 100 + 1),40 +\(hunk * 100 + 1),40 @@ struct Widget {\n"
            for line in 0..<40 {
                let value = generator.number(0...9999)
                if line == 20 {
                    text += "-    let width\(line) = compute(\(value), base: origin)\n"
                    text += "+    let width\(line) = compute(\(value + 1), base: origin)\n"
                } else {
                    text += "     let height\(line) = measure(\(value), from: container, named: \"part\")\n"
                }
            }
        }
        return text
    }

    private mutating func search(_ number: Int) -> String {
        (0..<80).map { line in
            let file = "Sources/Long/Folder/Name/Part\(number)/Group\(line / 20)/WidgetFactoryImplementation.swift"
            let value = generator.number(0...999)
            return "\(file):\(line * 7 + 1):    return WidgetFactory.make(\(value), in: container)\n"
        }.joined()
    }
}
