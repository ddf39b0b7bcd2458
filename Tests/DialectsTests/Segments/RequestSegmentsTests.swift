import Dialects
import JSON
import Testing

@Suite("The texts of a request")
struct RequestSegmentsTests {
    @Test("of OpenAI's dialect, every one in its place")
    func openAI() throws {
        let sample = try SegmentSample(
            #"""
            {"model":"m","messages":[
              {"role":"system","content":"be kind"},
              {"role":"developer","content":[{"type":"text","text":"be brief","cache_control":{"type":"ephemeral"}}]},
              {"role":"user","content":"first"},
              {"role":"assistant","content":"ok","reasoning_content":"hm","refusal":"no","tool_calls":[
                {"id":"c1","type":"function","function":{"name":"Bash","arguments":"{\"command\":\"git diff\"}"}},
                {"id":"c2","type":"function","function":{"name":"Now","arguments":"{}"}},
                {"id":"c3","type":"custom","custom":{"name":"Patch","input":"free text"}}]},
              {"role":"tool","tool_call_id":"c1","content":"diff"},
              {"role":"tool","tool_call_id":"c2","content":[{"type":"text","text":"noon"}]},
              {"role":"tool","tool_call_id":"c3","content":"patched"},
              {"role":"assistant","content":null,"function_call":{"name":"old","arguments":"{\"a\":1}"}},
              {"role":"function","name":"old","content":"gold"},
              {"role":"user","content":[{"type":"text","text":"look"},{"type":"image_url","image_url":{"url":"https://x"}},
                {"type":"text","text":"again"}]}
            ],"prediction":{"type":"content","content":"guess"}}
            """#,
            .openAIChat
        )
        #expect(
            sample.lines == [
                "0 system system old: be kind",
                "1 developer system marked old: be brief",
                "2 user text old: first",
                "3 assistant text old: ok",
                "3 assistant text old: no",
                "3 assistant reasoning old: hm",
                #"3 assistant tool_args(Bash) old: {"command":"git diff"}"#,
                "3 assistant tool_args(Now) old: {}",
                "3 assistant text(Patch) old: free text",
                "4 tool tool_result(Bash) old: diff",
                "5 tool tool_result(Now) old: noon",
                "6 tool tool_result(Patch) old: patched",
                #"7 assistant tool_args(old): {"a":1}"#,
                "8 function tool_result(old): gold",
                "9 user text last: look",
                "9 user text last: again",
                "10 assistant text: guess",
            ]
        )
        #expect(sample.segments.hasAssistantTurn)
        #expect(sample.segments.command(of: 9) == "git diff")
        #expect(sample.segments.command(of: 10) == nil)
        #expect(sample.segments.command(of: 0) == nil)
    }

    @Test("of Anthropic's dialect, every one in its place")
    func anthropic() throws {
        let sample = try SegmentSample(
            #"""
            {"model":"m","max_tokens":9,"system":[{"type":"text","text":"be kind"},
              {"type":"text","text":"rules","cache_control":{"type":"ephemeral"}}],"messages":[
              {"role":"user","content":"first"},
              {"role":"assistant","content":[
                {"type":"thinking","thinking":"hm","signature":"c2ln"},
                {"type":"redacted_thinking","data":"xxxx"},
                {"type":"text","text":"let me see"},
                {"type":"tool_use","id":"t1","name":"Bash","input":{"command":["git","log"]}},
                {"type":"tool_use","id":"t2","name":"Now","input":{}}]},
              {"role":"user","content":[
                {"type":"tool_result","tool_use_id":"t1","is_error":true,"content":"bad"},
                {"type":"tool_result","tool_use_id":"t2","cache_control":{"type":"ephemeral"},"content":[
                  {"type":"text","text":"noon"},
                  {"type":"search_result","source":"s","title":"T","content":[{"type":"text","text":"found"}]},
                  {"type":"image","source":{"type":"base64","data":"AAAA"}}]}]},
              {"role":"assistant","content":[{"type":"thinking","thinking":"unsigned","signature":""},
                {"type":"thinking","thinking":"translated","signature":"keirouter-unsigned"}]},
              {"role":"user","content":[{"type":"document","title":"D","context":"C","source":
                {"type":"text","media_type":"text/plain","data":"page"}},{"type":"text","text":"what now?"}]},
              {"role":"user","content":[{"type":"tool_result","tool_use_id":"gone","content":"late"}]}
            ]}
            """#,
            .anthropicMessages
        )
        #expect(
            sample.lines == [
                "-1 system system old: be kind",
                "-1 system system marked old: rules",
                "0 user text old: first",
                "1 assistant reasoning old signed: hm",
                "1 assistant text old: let me see",
                #"1 assistant tool_args(Bash) old: {"command":["git","log"]}"#,
                "1 assistant tool_args(Now) old: {}",
                "2 user tool_result(Bash) error old: bad",
                "2 user tool_result(Now) marked old: noon",
                "2 user tool_result(Now) marked old: T",
                "2 user tool_result(Now) marked old: found",
                "3 assistant reasoning: unsigned",
                "3 assistant reasoning: translated",
                "4 user text last: D",
                "4 user text last: C",
                "4 user text last: page",
                "4 user text last: what now?",
                "5 user tool_result: late",
            ]
        )
        #expect(sample.segments.command(of: 7) == "git log")
        #expect(sample.segments.command(of: 8) == nil)
    }

    @Test("a request without an answer has no old text")
    func fresh() throws {
        let sample = try SegmentSample(
            #"{"model":"m","system":"s","max_tokens":1,"messages":[{"role":"user","content":"hi"}]}"#,
            .anthropicMessages
        )
        #expect(!sample.segments.hasAssistantTurn)
        #expect(sample.lines == ["-1 system system: s", "0 user text last: hi"])
    }

    @Test(
        "what is no text is no segment",
        arguments: ["null", "7", "{}", "[]", #""""#, "[null,7,[]]", #"[{"type":"text"}]"#]
    )
    func nothing(content: String) throws {
        let json = #"{"model":"m","messages":[{"role":"user","content":\#(content)}]}"#
        #expect(try SegmentSample(json, .openAIChat).lines.isEmpty)
    }

    @Test("blocks in blocks are followed only so deep")
    func depth() throws {
        var content = #""end""#
        for _ in 0..<50 { content = #"[{"type":"tool_result","tool_use_id":"x","content":\#(content)}]"# }
        let json = #"{"model":"m","max_tokens":1,"messages":[{"role":"user","content":\#(content)}]}"#
        #expect(try SegmentSample(json, .anthropicMessages).lines.isEmpty)
    }

    @Test("a command is cut, and hostile arguments are none")
    func commands() throws {
        func command(_ arguments: String) throws -> String? {
            var writer = JSONWriter()
            writer.string(arguments)
            let text = String(decoding: writer.bytes, as: UTF8.self)
            let sample = try SegmentSample(
                #"""
                {"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":
                {"name":"sh","arguments":\#(text)}}]},{"role":"tool","tool_call_id":"a","content":"out"}]}
                """#,
                .openAIChat
            )
            return sample.segments.command(of: sample.segments.all.count - 1)
        }
        #expect(try command(#"{"cmd":"ls -la"}"#) == "ls -la")
        #expect(try command(#"{"command":["bash","-lc","git status"]}"#) == "bash -lc git status")
        #expect(try command(#"{"command":""#) == nil)
        #expect(try command(#"{"command":7}"#) == nil)
        #expect(try command("[]") == nil)
        let long = String(repeating: "é", count: 9_000)
        #expect((try command(#"{"command":"\#(long)"}"#)?.utf8.count ?? 0) <= 4_096)
    }
}
