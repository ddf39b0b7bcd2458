import Dialects
import JSON
import Testing

@Suite("Directives")
struct DirectiveEditsTests {
    private static let mark = #""cache_control":{"type":"ephemeral"}"#

    @Test(
        "go behind the last breakpoint of Anthropic's instructions",
        arguments: [
            (#""system":"be kind","#, #""system":"be kind\n\nshort!","#),
            (#""system":"","#, #""system":"short!","#),
            (#""system":null,"#, #""system":"short!","#),
            (#""system":[],"#, #""system":[{"type":"text","text":"short!"}],"#),
            (
                #""system":[{"type":"text","text":"a"}],"#, #""system":[{"type":"text","text":"a\n\nshort!"}],"#
            ),
            (
                #""system":[{"type":"text","text":"a",\#(mark)}],"#,
                #""system":[{"type":"text","text":"a",\#(mark)},{"type":"text","text":"short!"}],"#
            ),
            (
                #""system":[{"type":"text","text":"a",\#(mark)},{"type":"text","text":"b","cache_control":null}],"#,
                #""system":[{"type":"text","text":"a",\#(mark)},{"type":"text","text":"b\n\nshort!","cache_control":null}],"#
            ),
        ]
    )
    func anthropic(before: String, after: String) throws {
        let rest = #""max_tokens":1,"messages":[{"role":"user","content":"hi"}]}"#
        let sample = try SegmentSample(#"{"model":"m",\#(before)\#(rest)"#, .anthropicMessages)
        let edits = DirectiveEdits.edits(sample.facts, adding: ["short!"])
        #expect(try sample.applying(edits) == #"{"model":"m",\#(after)\#(rest)"#)
    }

    @Test("make instructions where Anthropic's request has none")
    func missing() throws {
        let json = #"{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"hi"}]}"#
        let sample = try SegmentSample(json, .anthropicMessages)
        let after = try sample.applying(DirectiveEdits.edits(sample.facts, adding: ["a", "", "b"]))
        #expect(after == json.dropLast() + #","system":"a\n\nb"}"#)
    }

    @Test(
        "go to the end of the instructions at the front of OpenAI's messages",
        arguments: [
            (#"{"role":"system","content":"s"},"#, #"{"role":"system","content":"s\n\nshort!"},"#),
            ("", #"{"role":"system","content":"short!"},"#),
            (
                #"{"role":"system","content":"s"},{"role":"developer","content":[{"type":"text","text":"d"}]},"#,
                #"{"role":"system","content":"s"},{"role":"developer","content":[{"type":"text","text":"d\n\nshort!"}]},"#
            ),
            (
                #"{"role":"system","content":[{"type":"text","text":"d",\#(mark)}]},"#,
                #"{"role":"system","content":[{"type":"text","text":"d",\#(mark)},{"type":"text","text":"short!"}]},"#
            ),
            (#"{"role":"system"},"#, #"{"role":"system","content":"short!"},"#),
        ]
    )
    func openAI(before: String, after: String) throws {
        // One in the middle of the conversation is not the place: it was not there on the first turn.
        let rest = #"{"role":"user","content":"hi"},{"role":"system","content":"late"}]}"#
        let sample = try SegmentSample(#"{"model":"m","messages":[\#(before)\#(rest)"#, .openAIChat)
        let edits = DirectiveEdits.edits(sample.facts, adding: ["short!"])
        #expect(try sample.applying(edits) == #"{"model":"m","messages":[\#(after)\#(rest)"#)
    }

    @Test(
        "stand at the same place with the same bytes on every turn",
        arguments: [Dialect.openAIChat, .anthropicMessages]
    )
    func stable(dialect: Dialect) throws {
        var messages: [String] = []
        var before: [UInt8] = []
        for turn in 0..<20 {
            messages.append(#"{"role":"user","content":"question \#(turn)"}"#)
            let list = messages.joined(separator: ",")
            let json = #"{"model":"m","max_tokens":1,"system":"s","messages":[\#(list)]}"#
            let sample = try SegmentSample(json, dialect)
            let after = Array(try sample.applying(DirectiveEdits.edits(sample.facts, adding: ["short!"])).utf8)
            #expect(after.starts(with: before.dropLast(2)))
            before = after
            messages.append(#"{"role":"assistant","content":"answer \#(turn)"}"#)
        }
    }

    @Test("none is no edit")
    func none() throws {
        let sample = try SegmentSample(#"{"model":"m","messages":[{"role":"user","content":"hi"}]}"#, .openAIChat)
        #expect(DirectiveEdits.edits(sample.facts, adding: []).isEmpty)
        #expect(DirectiveEdits.edits(sample.facts, adding: [""]).isEmpty)
    }
}
