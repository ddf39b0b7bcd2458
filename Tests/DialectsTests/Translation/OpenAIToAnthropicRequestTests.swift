import Dialects
import JSON
import Testing

@Suite("OpenAI requests for Anthropic upstreams")
struct OpenAIToAnthropicRequestTests {
    @Test("a plain request")
    func plain() throws {
        let (root, lossy, _) = try Translating.toAnthropic(
            #"{"model":"m","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi \"you\"\n"}],"temperature":0.5,"stream":true,"stop":["END"],"max_completion_tokens":50,"user":"u1"}"#
        )
        #expect(root["model"]?.string == "claude-sonnet-4-5")
        #expect(root["max_tokens"]?.integer == 50)
        #expect(root["system"]?.string == "Be brief.")
        #expect(root["messages"]?.json == #"[{"role":"user","content":"Hi \"you\"\n"}]"#)
        #expect(root["temperature"]?.double == 0.5)
        #expect(root["stream"]?.boolean == true)
        #expect(root["stop_sequences"]?.json == #"["END"]"#)
        #expect(root["metadata"]?.json == #"{"user_id":"u1"}"#)
        #expect(lossy == [])
    }

    @Test("the maximum is the client's, else the model's, else a number that all take")
    func maximum() throws {
        let bare = #"{"model":"m","messages":[{"role":"user","content":"x"}]}"#
        #expect(try Translating.toAnthropic(bare).root["max_tokens"]?.integer == 4096)
        #expect(try Translating.toAnthropic(bare, maximum: 64000).root["max_tokens"]?.integer == 64000)
        let large = #"{"model":"m","max_tokens":99999,"messages":[{"role":"user","content":"x"}]}"#
        let (root, lossy, _) = try Translating.toAnthropic(large, maximum: 8192)
        #expect(root["max_tokens"]?.integer == 8192)
        #expect(lossy == ["max_tokens"])
    }

    @Test("instructions in any place come first, turns of one role become one")
    func turns() throws {
        let (root, _, _) = try Translating.toAnthropic(
            #"{"model":"m","messages":[{"role":"system","content":"A"},{"role":"user","content":"1"},{"role":"user","content":[{"type":"text","text":"2"}]},{"role":"developer","content":"B"},{"role":"assistant","content":"3"},{"role":"assistant","content":""},{"role":"user","content":"4"}]}"#
        )
        #expect(root["system"]?.json == #"[{"type":"text","text":"A"},{"type":"text","text":"B"}]"#)
        let messages = try #require(root["messages"])
        #expect(messages.elements.compactMap { $0["role"]?.string } == ["user", "assistant", "user"])
        #expect(messages[0]?["content"]?.json == #"[{"type":"text","text":"1"},{"type":"text","text":"2"}]"#)
        #expect(messages[1]?["content"]?.string == "3")
    }

