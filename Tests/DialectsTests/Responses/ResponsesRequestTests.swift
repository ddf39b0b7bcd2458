import Dialects
import JSON
import Testing

@Suite("Requests from OpenAI's Responses")
struct ResponsesRequestTests {
    private static func request(
        _ json: String,
        to upstream: Dialect,
        model: String = "up"
    ) throws -> (root: JSONCursor, lossy: [String], context: AnswerContext) {
        try Translating.request(json, from: .openAIResponses, to: upstream, model: model)
    }

    private static func sample() throws -> String {
        String(decoding: try Fixture.bytes("responses-request.json"), as: UTF8.self)
    }

    @Test("a turn of Codex as Chat Completions")
    func toChat() throws {
        let (root, lossy, _) = try Self.request(Self.sample(), to: .openAIChat, model: "deepseek-chat")
        let messages = try #require(root["messages"]?.elements.map { $0 })
        let roles = messages.map { $0["role"]?.string ?? "" }
        #expect(roles == ["system", "system", "user", "assistant", "tool", "tool", "user"])
        #expect(messages[0]["content"]?.string == "You are Codex.")
        #expect(messages[2]["content"]?[0]?["text"]?.string == "Fix it – 日本")
        #expect(messages[2]["content"]?[1]?["image_url"]?["url"]?.string == "data:image/png;base64,iVBORw0KGgo=")
        #expect(messages[3]["content"]?.string == "Let me look.")
        #expect(messages[3]["reasoning_content"]?.string == "I look.")
        let calls = messages[3]["tool_calls"]
        #expect(calls?[0]?["function"]?["arguments"]?.string == #"{"command":["ls","-la"]}"#)
        #expect(calls?[1]?["function"]?["arguments"]?.string == #"{"input":"*** Begin Patch\n*** End Patch"}"#)
        #expect(messages[4]["tool_call_id"]?.string == "call_1")
        #expect(messages[4]["content"]?.string == "a.txt\nb.txt")
        #expect(messages[5]["content"]?.string == "Success.")
        // The picture of a result follows in the next message of the user.
        #expect(messages[6].json.contains("data:image/png;base64,AAAA"))
        #expect(messages[6].json.contains("And now?"))
        #expect(root["stream_options"]?["include_usage"]?.boolean == true)
        #expect(root["parallel_tool_calls"]?.boolean == false)
        #expect(!root.json.contains("gAAAA"))
        for name in ["input[].item_reference", "tools[].web_search", "reasoning.summary", "text.verbosity"] {
            #expect(lossy.contains(name), "\(name) in \(lossy)")
        }
        #expect(!lossy.contains("include"))
    }

    @Test("tools: functions, free text with its grammar, names that another dialect forbids")
    func tools() throws {
        for upstream in [Dialect.openAIChat, .anthropicMessages] {
            let (root, _, _) = try Self.request(Self.sample(), to: upstream)
            let tools = try #require(root["tools"]?.elements.map { $0["function"] ?? $0 })
            #expect(tools.count == 3)
            #expect(tools[0]["name"]?.string == "shell")
            #expect(tools[1]["name"]?.string == "apply_patch")
            let schema = tools[1]["parameters"] ?? tools[1]["input_schema"]
            #expect(schema?["properties"]?["input"]?["type"]?.string == "string")
            #expect(schema?["required"]?.json == #"["input"]"#)
            #expect(tools[1]["description"]?.string?.contains("begin_patch: \"*** Begin Patch\" LF") == true)
            let name = tools[2]["name"]?.string ?? ""
            #expect(name.hasPrefix("mcp__notes__add_note_"))
        }
    }

    @Test("a turn of Codex as Messages, thinking of another family left out")
    func toAnthropic() throws {
        let (root, lossy, _) = try Self.request(Self.sample(), to: .anthropicMessages, model: "claude-sonnet-4-5")
        #expect(root["system"]?[0]?["text"]?.string == "You are Codex.")
        let messages = try #require(root["messages"]?.elements.map { $0 })
        #expect(messages.map { $0["role"]?.string } == ["user", "assistant", "user"])
        #expect(messages[1]["content"]?.json.contains("thinking") == false)
        #expect(messages[1]["content"]?[1]?["input"]?["command"]?[0]?.string == "ls")
        #expect(messages[1]["content"]?[2]?["input"]?["input"]?.string == "*** Begin Patch\n*** End Patch")
        let results = messages[2]["content"]
        #expect(results?[0]?["tool_use_id"]?.string == "call_1")
        #expect(results?[1]?["content"]?[1]?["source"]?["data"]?.string == "AAAA")
        #expect(results?[2]?["text"]?.string == "And now?")
        #expect(lossy.contains("input[].encrypted_content"))
        #expect(root["tool_choice"]?["disable_parallel_tool_use"]?.boolean == true)
    }

    @Test(
        "what only a provider holds is a clear refusal",
        arguments: ["previous_response_id", "conversation", "prompt"]
    )
    func held(name: String) throws {
        let json = #"{"model":"m","input":"x","\#(name)":"resp_1"}"#
        for upstream in [Dialect.openAIChat, .anthropicMessages] {
            let error = #expect(throws: DialectError.self) { try Self.request(json, to: upstream) }
            #expect(error?.parameter == name)
            #expect(error?.problem.contains("the gateway keeps nothing") == true)
        }
    }

