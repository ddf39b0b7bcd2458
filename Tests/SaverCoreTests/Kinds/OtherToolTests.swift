import SaverCore
import Testing

/// Tools that the corpus has no output of: texts written for this, in the words of the tools.
@Suite("Outputs of other tools")
struct OtherToolTests {
    @Test("every fact stays and tokens fall, with the command and without it", arguments: OtherTool.all, [true, false])
    func facts(tool: OtherTool, isKnown: Bool) throws {
        let saving = shrunk(tool.text, command: isKnown ? tool.command : nil)
        let text = saving?.text ?? Array(tool.text.utf8)
        #expect(tool.lost(in: text) == [], "\(saving?.rule ?? "nothing"):\n\(String(decoding: text, as: UTF8.self))")
        if isKnown {
            let percent = saving?.percent ?? 0
            #expect(percent >= tool.least, "\(tool.name): \(percent) % by \(saving?.rule ?? "nothing")")
        }
    }

    @Test("the facts are in the texts themselves", arguments: OtherTool.all)
    func honest(tool: OtherTool) {
        #expect(tool.lost(in: Array(tool.text.utf8)) == [])
    }
}
