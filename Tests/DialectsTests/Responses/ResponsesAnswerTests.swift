import Contracts
import Dialects
import JSON
import TestSupport
import Testing

@Suite("Whole answers from and to OpenAI's Responses")
struct ResponsesAnswerTests {
    private static func context(_ extra: String) throws -> AnswerContext {
        let json = #"{"model":"m","input":"Hello"\#(extra)}"#
        return try Translating.request(json, from: .openAIResponses, to: .openAIChat).context
    }

    @Test(
        "answers of other dialects",
        arguments: [
            "openai-text", "openai-tools", "openai-reasoning", "anthropic-text", "anthropic-tools",
            "anthropic-thinking-cache",
        ]
    )
    func toResponses(name: String) throws {
        let json = String(decoding: try Fixture.bytes("\(name).json"), as: UTF8.self)
        let (root, _) = try Translating.answer(json, from: Fixture.dialect(name), to: .openAIResponses)
        #expect(root["id"]?.string?.hasPrefix("resp_") == true)
        #expect(root["object"]?.string == "response")
        #expect(root["status"]?.string == "completed")
        #expect(root["error"]?.isNull == true)
        #expect(root["store"]?.boolean == false)
        let items = try #require(root["output"]?.elements.map { $0 })
        #expect(Set(items.compactMap { $0["id"]?.string }).count == items.count)
        let facts = UnaryFacts.read(Array(root.json.utf8), dialect: .openAIResponses)
        #expect(facts.fault == nil)
        // What was written to a cache is one class here.
        var usage = UnaryFacts.read(Array(json.utf8), dialect: Fixture.dialect(name)).usage
        let written = (usage?.cacheWrite5m ?? 0) + (usage?.cacheWrite1h ?? 0)
        usage?.cacheWrite5m = written
        usage?.cacheWrite1h = 0
        #expect(facts.usage == usage)
        // The stream of this one was recorded at another time.
        guard name != "anthropic-tools" else { return }
        // What was made of it says the same as the stream of the same recording.
        let frames = try Fixture.frames("\(name).sse")
        let context = try Translating.context(.openAIResponses)
        let stream = Translating.stream(frames, from: Fixture.dialect(name), to: .openAIResponses, context)
        let last = try #require(String(decoding: stream, as: UTF8.self).split(separator: "data: ").last)
        let streamed = try JSONDocument(Array(last.utf8)).root["response"]
        #expect(Self.said(streamed) == Self.said(root))
    }

    /// An answer's items without their ids.
    private static func said(_ response: JSONCursor?) -> [String] {
        response?["output"]?.elements.map { item in
            item.json.replacing(/"id":"[^"]*",/, with: "")
        } ?? []
    }

    @Test("answers of Responses for clients of the others")
    func fromResponses() throws {
        func read(_ name: String, _ client: Dialect) throws -> JSONCursor {
            let json = String(decoding: try Fixture.bytes("\(name).json"), as: UTF8.self)
            return try Translating.answer(json, from: .openAIResponses, to: client).root
        }
        let text = try read("responses-text", .openAIChat)
        #expect(text["choices"]?[0]?["message"]?["content"]?.string == "Hello – 日本 \"quoted\"\n🙂.")
        #expect(text["usage"]?["prompt_tokens"]?.integer == 36)
        #expect(text["usage"]?["prompt_tokens_details"]?["cached_tokens"]?.integer == 8)
        #expect(text["created"]?.integer == 1_741_570_283)
        let tools = try read("responses-tools", .anthropicMessages)
        #expect(tools["content"]?[1]?["id"]?.string == "call_a")
        #expect(tools["content"]?[1]?["input"]?["days"]?.integer == 3)
        #expect(tools["stop_reason"]?.string == "tool_use")
        let reasoning = try read("responses-reasoning", .openAIChat)["choices"]?[0]?["message"]
        #expect(reasoning?["reasoning_content"]?.string == "**Thinking**Second part – 日本")
        let cut = try read("responses-incomplete", .anthropicMessages)
        #expect(cut["stop_reason"]?.string == "max_tokens")
        let refusal = try read("responses-refusal", .openAIChat)["choices"]?[0]
        #expect(refusal?["message"]?["refusal"]?.string == "I cannot.")
        #expect(refusal?["finish_reason"]?.string == "content_filter")
    }

