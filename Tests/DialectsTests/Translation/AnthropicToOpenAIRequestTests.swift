import Dialects
import JSON
import Testing

@Suite("Anthropic requests for OpenAI upstreams")
struct AnthropicToOpenAIRequestTests {
    @Test("a coding agent's request")
    func agent() throws {
        let (root, lossy, _) = try Translating.toOpenAI(
            #"""
            {"model":"m","max_tokens":1000,"stream":true,"top_k":3,"temperature":0.2,"stop_sequences":["A","B","C","D","E"],
            "system":[{"type":"text","text":"One","cache_control":{"type":"ephemeral"}},{"type":"text","text":"Two"}],
            "tools":[{"name":"f","description":"d","input_schema":{"type":"object","properties":{}}},{"type":"web_search_20250305","name":"web_search"}],
            "tool_choice":{"type":"any","disable_parallel_tool_use":true},
            "messages":[{"role":"user","content":"go"},
            {"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"text","text":"ok"},{"type":"tool_use","id":"toolu_1","name":"f","input":{"q":"a\"b"}},{"type":"tool_use","id":"toolu_2","name":"f","input":{}}]},
            {"role":"user","content":[{"type":"text","text":"more"},{"type":"tool_result","tool_use_id":"toolu_2","is_error":true,"content":[{"type":"text","text":"bad"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"QQ=="}}]},{"type":"tool_result","tool_use_id":"toolu_1"}]}]}
            """#
        )
        let messages = try #require(root["messages"])
        #expect(
            messages.elements.compactMap { $0["role"]?.string } == [
                "system", "user", "assistant", "tool", "tool", "user",
            ]
        )
        #expect(messages[0]?["content"]?.string == "One\n\nTwo")
        #expect(messages[2]?["content"]?.string == "ok")
        #expect(messages[2]?["tool_calls"]?[0]?["function"]?["arguments"]?.string == #"{"q":"a\"b"}"#)
        #expect(messages[2]?["reasoning_content"] == nil)
        #expect(messages[3]?["tool_call_id"]?.string == "toolu_1")
        #expect(messages[3]?["content"]?.string == "")
        #expect(messages[4]?["content"]?.string == "bad")
        let said = try #require(messages[5]?["content"])
        #expect(said.elements.compactMap { $0["type"]?.string }.sorted() == ["image_url", "text"])
        #expect(root["tool_choice"]?.string == "required")
        #expect(root["parallel_tool_calls"]?.boolean == false)
        #expect(root["tools"]?.count == 1)
        #expect(root["stop"]?.count == 4)
        #expect(root["max_tokens"]?.integer == 1000)
        #expect(root["stream_options"]?["include_usage"]?.boolean == true)
        #expect(
            lossy.sorted() == [
                "cache_control", "messages[].content[].is_error", "messages[].content[].thinking", "stop_sequences",
                "tools[].type", "top_k",
            ]
        )
    }

    @Test("reasoning models of OpenAI's own take other parameters")
    func reasoningModel() throws {
        let (root, lossy, _) = try Translating.toOpenAI(
            #"{"model":"m","max_tokens":9000,"temperature":0.2,"thinking":{"type":"enabled","budget_tokens":8000},"messages":[{"role":"user","content":"x"}]}"#,
            model: "openai/gpt-5-mini"
        )
        #expect(root["max_completion_tokens"]?.integer == 9000)
        #expect(root["max_tokens"] == nil)
        #expect(root["temperature"] == nil)
        #expect(root["reasoning_effort"]?.string == "medium")
        #expect(lossy == ["temperature"])
    }

    @Test("effort goes only to models that know the word")
    func effort() throws {
        let json =
            #"{"model":"m","max_tokens":9000,"thinking":{"type":"adaptive"},"output_config":{"effort":"max"},"messages":[{"role":"user","content":"x"}]}"#
        let plain = try Translating.toOpenAI(json, model: "gpt-4o")
        #expect(plain.root["reasoning_effort"] == nil)
        #expect(plain.lossy == ["thinking"])
        #expect(try Translating.toOpenAI(json, model: "o3").root["reasoning_effort"]?.string == "high")
    }

    @Test("a schema")
    func schema() throws {
        let json =
            #"{"model":"m","max_tokens":9,"output_config":{"format":{"type":"json_schema","schema":{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}}},"messages":[{"role":"user","content":"x"}]}"#
        let format = try Translating.toOpenAI(json).root["response_format"]
        #expect(format?["type"]?.string == "json_schema")
        #expect(format?["json_schema"]?["strict"]?.boolean == true)
        #expect(format?["json_schema"]?["schema"]?["required"]?.json == #"["a"]"#)
    }

    @Test("documents")
    func documents() throws {
        let (root, lossy, _) = try Translating.toOpenAI(
            #"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"QUJD"}},{"type":"document","source":{"type":"text","media_type":"text/plain","data":"plain"}},{"type":"document","source":{"type":"file","file_id":"f"}},{"type":"image","source":{"type":"url","url":"https://x/i.png"}}]}]}"#
        )
        let content = try #require(root["messages"]?[0]?["content"])
        #expect(content[0]?["file"]?["file_data"]?.string == "data:application/pdf;base64,QUJD")
        #expect(content[1]?["text"]?.string == "plain")
        #expect(content[2]?["image_url"]?["url"]?.string == "https://x/i.png")
        #expect(lossy == ["messages[].content[].source"])
    }

    @Test("names of tools that are too long come back as the client knows them")
    func longNames() throws {
        let name = "mcp__" + String(repeating: "server_", count: 12) + "tool"
        let (root, _, context) = try Translating.toOpenAI(
            #"{"model":"m","max_tokens":9,"tools":[{"name":"\#(name)","input_schema":{"type":"object"}}],"tool_choice":{"type":"tool","name":"\#(name)"},"messages":[{"role":"user","content":"x"}]}"#
        )
        let sent = try #require(root["tools"]?[0]?["function"]?["name"]?.string)
        #expect(sent.utf8.count == 64)
        #expect(root["tool_choice"]?["function"]?["name"]?.string == sent)
        let answer =
            #"{"id":"c","object":"chat.completion","created":1,"model":"g","choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"functions.x:0","type":"function","function":{"name":"\#(sent)","arguments":"{}"}}]},"finish_reason":"stop"}]}"#
        let (body, _) = try Translating.answer(answer, from: .openAIChat, to: .anthropicMessages, context)
        #expect(body["content"]?[0]?["name"]?.string == name)
        #expect(body["content"]?[0]?["id"]?.string?.contains(".") == false)
        #expect(body["stop_reason"]?.string == "tool_use")
    }

    @Test("unsigned reasoning goes to models that want their own back")
    func reasoningContent() throws {
        let json =
            #"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"keirouter-unsigned"},{"type":"tool_use","id":"t","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"r"}]}]}"#
        let message = try Translating.toOpenAI(json, model: "deepseek-chat").root["messages"]?[1]
        #expect(message?["reasoning_content"]?.string == "hm")
        #expect(message?["reasoning_details"] == nil)
    }
}
