import Contracts
import Dialects
import JSON
import TestSupport
import Testing

@Suite("Requests from and to Ollama")
struct OllamaRequestTests {
    private static func recorded() throws -> String {
        String(decoding: try Fixture.bytes("ollama-request.json"), as: UTF8.self)
    }

    @Test("what the router reads: streams unless told not to, the maximum, tools")
    func facts() throws {
        let recorded = try RequestFacts.read(JSONDocument(Array(Self.recorded().utf8)), dialect: .ollama)
        #expect(recorded.model == "asked/model" && !recorded.stream && recorded.maxOutputTokens == 200)
        #expect(recorded.hasTools && recorded.includeUsage && recorded.messageCount == 6)
        // The picture counts flat.
        #expect(recorded.estimatedInputTokens > 1600 && recorded.estimatedInputTokens < 2000)
        func read(_ json: String) throws -> Dialects.RequestFacts {
            try RequestFacts.read(JSONDocument(Array(json.utf8)), dialect: .ollama)
        }
        let messages = #""messages":[{"role":"user","content":"x"}]"#
        #expect(try read(#"{"model":"m",\#(messages)}"#).stream)
        #expect(try read(#"{"model":"m",\#(messages),"options":{"num_predict":-1}}"#).maxOutputTokens == nil)
        #expect { try read(#"{"model":"m",\#(messages),"options":5}"#) } throws: {
            ($0 as? DialectError)?.parameter == "options"
        }
    }

    @Test("everything a request has, for OpenAI")
    func toOpenAI() throws {
        let (root, lossy, _) = try Translating.request(
            Self.recorded(),
            from: .ollama,
            to: .openAIChat,
            model: "gpt-oss-120b"
        )
        let messages = try #require(root["messages"])
        #expect(
            messages.elements.map { $0["role"]?.string ?? "" } == [
                "system", "user", "assistant", "tool", "tool", "user",
            ]
        )
        #expect(messages[1]?["content"]?[1]?["image_url"]?["url"]?.string == "data:image/png;base64,iVBORw0KGgoAAAA=")
        let calls = try #require(messages[2]?["tool_calls"])
        #expect(calls[0]?["function"]?["arguments"]?.string == #"{ "location": "Paris" }"#)
        // Results without ids find their calls by name.
        #expect(messages[3]?["tool_call_id"]?.string == calls[0]?["id"]?.string)
        #expect(messages[3]?["content"]?.string == "sunny" && messages[4]?["content"]?.string == "noon")
        #expect(calls[0]?["id"]?.string != calls[1]?["id"]?.string)
        #expect(root["max_tokens"]?.integer == 200 && root["temperature"]?.double == 0.5)
        #expect(root["seed"]?.integer == 7 && root["presence_penalty"]?.double == 0.25)
        #expect(root["stop"]?.elements.compactMap(\.string) == ["END", "\n\n"])
        #expect(root["reasoning_effort"]?.string == "high")
        #expect(root["response_format"]?["json_schema"]?["schema"]?["required"]?[0]?.string == "city")
        #expect(root["stream"] == nil && root["tools"]?.count == 2)
        #expect(Set(lossy) == ["keep_alive", "options.num_ctx", "top_k", "messages[].content[].thinking"])
    }

    @Test("to Anthropic: pairs of calls and results, the picture, the maximum")
    func toAnthropic() throws {
        let (root, lossy, _) = try Translating.request(
            Self.recorded().replacing(#""think": "high","#, with: "").replacing(
                #""format": { "type": "object", "properties": { "city": { "type": "string" } }, "required": ["city"] },"#,
                with: ""
            ),
            from: .ollama,
            to: .anthropicMessages,
            model: "claude-sonnet-4-5"
        )
        #expect(root["max_tokens"]?.integer == 200 && root["top_k"]?.integer == 40)
        let image = root["messages"]?[0]?["content"]?.elements.first { $0["type"]?.string == "image" }
        #expect(image?["source"]?["media_type"]?.string == "image/png")
        let results = root["messages"]?[2]?["content"]?.elements.filter { $0["type"]?.string == "tool_result" } ?? []
        let calls = root["messages"]?[1]?["content"]?.elements.filter { $0["type"]?.string == "tool_use" } ?? []
        #expect(results.count == 2 && results.map { $0["tool_use_id"]?.string } == calls.map { $0["id"]?.string })
        #expect(lossy.contains("keep_alive") && lossy.contains("options.num_ctx"))
    }

    @Test(
        "thinking, as a flag and as a word",
        arguments: [("true", "medium"), (#""low""#, "low"), ("false", nil)] as [(String, String?)]
    )
    func thinking(value: String, effort: String?) throws {
        let body = #"{"model":"m","think":\#(value),"messages":[{"role":"user","content":"x"}]}"#
        let (root, lossy, _) = try Translating.request(body, from: .ollama, to: .openAIChat, model: "gpt-5")
        #expect(root["reasoning_effort"]?.string == effort && lossy == [])
    }

    @Test(
        "what is wrong names the client's own parameter",
        arguments: [
            (#""messages":[{"role":"odd","content":"x"}]"#, "messages[0].role"),
            (#""messages":[{"role":"user","content":{}}]"#, "messages[0].content"),
            (#""messages":[{"role":"user","content":"x","images":[5]}]"#, "messages[0].images"),
            (#""messages":[{"role":"assistant","tool_calls":[{}]}]"#, "messages[0].tool_calls[0].function.name"),
            (#""messages":[{"role":"user","content":"x"}],"tools":[{}]"#, "tools[0].function.name"),
            (#""messages":[{"role":"user","content":"x"}],"format":"xml""#, "format"),
            (#""messages":[{"role":"user","content":"x"}],"options":{"stop":[1]}"#, "options.stop"),
        ]
    )
    func wrong(members: String, parameter: String) {
        #expect { try Translating.request(#"{"model":"m",\#(members)}"#, from: .ollama, to: .openAIChat) } throws: {
            ($0 as? DialectError)?.parameter == parameter
        }
    }

    // MARK: To Ollama

    @Test("everything OpenAI's clients say")
    func fromOpenAI() throws {
        let json = #"""
            {"model":"m","max_tokens":50,"temperature":0.5,"seed":3,"n":2,"logprobs":true,"top_logprobs":2,"stop":"END","user":"u","parallel_tool_calls":false,"tool_choice":"required","response_format":{"type":"json_object"},"logit_bias":{"5":1},
            "tools":[{"type":"function","function":{"name":"f","strict":true,"parameters":{"type":"object"}}}],
            "messages":[{"role":"developer","content":"D"},{"role":"user","content":[{"type":"text","text":"U"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},{"type":"image_url","image_url":{"url":"https://x/p.png"}}]},
            {"role":"assistant","content":null,"reasoning_content":"R","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]},{"role":"tool","tool_call_id":"c1","content":"done"}]}
            """#
        let (root, lossy, _) = try Translating.request(json, from: .openAIChat, to: .ollama, model: "qwen3:8b")
        #expect(root["model"]?.string == "qwen3:8b" && root["stream"]?.boolean == false)
        #expect(root["format"]?.string == "json")
        #expect(root["options"]?["num_predict"]?.integer == 50 && root["options"]?["seed"]?.integer == 3)
        #expect(root["options"]?["stop"]?[0]?.string == "END" && root["options"]?["temperature"]?.double == 0.5)
        #expect(root["logprobs"]?.boolean == true && root["top_logprobs"]?.integer == 2)
        let messages = try #require(root["messages"])
        #expect(messages[0]?["role"]?.string == "system" && messages[0]?["content"]?.string == "D")
        #expect(messages[1]?["images"]?[0]?.string == "AAAA")
        #expect(messages[1]?["content"]?.string == "U\n\nhttps://x/p.png")
        #expect(messages[2]?["thinking"]?.string == "R")
        #expect(messages[2]?["tool_calls"]?[0]?["function"]?["arguments"]?["a"]?.integer == 1)
        #expect(messages[3]?["tool_name"]?.string == "f" && messages[3]?["content"]?.string == "done")
        #expect(
            Set(lossy) == [
                "n", "logit_bias", "user", "tools[].function.strict", "parallel_tool_calls", "tool_choice",
                "messages[].content[].url",
            ]
        )
    }

    @Test(
        "thinking in the model's own words",
        arguments: [
            ("qwen3:8b", #""reasoning_effort":"high""#, "true", false),
            ("qwen3:8b", #""reasoning_effort":"none""#, "false", false),
            ("gpt-oss:20b", #""reasoning_effort":"minimal""#, #""low""#, false),
            ("gpt-oss:20b", #""reasoning_effort":"none""#, #""low""#, true),
            ("llama3.2", #""reasoning_effort":"high""#, nil, true),
        ] as [(String, String, String?, Bool)]
    )
    func thinks(model: String, member: String, value: String?, isLossy: Bool) throws {
        let json = #"{"model":"m",\#(member),"messages":[{"role":"user","content":"x"}]}"#
        let (root, lossy, _) = try Translating.request(json, from: .openAIChat, to: .ollama, model: model)
        #expect(root["think"]?.json == value && lossy == (isLossy ? ["reasoning_effort"] : []))
    }

    @Test("a choice among tools: only what may be called is sent")
    func choice() throws {
        func tools(_ choice: String) throws -> ([String], [String]) {
            let json =
                #"{"model":"m","max_tokens":9,"tool_choice":\#(choice),"tools":[{"name":"a","input_schema":{"type":"object"}},{"name":"b","input_schema":{"type":"object"}}],"messages":[{"role":"user","content":"x"}]}"#
            let (root, lossy, _) = try Translating.request(json, from: .anthropicMessages, to: .ollama)
            return (root["tools"]?.elements.compactMap { $0["function"]?["name"]?.string } ?? [], lossy)
        }
        #expect(try tools(#"{"type":"auto"}"#) == (["a", "b"], []))
        #expect(try tools(#"{"type":"none"}"#) == ([], []))
        #expect(try tools(#"{"type":"any"}"#) == (["a", "b"], ["tool_choice"]))
        #expect(try tools(#"{"type":"tool","name":"b"}"#) == (["b"], ["tool_choice"]))
    }

    // MARK: Texts

    @Test("every text of a request is seen, with what it belongs to, and instructions are added")
    func segments() throws {
        let document = try JSONDocument(
            Array(Self.recorded().replacing(#"{ "location": "Paris" }"#, with: #"{"command":"ls"}"#).utf8)
        )
        let facts = try RequestFacts.read(document, dialect: .ollama)
        let segments = RequestSegments.read(facts)
        #expect(
            segments.all.map(\.text) == [
                "Be brief.", "What is this?", "I need both.", #"{"command":"ls"}"#, "{}", "noon", "sunny", "And?",
            ]
        )
        #expect(segments.all[2].kind == .reasoning && segments.all[3].kind == .toolArguments)
        #expect(segments.all[5].toolName == "get_time" && segments.command(of: 6) == "ls")
        #expect(segments.all.filter(\.isLastUser).map(\.text) == ["And?"])
        let edited = try JSONDocument(document.applying(DirectiveEdits.edits(facts, adding: ["More."])))
        #expect(edited.root["messages"]?[0]?["content"]?.string == "Be brief.\n\nMore.")
        let named = try document.applying(RequestEdits(facts, model: "own").edits)
        #expect(
            String(decoding: named, as: UTF8.self)
                == String(decoding: document.bytes, as: UTF8.self).replacing(#""asked/model""#, with: #""own""#)
        )
    }
}
