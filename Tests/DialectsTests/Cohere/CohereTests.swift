import Contracts
import Dialects
import JSON
import TestSupport
import Testing

@Suite("Requests to Cohere")
struct CohereRequestTests {
    private static let chat = #"""
        {"model":"m","max_tokens":50,"temperature":0.5,"top_p":1,"seed":3,"n":2,"logprobs":true,"top_logprobs":2,"stop":["a","b","c","d","e","f"],"presence_penalty":0.5,"frequency_penalty":1.5,"user":"u","parallel_tool_calls":false,"tool_choice":{"type":"function","function":{"name":"f"}},
        "tools":[{"type":"function","function":{"name":"f","strict":true,"parameters":{"type":"object"}}},{"type":"function","function":{"name":"g"}}],
        "messages":[{"role":"system","content":"S"},{"role":"user","content":[{"type":"text","text":"U"},{"type":"image_url","image_url":{"url":"https://x/p.png"}}]},
        {"role":"assistant","content":null,"reasoning_content":"R","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},{"id":"c2","type":"function","function":{"name":"g","arguments":"{}"}}]},
        {"role":"tool","tool_call_id":"c2","content":"plain"},{"role":"tool","tool_call_id":"c1","content":"{\"x\":5}"},{"role":"user","content":"And?"}]}
        """#

    @Test("everything OpenAI's clients say")
    func fromOpenAI() throws {
        let (root, lossy, _) = try Translating.request(
            Self.chat,
            from: .openAIChat,
            to: .cohere,
            model: "command-a-03-2025"
        )
        #expect(root["model"]?.string == "command-a-03-2025" && root["stream"]?.boolean == false)
        #expect(root["max_tokens"]?.integer == 50 && root["p"] == nil && root["seed"]?.integer == 3)
        #expect(root["stop_sequences"]?.count == 5 && root["presence_penalty"]?.double == 0.5)
        #expect(root["frequency_penalty"] == nil && root["logprobs"]?.boolean == true)
        #expect(root["tools"]?.count == 1 && root["tool_choice"]?.string == "REQUIRED")
        #expect(root["strict_tools"]?.boolean == true)
        let messages = try #require(root["messages"])
        #expect(
            messages.elements.map { $0["role"]?.string ?? "" } == [
                "system", "user", "assistant", "tool", "tool", "user",
            ]
        )
        #expect(messages[1]?["content"]?[1]?["image_url"]?["url"]?.string == "https://x/p.png")
        #expect(messages[2]?["tool_plan"]?.string == "R" && messages[2]?["content"] == nil)
        #expect(messages[2]?["tool_calls"]?[0]?["function"]?["arguments"]?.string == #"{"a":1}"#)
        // One result for each call, in the calls' order, as documents.
        #expect(messages[3]?["tool_call_id"]?.string == "c1")
        #expect(messages[3]?["content"]?[0]?["document"]?["data"]?["x"]?.integer == 5)
        #expect(messages[4]?["content"]?[0]?["document"]?["data"]?["result"]?.string == "plain")
        #expect(
            Set(lossy) == [
                "n", "top_logprobs", "user", "stop", "frequency_penalty", "parallel_tool_calls",
            ]
        )
    }

    @Test("what thinks is told how much, and thinks in blocks")
    func thinking() throws {
        let json =
            #"{"model":"m","max_tokens":9000,"thinking":{"type":"enabled","budget_tokens":4000},"messages":[{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"thinking","thinking":"T","signature":"keirouter-unsigned"},{"type":"text","text":"A"}]},{"role":"user","content":"y"}]}"#
        let (root, lossy, _) = try Translating.request(
            json,
            from: .anthropicMessages,
            to: .cohere,
            model: "command-a-reasoning-08-2025"
        )
        #expect(root["thinking"]?["type"]?.string == "enabled" && root["thinking"]?["token_budget"]?.integer == 4000)
        #expect(root["messages"]?[1]?["content"]?[0]?["thinking"]?.string == "T" && lossy == [])
        let (plain, names, _) = try Translating.request(json, from: .anthropicMessages, to: .cohere, model: "command-r")
        #expect(plain["thinking"] == nil && Set(names) == ["thinking", "messages[].content[].thinking"])
    }

    @Test("a form for the answer; beside tools in words")
    func format() throws {
        let schema = #"{"type":"object","properties":{"a":{"type":"string"}}}"#
        let form = #""response_format":{"type":"json_schema","json_schema":{"name":"n","schema":\#(schema)}}"#
        let (root, _, _) = try Translating.request(
            #"{"model":"m",\#(form),"messages":[{"role":"user","content":"x"}]}"#,
            from: .openAIChat,
            to: .cohere
        )
        #expect(root["response_format"]?["type"]?.string == "json_object")
        #expect(root["response_format"]?["json_schema"]?.json == schema)
        let (tools, _, _) = try Translating.request(
            #"{"model":"m",\#(form),"tools":[{"type":"function","function":{"name":"f"}}],"messages":[{"role":"user","content":"x"}]}"#,
            from: .openAIChat,
            to: .cohere
        )
        #expect(tools["response_format"] == nil && tools["strict_tools"] == nil)
        #expect(tools["messages"]?[0]?["content"]?.string?.contains(schema) == true)
    }

    @Test("a failed result says so, and clients cannot speak the dialect")
    func rest() throws {
        let json =
            #"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","is_error":true,"content":"no"}]}]}"#
        let (root, lossy, _) = try Translating.request(json, from: .anthropicMessages, to: .cohere)
        #expect(root["messages"]?[2]?["content"]?[0]?["document"]?["data"]?["error"]?.string == "no" && lossy == [])
        #expect(throws: DialectError.self) {
            try RequestFacts.read(JSONDocument(Array(json.utf8)), dialect: .cohere)
        }
    }
}

@Suite("Answers and streams from Cohere")
struct CohereAnswerTests {
    private func fixture(_ name: String) throws -> String {
        String(decoding: try Fixture.bytes(name), as: UTF8.self)
    }

    private func run(_ name: String, to client: Dialect) throws -> StreamGrammar {
        let context = try GeminiSample.context(client, from: .cohere)
        let bytes = Translating.stream(try Fixture.frames("\(name).sse"), from: .cohere, to: client, context)
        return GeminiSample.grammar(bytes, client)
    }

    @Test("a whole answer: plan, calls, what is billed")
    func tools() throws {
        let (root, lossy) = try Translating.answer(fixture("cohere-tools.json"), from: .cohere, to: .openAIChat)
        let choice = try #require(root["choices"]?[0])
        #expect(
            choice["message"]?["reasoning_content"]?.string == "I need both."
                && choice["message"]?["content"]?.isNull == true
        )
        #expect(
            choice["message"]?["tool_calls"]?.elements.map { $0["id"]?.string } == ["get_weather_k3", "get_time_p9"]
        )
        #expect(choice["finish_reason"]?.string == "tool_calls" && lossy == [])
        #expect(root["usage"]?["prompt_tokens"]?.integer == 120)
        #expect(root["usage"]?["prompt_tokens_details"]?["cached_tokens"]?.integer == 100)
        let facts = UnaryFacts.read(Array(try fixture("cohere-tools.json").utf8), dialect: .cohere)
        #expect(facts.usage == TokenUsage(input: 20, cacheRead: 100, output: 55) && facts.stopReason == "TOOL_CALL")
    }

    @Test("every client is told the same", arguments: Dialect.clients)
    func text(client: Dialect) throws {
        let context = try GeminiSample.context(client, from: .cohere)
        let (root, lossy) = try Translating.answer(fixture("cohere-text.json"), from: .cohere, to: client, context)
        #expect(root.json.contains(#"Hello \"q\"."#) && root.json.contains("First.") && lossy == ["citations"])
        let (form, _) = try Translating.answer(fixture("cohere-structured.json"), from: .cohere, to: client, context)
        #expect(form.json.contains(#"{\"age\": 7, \"name\": \"Ada\"}"#))
    }

    @Test("calls and their plan in a stream", arguments: Dialect.clients)
    func streamedTools(client: Dialect) throws {
        let grammar = try run("cohere-tools", to: client)
        #expect(grammar.problems == [])
        #expect(grammar.answer.reasoning == "I need both.")
        #expect(grammar.answer.toolCalls.map(\.name) == ["get_weather", "get_time"])
        #expect(grammar.answer.toolCalls.map(\.id) == ["get_weather_k3", "get_time_p9"])
        let arguments = try JSONDocument(Array(try #require(grammar.answer.toolCalls.first).arguments.utf8)).root
        #expect(arguments["location"]?.string == "Paris, \"France\"" && arguments["days"]?.integer == 3)
        #expect(grammar.answer.inputTokens == 120 && grammar.answer.outputTokens == 55)
        if client == .openAIChat { #expect(grammar.answer.stopReason == "tool_calls") }
    }

    @Test("texts and thoughts in a stream", arguments: Dialect.clients)
    func streamedText(client: Dialect) throws {
        let long = try run("cohere-text", to: client)
        #expect(long.problems == [] && long.answer.text == "Hello – 日本 \"q\"\n.")
        if client == .anthropicMessages { #expect(long.answer.stopReason == "max_tokens") }
        let thinking = try run("cohere-thinking", to: client)
        #expect(thinking.problems == [] && thinking.answer.text == "Blue.")
        #expect(thinking.answer.reasoning == "First, \"second\".")
    }

    @Test("an answer that failed, and one that broke off", arguments: Dialect.clients)
    func failures(client: Dialect) throws {
        for name in ["cohere-error-midway", "cohere-cut"] {
            let grammar = try run(name, to: client)
            #expect(grammar.answer.error != nil && grammar.problems == [], "\(name)")
        }
        let fault = UnaryFacts.read(
            Array(#"{"id":"1","finish_reason":"ERROR","message":{"role":"assistant","content":[]}}"#.utf8),
            dialect: .cohere
        ).fault
        #expect(fault?.kind == .serverError)
    }

    @Test("the machine: content, usage, the end")
    func machine() throws {
        var machine = StreamMachine(dialect: .cohere)
        let frames = try Fixture.frames("cohere-thinking.sse")
        #expect(machine.read(frames[0]) == .forward && machine.read(frames[1]) == .forward)
        #expect(machine.read(frames[2]) == .content && machine.contentBytes > 0)
        for frame in frames.dropFirst(3).dropLast() { _ = machine.read(frame) }
        #expect(machine.usage == nil && !machine.isUsageComplete)
        #expect(machine.read(try #require(frames.last)) == .terminal && machine.isUsageComplete)
        #expect(machine.usage == TokenUsage(input: 7, cacheRead: 4, output: 9) && machine.stopReason == "COMPLETE")
        #expect(machine.finish() == .complete)
    }

    @Test(
        "errors by status and text",
        arguments: [
            (401, #"{"id":"1","message":"invalid api token"}"#, FailureKind.authentication),
            (
                400, #"{"message":"too many tokens: total number of tokens in the prompt exceeds the limit"}"#,
                .contextTooLong
            ),
            (
                429, #"{"message":"You are using a Trial key, which is limited to 10 API calls / minute."}"#,
                .rateLimited
            ),
            (404, #"{"message":"model 'x' not found, make sure the correct model ID was used"}"#, .modelNotFound),
            (422, #"{"message":"invalid request: tools"}"#, .badRequest),
            (498, #"{"message":"blocked input: the text is not allowed"}"#, .contentPolicy),
            (503, "", .overloaded),
        ]
    )
    func errors(status: Int, body: String, kind: FailureKind) {
        let fault = UpstreamFault.read(status: status, body: Array(body.utf8), dialect: .cohere)
        #expect(fault.kind == kind)
    }
}
