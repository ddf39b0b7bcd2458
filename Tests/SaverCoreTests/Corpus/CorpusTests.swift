import SaverCore
import Testing
import Tokens

/// What real tools printed, with the facts that must survive.
@Suite("Corpus")
struct CorpusTests {
    /// Outputs that no rule may change.
    static let others = ["file-read/cat-n-python"]

    @Test("every fact survives and the tokens go, with the command known and unknown", arguments: CorpusOutput.all)
    func facts(_ output: CorpusOutput) throws {
        let text = try Fixture.bytes(output.name + ".txt")
        let facts = try Fixture.facts(output.name)
        for command in [output.command, nil] {
            let saving = try #require(engine.shrink(ToolResult(text: text, toolName: "bash", command: command)))
            #expect(saving.rule == output.rule)
            #expect(saving.percent >= output.saved, "\(saving.tokensBefore) -> \(saving.tokensAfter)")
            #expect(saving.tokensBefore == TokenCounter.o200k.count(text))
            #expect(saving.tokensAfter == TokenCounter.o200k.count(saving.text))
            let kept = Facts(saving.text)
            for fact in facts where !kept.hold(fact) {
                Issue.record("lost: \(String(decoding: fact, as: UTF8.self))")
            }
        }
    }

    @Test("the last line says what was left out, once, and is no language's comment", arguments: CorpusOutput.all)
    func marker(_ output: CorpusOutput) throws {
        let text = try Fixture.bytes(output.name + ".txt")
        let saving = try #require(engine.shrink(ToolResult(text: text, command: output.command)))
        let lines = saving.string.split(separator: "\n")
        let last = try #require(lines.last)
        #expect(last.hasPrefix("[keirouter: ") && last.hasSuffix("]"))
        #expect(lines.count { $0.hasPrefix("[keirouter: ") } == 1)
        #expect((saving.text.last == .newline) == (text.last == .newline))
    }

    @Test("the same bytes come out again, and a smaller text stays as it is", arguments: CorpusOutput.all)
    func stable(_ output: CorpusOutput) throws {
        let text = try Fixture.bytes(output.name + ".txt")
        let first = try #require(engine.shrink(ToolResult(text: text, command: output.command)))
        let second = engine.shrink(ToolResult(text: text, command: output.command))
        #expect(first == second)
        #expect(engine.shrink(ToolResult(text: first.text, command: output.command)) == nil)
        #expect(engine.shrink(ToolResult(text: first.text)) == nil)
    }

    @Test("other outputs stay byte for byte", arguments: others)
    func untouched(_ name: String) throws {
        let text = try Fixture.bytes(name + ".txt")
        #expect(engine.shrink(ToolResult(text: text)) == nil)
    }

    @Test("no output is changed by the tools that agents copy from", arguments: CorpusOutput.all)
    func readTools(_ output: CorpusOutput) throws {
        let text = try Fixture.bytes(output.name + ".txt")
        for tool in ["Read", "Edit", "str_replace_based_edit_tool", "mcp__files__read_file"] {
            #expect(engine.shrink(ToolResult(text: text, toolName: tool, command: output.command)) == nil)
        }
        #expect(engine.shrink(ToolResult(text: text, command: output.command, isError: true)) == nil)
        #expect(engine.shrink(ToolResult(text: text, command: "cat notes.txt")) == nil)
    }
}
