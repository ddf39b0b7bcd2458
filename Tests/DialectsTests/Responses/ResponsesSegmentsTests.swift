import Contracts
import Dialects
import JSON
import Testing

@Suite("Texts of Responses requests")
struct ResponsesSegmentsTests {
    @Test("a turn of Codex, text by text")
    func codex() throws {
        let json = String(decoding: try Fixture.bytes("responses-request.json"), as: UTF8.self)
        let sample = try SegmentSample(json, .openAIResponses)
        #expect(
            sample.lines == [
                "-1 system system old: You are Codex.", "0 developer system old: <permissions>all</permissions>",
                "1 user text old: Fix it – 日本", "2 assistant reasoning old signed: I look.",
                "3 assistant text old: Let me look.",
                #"4 assistant tool_args(shell) old: {"command":["ls","-la"]}"#,
                "5 assistant text(apply_patch) old: *** Begin Patch\n*** End Patch",
                "6 tool tool_result(shell) old: a.txt\nb.txt", "7 tool tool_result(apply_patch) old: Success.",
                "9 user text last: And now?",
            ]
        )
        let result = try #require(sample.segments.all.firstIndex { $0.toolName == "shell" && $0.kind == .toolResult })
        #expect(sample.segments.command(of: result) == "ls -la")
        #expect(sample.segments.hasAssistantTurn)
    }

    @Test("a plain string, and items of kinds that the gateway does not know")
    func others() throws {
        let plain = try SegmentSample(#"{"model":"m","input":"Hello"}"#, .openAIResponses)
        #expect(plain.lines == ["0 user text last: Hello"])
        let other = try SegmentSample(
            #"{"model":"m","input":[{"type":"local_shell_call","call_id":"c","action":{"type":"exec","command":["rm","-rf"]}},{"type":"local_shell_call_output","call_id":"c","output":"gone"},{"type":"mcp_call","name":"n","arguments":"{}","output":"told"},{"type":"computer_call_output","call_id":"d","output":{"type":"computer_screenshot","image_url":"data:x"}}]}"#,
            .openAIResponses
        )
        #expect(
            other.lines == [
                "0 assistant text old: rm", "0 assistant text old: -rf", "1 tool tool_result old: gone",
                "2 assistant text: {}", "2 assistant text: told",
            ]
        )
        let prompt = try SegmentSample(
            #"{"model":"m","prompt":{"id":"pmpt_1","variables":{"city":"Paris","note":{"type":"input_text","text":"N"}}}}"#,
            .openAIResponses
        )
        #expect(prompt.lines == ["0 user text last: Paris", "0 user text last: N"])
    }

    @Test("instructions are added behind the client's own")
    func directives() throws {
        func edited(_ json: String) throws -> JSONCursor {
            let sample = try SegmentSample(json, .openAIResponses)
            return try JSONDocument(
                Array(try sample.applying(DirectiveEdits.edits(sample.facts, adding: ["Be short."])).utf8)
            ).root
        }
        #expect(try edited(#"{"model":"m","input":"x"}"#)["instructions"]?.string == "Be short.")
        #expect(
            try edited(#"{"model":"m","instructions":"You.","input":"x"}"#)["instructions"]?.string
                == "You.\n\nBe short."
        )
        #expect(try edited(#"{"model":"m","instructions":null,"input":"x"}"#)["instructions"]?.string == "Be short.")
    }

    @Test("edits stand where the texts stand and nowhere else")
    func edits() throws {
        let json = String(decoding: try Fixture.bytes("responses-request.json"), as: UTF8.self)
        let sample = try SegmentSample(json, .openAIResponses)
        var edits: [JSONEdit] = []
        for segment in sample.segments.all where segment.kind != .toolArguments {
            edits += TextSplice.documentEdits([TextSplice.replacement(of: segment, with: "X")], of: segment)
        }
        let root = try JSONDocument(Array(try sample.applying(edits).utf8)).root
        #expect(root["instructions"]?.string == "X")
        #expect(root["input"]?[5]?["input"]?.string == "X")
        #expect(root["input"]?[6]?["output"]?.string == "X")
        #expect(root["input"]?[7]?["output"]?[0]?["text"]?.string == "X")
        #expect(root["input"]?[2]?["encrypted_content"]?.string == "gAAAAABreal/one+==")
        #expect(root["tools"]?.count == 4)
    }
}
