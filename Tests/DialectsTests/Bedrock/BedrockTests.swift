import Contracts
import Dialects
import JSON
import TestSupport
import Testing

@Suite("Requests to Bedrock")
struct BedrockRequestTests {
    private static let claude = "us.anthropic.claude-sonnet-4-20250514-v1:0"

    @Test("everything Anthropic's clients say, for an Anthropic model")
    func fromAnthropic() throws {
        let json = #"""
            {"model":"m","max_tokens":9000,"top_k":5,"stop_sequences":["END"],"system":"S","thinking":{"type":"enabled","budget_tokens":4000},"metadata":{"user_id":"u"},
            "tools":[{"name":"get weather","description":"W","input_schema":{"properties":{}}}],
            "messages":[{"role":"user","content":[{"type":"text","text":"U"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}},{"type":"document","title":"My file_1.pdf","source":{"type":"base64","media_type":"application/pdf","data":"BBBB"}},{"type":"image","source":{"type":"url","url":"https://x/p.png"}}]},
            {"role":"assistant","content":[{"type":"thinking","thinking":"T","signature":"sig=="},{"type":"redacted_thinking","data":"RRRR"},{"type":"tool_use","id":"t1","name":"get weather","input":{"a":1}}]},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","is_error":true,"content":"no"}]}]}
            """#
        let (root, lossy, _) = try Translating.request(
            json,
            from: .anthropicMessages,
            to: .bedrock,
            model: Self.claude
        )
        #expect(root["model"] == nil && root["system"]?[0]?["text"]?.string == "S")
        #expect(root["inferenceConfig"]?["maxTokens"]?.integer == 9000)
        #expect(root["inferenceConfig"]?["stopSequences"]?[0]?.string == "END")
        #expect(root["additionalModelRequestFields"]?["thinking"]?["budget_tokens"]?.integer == 4000)
        let content = try #require(root["messages"]?[0]?["content"])
        #expect(
            content[1]?["image"]?["format"]?.string == "png"
                && content[1]?["image"]?["source"]?["bytes"]?.string == "AAAA"
        )
        #expect(
            content[2]?["document"]?["name"]?.string == "My file 1 pdf"
                && content[2]?["document"]?["format"]?.string == "pdf"
        )
        #expect(content[3]?["text"]?.string == "https://x/p.png")
        let said = try #require(root["messages"]?[1]?["content"])
        #expect(said[0]?["reasoningContent"]?["reasoningText"]?.json == #"{"text":"T","signature":"sig=="}"#)
        #expect(said[1]?["reasoningContent"]?["redactedContent"]?.string == "RRRR")
        #expect(said[2]?["toolUse"]?["toolUseId"]?.string == "t1" && said[2]?["toolUse"]?["input"]?["a"]?.integer == 1)
        let result = root["messages"]?[2]?["content"]?[0]?["toolResult"]
        #expect(result?["status"]?.string == "error" && result?["content"]?[0]?["text"]?.string == "no")
        let spec = try #require(root["toolConfig"]?["tools"]?[0]?["toolSpec"])
        #expect(spec["inputSchema"]?["json"]?["type"]?.string == "object" && spec["description"]?.string == "W")
        #expect(spec["name"]?.string == said[2]?["toolUse"]?["name"]?.string)
        #expect(Set(lossy) == ["metadata.user_id", "messages[].content[].url", "top_k"])
    }

    @Test("a form for the answer: a tool of Anthropic's models, words for others")
    func format() throws {
        let json =
            #"{"model":"m","response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}},"messages":[{"role":"user","content":"x"}]}"#
        let (root, _, context) = try Translating.request(json, from: .openAIChat, to: .bedrock, model: Self.claude)
        #expect(root["toolConfig"]?["toolChoice"]?["tool"]?["name"]?.string == "answer_as_json")
        let answer = String(decoding: try Fixture.bytes("bedrock-structured.json"), as: UTF8.self)
        let (said, _) = try Translating.answer(answer, from: .bedrock, to: .openAIChat, context)
        #expect(said["choices"]?[0]?["message"]?["content"]?.string == #"{"age": 7, "name": "Ada"}"#)
        let (nova, _, _) = try Translating.request(json, from: .openAIChat, to: .bedrock, model: "amazon.nova-pro-v1:0")
        #expect(
            nova["toolConfig"] == nil && nova["system"]?[0]?["text"]?.string?.contains(#"{"type":"object"}"#) == true
        )
    }

    @Test(
        "thinking of other models",
        arguments: [
            ("openai.gpt-oss-120b-1:0", "high", [String]()), ("amazon.nova-pro-v1:0", nil, ["reasoning_effort"]),
        ] as [(String, String?, [String])]
    )
    func thinking(model: String, effort: String?, names: [String]) throws {
        let json = #"{"model":"m","reasoning_effort":"high","messages":[{"role":"user","content":"x"}]}"#
        let (root, lossy, _) = try Translating.request(json, from: .openAIChat, to: .bedrock, model: model)
        #expect(root["additionalModelRequestFields"]?["reasoning_effort"]?.string == effort && lossy == names)
    }

    @Test("choices among tools, and a conversation that has called some")
    func choice() throws {
        let tools = #""tools":[{"type":"function","function":{"name":"f"}}]"#
        func root(_ members: String, _ messages: String) throws -> (JSONCursor, [String]) {
            let json = #"{"model":"m",\#(members)"messages":[\#(messages)]}"#
            let (root, lossy, _) = try Translating.request(json, from: .openAIChat, to: .bedrock, model: Self.claude)
            return (root, lossy)
        }
        let user = #"{"role":"user","content":"x"}"#
        let called =
            user
            + #",{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":""}}]},{"role":"tool","tool_call_id":"c","content":"d"}"#
        #expect(
            try root(tools + #","tool_choice":"required","#, user).0["toolConfig"]?["toolChoice"]?.json
                == #"{"any":{}}"#
        )
        #expect(try root(tools + #","tool_choice":"none","#, user).0["toolConfig"] == nil)
        let forbidden = try root(tools + #","tool_choice":"none","#, called)
        #expect(forbidden.0["toolConfig"]?["tools"]?.count == 1 && forbidden.1 == ["tool_choice"])
        let remembered = try root("", called)
        #expect(remembered.0["toolConfig"]?["tools"]?[0]?["toolSpec"]?["name"]?.string == "f")
    }

    @Test("paths name the model, slashes and colons encoded")
    func paths() {
        let arn = "arn:aws:bedrock:us-east-1:1:inference-profile/us.x"
        #expect(
            Dialect.bedrock.requestPath(model: arn, isStream: false)
                == "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fus.x/converse"
        )
        #expect(Dialect.bedrock.requestPath(model: "a.b-v1:0", isStream: true) == "/model/a.b-v1%3A0/converse-stream")
    }
}

@Suite("Answers and streams from Bedrock")
struct BedrockAnswerTests {
    private func run(_ name: String, to client: Dialect) throws -> StreamGrammar {
        let context = try GeminiSample.context(client, from: .bedrock)
        var frames = try Fixture.lines("\(name).jsonl")
        if name == "bedrock-error-midway" {
            frames.append(Array("event: error\ndata: {\"type\":\"throttlingException\",\"message\":\"wait\"}\n\n".utf8))
        }
        let bytes = Translating.stream(frames, from: .bedrock, to: client, context)
        return GeminiSample.grammar(bytes, client)
    }

    @Test("a whole answer, with its signature and what is sealed")
    func tools() throws {
        let json = String(decoding: try Fixture.bytes("bedrock-tools.json"), as: UTF8.self)
        let (root, lossy) = try Translating.answer(json, from: .bedrock, to: .anthropicMessages)
        let content = try #require(root["content"])
        #expect(
            content.elements.map { $0["type"]?.string ?? "" } == [
                "thinking", "redacted_thinking", "text", "tool_use", "tool_use",
            ]
        )
        #expect(
            content[0]?["signature"]?.string == "EqQBCkgIARABGAI==" && content[1]?["data"]?.string == "ZW5jcnlwdGVk"
        )
        #expect(content[3]?["input"]?["location"]?.string == "Paris, \"France\"")
        #expect(root["stop_reason"]?.string == "tool_use" && lossy == [])
        #expect(root["usage"]?["cache_read_input_tokens"]?.integer == 100)
        let facts = UnaryFacts.read(Array(json.utf8), dialect: .bedrock)
        #expect(facts.usage == TokenUsage(input: 20, cacheRead: 100, output: 55) && facts.stopReason == "tool_use")
        #expect(facts.estimatedOutputTokens > 0)
    }

    @Test("texts and calls in a stream", arguments: Dialect.clients)
    func streams(client: Dialect) throws {
        let text = try run("bedrock-text", to: client)
        #expect(text.problems == [] && text.answer.text == "Hello – 日本 \"q\"\n.")
        #expect(text.answer.outputTokens == 298)
        let tools = try run("bedrock-tools", to: client)
        #expect(tools.problems == [] && tools.answer.text == "I look.")
        #expect(tools.answer.toolCalls.map(\.id) == ["tooluse_a1", "tooluse_b2"])
        let arguments = try JSONDocument(Array(try #require(tools.answer.toolCalls.first).arguments.utf8)).root
        #expect(arguments["location"]?.string == "Paris, \"France\"" && arguments["days"]?.integer == 3)
        if client == .anthropicMessages { #expect(tools.answer.stopReason == "tool_use") }
        if client == .openAIChat { #expect(text.answer.stopReason == "length") }
    }

    @Test("thinking in a stream: signatures in pieces, and what is sealed", arguments: Dialect.clients)
    func thinking(client: Dialect) throws {
        let grammar = try run("bedrock-thinking", to: client)
        #expect(grammar.problems == [] && grammar.answer.text == "Blue.")
        #expect(grammar.answer.reasoning == "First, \"second\".")
        if client == .anthropicMessages {
            #expect(grammar.answer.signatures == ["EqQBCkgIARABGAI=="] && grammar.answer.redacted == ["ZW5jcnlwdGVk"])
        }
    }

    @Test("an exception, and an end before the message's", arguments: Dialect.clients)
    func failures(client: Dialect) throws {
        for name in ["bedrock-error-midway", "bedrock-cut"] {
            let grammar = try run(name, to: client)
            #expect(grammar.answer.error != nil && grammar.problems == [], "\(name)")
        }
    }

    @Test("the machine: content, usage behind the end")
    func machine() throws {
        var machine = StreamMachine(dialect: .bedrock)
        let frames = try Fixture.lines("bedrock-thinking.jsonl")
        #expect(machine.read(frames[0]) == .forward && machine.read(frames[1]) == .content)
        for frame in frames.dropFirst(2).dropLast() { _ = machine.read(frame) }
        #expect(machine.stopReason == "end_turn" && machine.usage == nil)
        var short = machine
        #expect(short.finish() == .complete)
        #expect(machine.read(try #require(frames.last)) == .terminal && machine.isUsageComplete)
        #expect(
            machine.usage
                == TokenUsage(input: 11, cacheRead: 400, cacheWrite5m: 40, cacheWrite1h: 60, output: 9)
        )
    }

    @Test(
        "exceptions are understood",
        arguments: [
            ("throttlingException", FailureKind.rateLimited), ("validationException", .badRequest),
            ("modelStreamErrorException", .serverError), ("serviceUnavailableException", .overloaded),
            ("accessDeniedException", .authentication), ("modelTimeoutException", .timeout),
        ]
    )
    func exceptions(name: String, kind: FailureKind) {
        var machine = StreamMachine(dialect: .bedrock)
        let frame = Array("event: error\ndata: {\"type\":\"\(name)\",\"message\":\"m\"}\n\n".utf8)
        guard case .failure(let fault) = machine.read(frame) else {
            Issue.record("no failure")
            return
        }
        #expect(fault.kind == kind && fault.message == "m")
    }
}