    @Test("a free-text tool comes back as the client knows it, whatever the model has wrapped its input in")
    func custom() throws {
        let context = try Self.context(#","tools":[{"type":"custom","name":"apply_patch"}]"#)
        let patch = #"*** Begin\n+\"a\" – 日本 \ud83d\ude42\n"#
        for (arguments, input) in [
            (#"{"input":"\#(patch)"}"#, patch), (#"{"patch":"\#(patch)"}"#, patch), (#""\#(patch)""#, patch),
            (#"{ "why" : "x", "input" : "y" }"#, "y"), ("{}", ""), ("raw text", "raw text"),
        ] {
            let expected = try JSONDocument(Array("\"\(input)\"".utf8)).root.string
            var quoted = JSONWriter()
            quoted.string(arguments)
            let text = String(decoding: quoted.bytes, as: UTF8.self)
            let json =
                #"{"id":"c","choices":[{"index":0,"finish_reason":"tool_calls","message":{"role":"assistant","tool_calls":[{"id":"call_1","type":"function","function":{"name":"apply_patch","arguments":\#(text)}}]}}]}"#
            let (root, _) = try Translating.answer(json, from: .openAIChat, to: .openAIResponses, context)
            let item = root["output"]?[0]
            #expect(item?["type"]?.string == "custom_tool_call")
            #expect(item?["call_id"]?.string == "call_1")
            #expect(item?["input"]?.string == expected)
            // And in a stream, wherever its pieces are cut.
            for size in [1, 3, 1000] { try streamed(arguments, size: size, expected ?? "", context) }
        }
    }

    private func streamed(_ arguments: String, size: Int, _ expected: String, _ context: AnswerContext) throws {
        var frames = [
            Translating.chunk(
                #"{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"apply_patch","arguments":""}}]}"#
            )
        ]
        var rest = Array(arguments)[...]
        while !rest.isEmpty {
            var quoted = JSONWriter()
            quoted.string(String(rest.prefix(size)))
            rest = rest.dropFirst(size)
            let text = String(decoding: quoted.bytes, as: UTF8.self)
            frames.append(Translating.chunk(#"{"tool_calls":[{"index":0,"function":{"arguments":\#(text)}}]}"#))
        }
        frames += [Translating.chunk("{}", finish: "tool_calls"), Translating.done]
        let out = Translating.stream(frames, from: .openAIChat, to: .openAIResponses, context)
        let grammar = Translating.grammar(out, .openAIResponses)
        #expect(grammar.problems == [])
        #expect(grammar.answer.toolCalls.map(\.arguments) == [expected])
        #expect(grammar.events.contains("response.custom_tool_call_input.done"))
    }

    @Test("tools with a namespace, and names that another dialect forbids, come back by their own")
    func names() throws {
        let tools =
            #","tools":[{"type":"namespace","name":"mcp__notes","tools":[{"type":"function","name":"add.note","parameters":{"type":"object"}}]}]"#
        let json = #"{"model":"m","input":"Hello"\#(tools)}"#
        for upstream in [Dialect.openAIChat, .anthropicMessages] {
            let (request, _, context) = try Translating.request(json, from: .openAIResponses, to: upstream)
            let sent = request["tools"]?[0]?["function"]?["name"]?.string ?? request["tools"]?[0]?["name"]?.string ?? ""
            let answer =
                upstream == .openAIChat
                ? #"{"id":"c","choices":[{"index":0,"finish_reason":"tool_calls","message":{"role":"assistant","tool_calls":[{"id":"c1","type":"function","function":{"name":"\#(sent)","arguments":"{}"}}]}}]}"#
                : #"{"id":"m","content":[{"type":"tool_use","id":"c1","name":"\#(sent)","input":{}}],"stop_reason":"tool_use"}"#
            let (root, _) = try Translating.answer(answer, from: upstream, to: .openAIResponses, context)
            #expect(root["output"]?[0]?["name"]?.string == "add.note")
            #expect(root["output"]?[0]?["namespace"]?.string == "mcp__notes")
            #expect(root["output"]?[0]?["arguments"]?.string == "{}")
        }
    }

    @Test("the response says again what was asked for")
    func echo() throws {
        let context = try Self.context(
            #","instructions":"Be brief.","metadata":{"a":"b"},"temperature":0.5,"tools":[{"type":"function","name":"f"}],"tool_choice":"none""#
        )
        let json =
            #"{"id":"c","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"x"}}]}"#
        let (root, _) = try Translating.answer(json, from: .openAIChat, to: .openAIResponses, context)
        #expect(root["instructions"]?.string == "Be brief.")
        #expect(root["metadata"]?["a"]?.string == "b")
        #expect(root["temperature"]?.double == 0.5)
        #expect(root["tools"]?[0]?["name"]?.string == "f")
        #expect(root["tool_choice"]?.string == "none")
        #expect(root["usage"]?["input_tokens"]?.integer != nil)
    }

    @Test(
        "what was not asked for stands as the dialect's default, whatever else was",
        arguments: [
            "", #","instructions":"i""#, #","user":"u""#, #","temperature":1,"user":"u","instructions":"i""#,
            #","tools":[],"tool_choice":"auto","top_p":1"#,
        ]
    )
    func echoedDefaults(extra: String) throws {
        let json =
            #"{"id":"c","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"x"}}]}"#
        let (root, _) = try Translating.answer(json, from: .openAIChat, to: .openAIResponses, try Self.context(extra))
        let asked = try JSONDocument(Array("{\"model\":\"m\"\(extra)}".utf8)).root
        let defaults = [
            ("store", "false"), ("instructions", "null"), ("max_output_tokens", "null"), ("metadata", "{}"),
            ("parallel_tool_calls", "true"), ("previous_response_id", "null"), ("prompt_cache_key", "null"),
            ("reasoning", #"{"effort":null,"summary":null}"#), ("safety_identifier", "null"), ("temperature", "null"),
            ("text", #"{"format":{"type":"text"}}"#), ("tool_choice", #""auto""#), ("tools", "[]"), ("top_p", "null"),
            ("truncation", #""disabled""#), ("user", "null"),
        ]
        let names = root.members.compactMap(\.name.string)
        let first = try #require(names.firstIndex(of: "store"))
        #expect(Array(names[first...]) == defaults.map(\.0) + ["usage"])
        for (name, value) in defaults { #expect(root[name]?.json == asked[name]?.json ?? value) }
    }

    @Test("a whole answer that failed is a failure", arguments: ["failed", "cancelled"])
    func failed(status: String) {
        let json = #"{"id":"resp_1","object":"response","status":"\#(status)","error":null,"output":[]}"#
        #expect(UnaryFacts.read(Array(json.utf8), dialect: .openAIResponses).fault?.kind == .serverError)
        let error =
            #"{"id":"r","status":"failed","output":[],"error":{"code":"rate_limit_exceeded","message":"Slow."}}"#
        #expect(UnaryFacts.read(Array(error.utf8), dialect: .openAIResponses).fault?.kind == .rateLimited)
    }
}