    @Test(
        "bodies that are no request",
        arguments: [
            (#"{"model":"m"}"#, "input"), (#"{"model":"m","input":7}"#, "input"),
            (#"{"model":"m","input":["x"]}"#, "input[0]"),
            (#"{"model":"m","input":"x","background":true}"#, "background"),
            (#"{"model":"m","input":"x","max_output_tokens":0}"#, "max_output_tokens"),
            (#"{"model":"m","input":"x","stream":"yes"}"#, "stream"),
        ]
    )
    func refused(json: String, parameter: String) throws {
        let error = #expect(throws: DialectError.self) {
            try RequestFacts.read(JSONDocument(Array(json.utf8)), dialect: .openAIResponses)
        }
        #expect(error?.parameter == parameter)
    }

    @Test("parameters have their places")
    func parameters() throws {
        let json = #"""
            {"model":"m","input":"Hi","max_output_tokens":500,"temperature":0.5,"top_p":0.9,"user":"u",
             "truncation":"auto","metadata":{"a":"b"},"service_tier":"auto","store":true,
             "include":["file_search_call.results"],
             "text":{"format":{"type":"json_schema","name":"n","strict":true,"schema":{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}}}}
            """#
        let (chat, lossy, _) = try Self.request(json, to: .openAIChat, model: "gpt-4o")
        #expect(chat["messages"]?.json == #"[{"role":"user","content":"Hi"}]"#)
        #expect(chat["max_tokens"]?.integer == 500)
        #expect(chat["temperature"]?.double == 0.5)
        #expect(chat["response_format"]?["json_schema"]?["strict"]?.boolean == true)
        #expect(chat["user"]?.string == "u")
        #expect(Set(lossy) == ["truncation", "metadata", "store", "include"])
        let (claude, _, _) = try Self.request(json, to: .anthropicMessages, model: "claude-sonnet-4-5")
        #expect(claude["max_tokens"]?.integer == 500)
        #expect(claude["tool_choice"]?["name"]?.string == "answer_as_json")
    }

    @Test("effort", arguments: ["none", "minimal", "low", "medium", "high", "xhigh"])
    func effort(word: String) throws {
        let json = #"{"model":"m","input":"Hi","reasoning":{"effort":"\#(word)"}}"#
        let (chat, lossy, _) = try Self.request(json, to: .openAIChat, model: "gpt-5")
        #expect((chat["reasoning_effort"] != nil) == (word != "none"))
        #expect(lossy.isEmpty)
        let (claude, _, _) = try Self.request(json, to: .anthropicMessages, model: "claude-sonnet-4-5")
        #expect((claude["thinking"] != nil) == (word != "none"))
    }

    @Test("choices of tools")
    func choices() throws {
        let tools = #"[{"type":"function","name":"a"},{"type":"function","name":"b"},{"type":"custom","name":"c"}]"#
        func chat(_ choice: String) throws -> (choice: String?, tools: [String], lossy: [String]) {
            let json = #"{"model":"m","input":"x","tools":\#(tools),"tool_choice":\#(choice)}"#
            let (root, lossy, _) = try Self.request(json, to: .openAIChat)
            let names = root["tools"]?.elements.compactMap { $0["function"]?["name"]?.string } ?? []
            return (root["tool_choice"]?.json, names, lossy)
        }
        #expect(try chat(#""required""#).choice == #""required""#)
        #expect(try chat(#"{"type":"function","name":"b"}"#).choice?.contains(#""name":"b""#) == true)
        #expect(try chat(#"{"type":"custom","name":"c"}"#).choice?.contains(#""name":"c""#) == true)
        let allowed = try chat(
            #"{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"b"},{"type":"custom","name":"c"}]}"#
        )
        #expect(allowed.choice == #""required""#)
        #expect(allowed.tools == ["b", "c"])
        #expect(allowed.lossy.isEmpty)
        #expect(try chat(#"{"type":"web_search"}"#).lossy == ["tool_choice"])
        #expect(throws: DialectError.self) { try chat(#"{"type":"function","name":"z"}"#) }
        #expect(throws: DialectError.self) { try chat(#""sometimes""#) }
    }

    @Test("facts for admission and routing")
    func facts() throws {
        let document = try JSONDocument(Fixture.bytes("responses-request.json"))
        let facts = try RequestFacts.read(document, dialect: .openAIResponses)
        #expect(facts.model == "gpt-5-codex")
        #expect(facts.stream)
        #expect(facts.includeUsage)
        #expect(facts.hasTools)
        #expect(facts.messageCount == 10)
        #expect(facts.conversation.bodyID?.parameter == "prompt_cache_key")
        #expect(facts.estimatedInputTokens > 2 * 1600)
        let plain = try JSONDocument(Array(#"{"model":"m","input":"12345678"}"#.utf8))
        #expect(try RequestFacts.read(plain, dialect: .openAIResponses).estimatedInputTokens == 2)
    }
}

@Suite("Requests to OpenAI's Responses")
struct ResponsesUpstreamRequestTests {
    @Test("Chat Completions as Responses")
    func fromChat() throws {
        let json = #"""
            {"model":"m","stream":true,"max_tokens":5,"stop":["x"],"seed":1,"verbosity":"low","service_tier":"flex",
             "metadata":{"a":"b"},"tool_choice":{"type":"function","function":{"name":"f.x"}},
             "response_format":{"type":"json_object"},
             "tools":[{"type":"function","function":{"name":"f.x","strict":true,"parameters":{"type":"object","properties":{},"required":[],"additionalProperties":false}}}],
             "messages":[{"role":"system","content":"S"},{"role":"user","content":[{"type":"text","text":"U"},{"type":"image_url","image_url":{"url":"https://x/y.png"}},{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,QQ=="}}]},
              {"role":"assistant","content":"A","tool_calls":[{"id":"c1","type":"function","function":{"name":"f.x","arguments":"{}"}}]},
              {"role":"tool","tool_call_id":"c1","content":"R"},{"role":"system","content":"Later"}]}
            """#
        let (root, lossy, _) = try Translating.request(json, from: .openAIChat, to: .openAIResponses, model: "gpt-4o")
        #expect(root["instructions"]?.string == "S")
        let input = try #require(root["input"]?.elements.map { $0 })
        #expect(
            input.map { $0["type"]?.string ?? $0["role"]?.string ?? "" }
                == ["user", "assistant", "function_call", "function_call_output", "developer"]
        )
        #expect(input[0]["content"]?[0]?["type"]?.string == "input_text")
        #expect(input[0]["content"]?[1]?["image_url"]?.string == "https://x/y.png")
        #expect(input[0]["content"]?[2]?["file_data"]?.string == "data:application/pdf;base64,QQ==")
        #expect(input[2]["call_id"]?.string == "c1")
        #expect(input[3]["output"]?.string == "R")
        let name = input[2]["name"]?.string ?? ""
        #expect(name.hasPrefix("f_x_"))
        #expect(root["tools"]?[0]?["name"]?.string == name)
        #expect(root["tools"]?[0]?["strict"]?.boolean == true)
        #expect(root["tool_choice"]?["name"]?.string == name)
        #expect(root["max_output_tokens"]?.integer == 16)
        #expect(root["text"]?["format"]?["type"]?.string == "json_object")
        #expect(root["text"]?["verbosity"]?.string == "low")
        #expect(root["service_tier"]?.string == "flex")
        #expect(root["metadata"]?["a"]?.string == "b")
        #expect(root["store"]?.boolean == false)
        #expect(root["stream"]?.boolean == true)
        #expect(root["include"] == nil)
        #expect(Set(lossy) == ["max_tokens", "stop", "seed"])
    }

    @Test("Messages as Responses: results with pictures stay together, failures say so")
    func fromAnthropic() throws {
        let json = #"""
            {"model":"m","max_tokens":900,"system":"S","top_k":3,"thinking":{"type":"enabled","budget_tokens":2000},
             "messages":[{"role":"user","content":"U"},{"role":"assistant","content":[{"type":"thinking","thinking":"T","signature":"sig"},{"type":"tool_use","id":"t1","name":"f","input":{"a":1}}]},
             {"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","is_error":true,"content":[{"type":"text","text":"R"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"QQ=="}}]},{"type":"text","text":"Go"}]}]}
            """#
        let (root, lossy, _) = try Translating.request(
            json,
            from: .anthropicMessages,
            to: .openAIResponses,
            model: "gpt-5"
        )
        let input = try #require(root["input"]?.elements.map { $0 })
        #expect(
            input.map { $0["type"]?.string ?? $0["role"]?.string ?? "" }
                == ["user", "function_call", "function_call_output", "user"]
        )
        #expect(input[1]["arguments"]?.string == #"{"a":1}"#)
        #expect(input[2]["output"]?[1]?["image_url"]?.string == "data:image/png;base64,QQ==")
        #expect(root["reasoning"]?["effort"]?.string == "low")
        #expect(root["reasoning"]?["summary"] == nil)
        #expect(root["include"]?.json == #"["reasoning.encrypted_content"]"#)
        #expect(Set(lossy) == ["top_k", "messages[].content[].is_error", "messages[].content[].thinking"])
    }

    @Test("there and back says the same", arguments: ["openai-request", "anthropic-request"])
    func roundTrip(name: String) throws {
        let json = String(decoding: try Fixture.bytes("\(name).json"), as: UTF8.self)
        let client = Fixture.dialect(name)
        let there = try Translating.request(json, from: client, to: .openAIResponses, model: "claude-x").root
        let back = try Translating.request(there.json, from: .openAIResponses, to: client, model: "claude-x").root
        let again = try Translating.request(back.json, from: client, to: .openAIResponses, model: "claude-x").root
        #expect(again["input"]?.json == there["input"]?.json)
        #expect(again["tools"]?.json == there["tools"]?.json)
        #expect(again["instructions"]?.json == there["instructions"]?.json)
    }
}