    @Test("results of parallel calls are the first blocks of one turn, text after them")
    func parallelResults() throws {
        let (root, _, _) = try Translating.toAnthropic(
            #"""
            {"model":"m","tools":[{"type":"function","function":{"name":"f"}}],"messages":[
            {"role":"user","content":"go"},
            {"role":"assistant","content":null,"tool_calls":[
             {"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\": 1}"}},
             {"id":"b","type":"function","function":{"name":"f","arguments":""}},
             {"id":"c","type":"function","function":{"name":"f","arguments":{"y":2}}}]},
            {"role":"tool","tool_call_id":"b","content":"two"},
            {"role":"user","content":"and then"},
            {"role":"tool","tool_call_id":"a","content":[{"type":"text","text":"one"}]},
            {"role":"tool","tool_call_id":"a","content":"again"},
            {"role":"tool","tool_call_id":"zzz","content":"orphan"}]}
            """#
        )
        let messages = try #require(root["messages"])
        #expect(messages.count == 3)
        let calls = try #require(messages[1]?["content"])
        #expect(calls.elements.compactMap { $0["input"]?.json } == [#"{"x": 1}"#, "{}", #"{"y":2}"#])
        let blocks = try #require(messages[2]?["content"])
        let types = blocks.elements.compactMap { $0["type"]?.string }
        #expect(types == ["tool_result", "tool_result", "tool_result", "text", "text", "text"])
        #expect(blocks.elements.compactMap { $0["tool_use_id"]?.string } == ["a", "b", "c"])
        #expect(blocks[0]?["content"]?.string == "one")
        #expect(blocks[2]?["is_error"]?.boolean == true)
        #expect(blocks.elements.compactMap { $0["text"]?.string } == ["and then", "again", "orphan"])
    }

    @Test("ids that the dialect does not take, that are missing or that come twice are mended on both sides")
    func ids() throws {
        let (root, _, _) = try Translating.toAnthropic(
            #"""
            {"model":"m","tools":[{"type":"function","function":{"name":"f"}}],"messages":[
            {"role":"user","content":"go"},
            {"role":"assistant","tool_calls":[{"id":"functions.f:0","function":{"name":"f","arguments":"{}"}},{"function":{"name":"f","arguments":"{}"}}]},
            {"role":"tool","tool_call_id":"functions.f:0","content":"1"},{"role":"tool","content":"2"},
            {"role":"assistant","tool_calls":[{"id":"functions.f:0","function":{"name":"f","arguments":"{}"}}]},
            {"role":"tool","tool_call_id":"functions.f:0","content":"3"}]}
            """#
        )
        let messages = try #require(root["messages"])
        func ids(_ message: Int, _ name: String) -> [String] {
            messages[message]?["content"]?.elements.compactMap { $0[name]?.string } ?? []
        }
        #expect(ids(1, "id") == ids(2, "tool_use_id"))
        #expect(ids(3, "id") == ids(4, "tool_use_id"))
        #expect(Set(ids(1, "id") + ids(3, "id")).count == 3)
        for id in ids(1, "id") + ids(3, "id") {
            #expect(id.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" })
        }
    }

    @Test("pictures and files")
    func media() throws {
        let (root, lossy, _) = try Translating.toAnthropic(
            #"""
            {"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"look"},
            {"type":"image_url","image_url":{"url":"data:image\/png;base64,AAAA"}},
            {"type":"image_url","image_url":{"url":"https://x/y.png","detail":"high"}},
            {"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,BBBB"}},
            {"type":"input_audio","input_audio":{"data":"x","format":"wav"}}]}]}
            """#
        )
        let blocks = try #require(root["messages"]?[0]?["content"])
        #expect(blocks.count == 4)
        #expect(blocks[1]?["source"]?["media_type"]?.string == "image/png")
        #expect(blocks[1]?["source"]?["data"]?.string == "AAAA")
        #expect(blocks[2]?["source"]?.json == #"{"type":"url","url":"https://x/y.png"}"#)
        #expect(blocks[3]?["type"]?.string == "document")
        #expect(blocks[3]?["title"]?.string == "a.pdf")
        #expect(lossy.sorted() == ["messages[].content[].image_url.detail", "messages[].content[].input_audio"])
    }

    @Test(
        "the choice of tools",
        arguments: [
            (#""auto""#, #"{"type":"auto"}"#), (#""none""#, #"{"type":"none"}"#), (#""required""#, #"{"type":"any"}"#),
            (#"{"type":"function","function":{"name":"f"}}"#, #"{"type":"tool","name":"f"}"#),
        ]
    )
    func toolChoice(openAI: String, anthropic: String) throws {
        let (root, _, _) = try Translating.toAnthropic(
            #"{"model":"m","tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object","properties":{}}}}],"tool_choice":\#(openAI),"messages":[{"role":"user","content":"x"}]}"#
        )
        #expect(root["tool_choice"]?.json == anthropic)
        #expect(
            root["tools"]?.json
                == #"[{"name":"f","description":"d","input_schema":{"type":"object","properties":{}}}]"#
        )
    }

    @Test("one call at a time")
    func serial() throws {
        let (root, _, _) = try Translating.toAnthropic(
            #"{"model":"m","tools":[{"type":"function","function":{"name":"f","parameters":{}}}],"parallel_tool_calls":false,"messages":[{"role":"user","content":"x"}]}"#
        )
        #expect(root["tool_choice"]?.json == #"{"type":"auto","disable_parallel_tool_use":true}"#)
        #expect(root["tools"]?[0]?["input_schema"]?.json == #"{"type":"object"}"#)
    }

    @Test("what cannot be carried is named, and only what says something")
    func lossy() throws {
        let (_, lossy, _) = try Translating.toAnthropic(
            #"{"model":"m","n":3,"seed":7,"logprobs":true,"top_logprobs":2,"frequency_penalty":0,"presence_penalty":1,"logit_bias":{"1":2},"store":false,"temperature":1.5,"stop":["\n","X"],"service_tier":"auto","bad name!":1,"messages":[{"role":"user","name":"bob","content":"x"}]}"#
        )
        #expect(
            lossy.sorted() == [
                "logit_bias", "logprobs", "messages[].name", "n", "presence_penalty", "seed", "stop", "temperature",
                "top_logprobs", "unknown",
            ]
        )
    }

    @Test("effort becomes a budget below the maximum, or adaptive thinking where the model has that")
    func effort() throws {
        func thinking(_ extra: String, model: String = "claude-sonnet-4-5", maximum: Int? = nil) throws -> JSONCursor {
            try Translating.toAnthropic(
                #"{"model":"m","reasoning_effort":"high","messages":[{"role":"user","content":"x"}]\#(extra)}"#,
                model: model,
                maximum: maximum
            ).root
        }
        let free = try thinking(#","temperature":0.3,"top_k":5"#)
        #expect(free["thinking"]?.json == #"{"type":"enabled","budget_tokens":16384}"#)
        #expect(free["max_tokens"]?.integer == 16384 + 4096)
        #expect(free["temperature"] == nil)
        #expect(free["top_k"] == nil)
        let small = try thinking(#","max_tokens":4000"#)
        #expect(small["thinking"]?["budget_tokens"]?.integer == 3200)
        #expect(small["max_tokens"]?.integer == 4000)
        #expect(try thinking(#","max_tokens":1000"#)["thinking"] == nil)
        let adaptive = try thinking("", model: "claude-opus-4-6")
        #expect(adaptive["thinking"]?.json == #"{"type":"adaptive"}"#)
        #expect(adaptive["output_config"]?.json == #"{"effort":"high"}"#)
        #expect(try thinking("", model: "claude-3-5-sonnet-20241022")["thinking"] == nil)
        let forced = #","tool_choice":"required","tools":[{"type":"function","function":{"name":"f"}}]"#
        #expect(try thinking(forced)["thinking"] == nil)
    }

    @Test("a tool loop whose thinking the client dropped goes on without thinking")
    func loopWithoutThinking() throws {
        let json = #"""
            {"model":"m","reasoning_effort":"low","tools":[{"type":"function","function":{"name":"f"}}],"messages":[
            {"role":"user","content":"go"},
            {"role":"assistant","reasoning_content":"hm","tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}}]},
            {"role":"tool","tool_call_id":"a","content":"1"}]}
            """#
        let (root, lossy, _) = try Translating.toAnthropic(json)
        #expect(root["thinking"] == nil)
        #expect(lossy.sorted() == ["messages[].reasoning_content", "reasoning_effort"])
        #expect(root["messages"]?[1]?["content"]?.elements.compactMap { $0["type"]?.string } == ["tool_use"])
    }

    @Test("a schema becomes a tool that must be called")
    func schema() throws {
        let (root, lossy, _) = try Translating.toAnthropic(
            #"{"model":"m","response_format":{"type":"json_schema","json_schema":{"name":"r","strict":true,"schema":{"type":"object","properties":{"a":{"type":"string"}}}}},"messages":[{"role":"user","content":"x"}]}"#
        )
        #expect(root["tools"]?[0]?["input_schema"]?.json == #"{"type":"object","properties":{"a":{"type":"string"}}}"#)
        #expect(root["tool_choice"]?["name"]?.string == root["tools"]?[0]?["name"]?.string)
        #expect(lossy == [])
    }

    @Test("JSON without a schema is asked for in words")
    func jsonObject() throws {
        let (root, _, _) = try Translating.toAnthropic(
            #"{"model":"m","response_format":{"type":"json_object"},"messages":[{"role":"system","content":"S"},{"role":"user","content":"x"}]}"#
        )
        #expect(root["system"]?.count == 2)
        #expect(root["system"]?[1]?["text"]?.string?.contains("JSON") == true)
    }

    @Test(
        "a contradiction names the client's parameter",
        arguments: [
            (#""tool_choice":"required""#, "tool_choice"),
            (
                #""tool_choice":{"type":"function","function":{"name":"g"}},"tools":[{"type":"function","function":{"name":"f"}}]"#,
                "tool_choice"
            ),
            (#""response_format":{"type":"json_schema"}"#, "response_format.json_schema.schema"),
            (#""tools":[{"type":"function","function":{}}]"#, "tools[0].function.name"),
            (#""stop":5"#, "stop"),
        ]
    )
    func contradictions(member: String, parameter: String) {
        let error = #expect(throws: DialectError.self) {
            try Translating.toAnthropic(#"{"model":"m","messages":[{"role":"user","content":"x"}],\#(member)}"#)
        }
        #expect(error?.parameter == parameter)
    }

    @Test(
        "shapes that would be refused are made whole",
        arguments: [
            #"[{"role":"assistant","content":"Hello there"},{"role":"user","content":"x"}]"#,
            #"[{"role":"system","content":"only this"}]"#,
            #"[{"role":"user","content":"  "}]"#,
            #"[{"role":"user","content":"x"},{"role":"assistant","content":"so \n"}]"#,
            #"[{"role":"tool","tool_call_id":"q","content":"alone"}]"#,
            #"[{"role":"user","content":null},{"role":"assistant"}]"#,
        ]
    )
    func shapes(messages: String) throws {
        let (root, _, _) = try Translating.toAnthropic(#"{"model":"m","messages":\#(messages)}"#)
        let list = try #require(root["messages"])
        #expect(list[0]?["role"]?.string == "user")
        for message in list.elements {
            let content = try #require(message["content"])
            #expect(content.string?.isEmpty != true)
            #expect(content.kind == .string || content.count > 0)
        }
        let last = list[list.count - 1]?["content"]?.string ?? ""
        #expect(last.last != "\n")
    }

    @Test("older functions")
    func functions() throws {
        let (root, _, context) = try Translating.toAnthropic(
            #"{"model":"m","functions":[{"name":"f","parameters":{"type":"object"}}],"function_call":"auto","messages":[{"role":"user","content":"x"},{"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},{"role":"function","name":"f","content":"done"}]}"#
        )
        #expect(root["tools"]?[0]?["name"]?.string == "f")
        #expect(root["messages"]?[2]?["content"]?[0]?["type"]?.string == "tool_result")
        let answer =
            #"{"id":"msg_1","type":"message","role":"assistant","model":"c","content":[{"type":"tool_use","id":"t","name":"f","input":{"a":1}}],"stop_reason":"tool_use","usage":{"input_tokens":1,"output_tokens":2}}"#
        let (body, _) = try Translating.answer(answer, from: .anthropicMessages, to: .openAIChat, context)
        let choice = body["choices"]?[0]
        #expect(choice?["message"]?["function_call"]?.json == #"{"name":"f","arguments":"{\"a\":1}"}"#)
        #expect(choice?["finish_reason"]?.string == "function_call")
    }
}
