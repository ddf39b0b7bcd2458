import Dialects
import JSON
import Testing

@Suite("Whole answers in another dialect")
struct AnswerTranslationTests {
    static let anthropic = #"""
        {"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[
        {"type":"thinking","thinking":"think\n","signature":"SIG+/="},{"type":"redacted_thinking","data":"RED=="},
        {"type":"text","text":"Hi "},{"type":"text","text":"you"},
        {"type":"tool_use","id":"toolu_1","name":"f","input":{"a": 1}},{"type":"tool_use","id":"toolu_2","name":"g","input":{}}],
        "stop_reason":"tool_use","stop_sequence":null,
        "usage":{"input_tokens":10,"cache_read_input_tokens":100,"cache_creation_input_tokens":30,"cache_creation":{"ephemeral_5m_input_tokens":10,"ephemeral_1h_input_tokens":20},"output_tokens":5}}
        """#

    @Test("Anthropic's for an OpenAI client")
    func toOpenAI() throws {
        let (root, lossy) = try Translating.answer(Self.anthropic, from: .anthropicMessages, to: .openAIChat)
        #expect(root["object"]?.string == "chat.completion")
        #expect(root["model"]?.string == "claude-x")
        let choice = try #require(root["choices"]?[0])
        let message = try #require(choice["message"])
        #expect(message["content"]?.string == "Hi you")
        #expect(message["reasoning_content"]?.string == "think\n")
        #expect(message["reasoning_details"]?[0]?["signature"]?.string == "SIG+/=")
        #expect(message["reasoning_details"]?[1]?["data"]?.string == "RED==")
        #expect(message["tool_calls"]?[0]?["function"]?["arguments"]?.string == #"{"a": 1}"#)
        #expect(message["tool_calls"]?[1]?["function"]?["arguments"]?.string == "{}")
        #expect(choice["finish_reason"]?.string == "tool_calls")
        let usage = try #require(root["usage"])
        #expect(usage["prompt_tokens"]?.integer == 140)
        #expect(usage["prompt_tokens_details"]?["cached_tokens"]?.integer == 100)
        #expect(usage["total_tokens"]?.integer == 145)
        #expect(lossy == [])
    }

    @Test("OpenAI's for an Anthropic client")
    func toAnthropic() throws {
        let (root, _) = try Translating.answer(
            #"{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"gpt","choices":[{"index":0,"message":{"role":"assistant","content":"Hi","reasoning_content":"hm","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":\"\\u00e9\"}"}},{"id":"c2","type":"function","function":{"name":"g","arguments":""}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":100,"completion_tokens":9,"total_tokens":109,"prompt_tokens_details":{"cached_tokens":60}}}"#,
            from: .openAIChat,
            to: .anthropicMessages
        )
        #expect(root["type"]?.string == "message")
        #expect(root["stop_reason"]?.string == "tool_use")
        let content = try #require(root["content"])
        #expect(content.elements.compactMap { $0["type"]?.string } == ["thinking", "text", "tool_use", "tool_use"])
        #expect(content[0]?["signature"]?.string == "keirouter-unsigned")
        #expect(content[2]?["input"]?.json == #"{"a":"\u00e9"}"#)
        #expect(content[3]?["input"]?.json == "{}")
        #expect(root["usage"]?["input_tokens"]?.integer == 40)
        #expect(root["usage"]?["cache_read_input_tokens"]?.integer == 60)
        #expect(root["usage"]?["output_tokens"]?.integer == 9)
    }

    @Test(
        "reasons to stop",
        arguments: [
            ("end_turn", "stop"), ("stop_sequence", "stop"), ("max_tokens", "length"), ("refusal", "content_filter"),
            ("model_context_window_exceeded", "length"), ("pause_turn", "stop"), ("something_new", "stop"),
        ]
    )
    func stopReasons(anthropic: String, openAI: String) throws {
        let (root, _) = try Translating.answer(
            #"{"id":"m","type":"message","role":"assistant","model":"c","content":[{"type":"text","text":"x"}],"stop_reason":"\#(anthropic)","usage":{"input_tokens":1,"output_tokens":1}}"#,
            from: .anthropicMessages,
            to: .openAIChat
        )
        #expect(root["choices"]?[0]?["finish_reason"]?.string == openAI)
    }

    @Test(
        "reasons to finish",
        arguments: [
            ("stop", "end_turn"), ("length", "max_tokens"), ("content_filter", "refusal"), ("tool_calls", "end_turn"),
            ("odd", "end_turn"),
        ]
    )
    func finishReasons(openAI: String, anthropic: String) throws {
        let (root, _) = try Translating.answer(
            #"{"id":"c","object":"chat.completion","created":1,"model":"g","choices":[{"index":0,"message":{"role":"assistant","content":""},"finish_reason":"\#(openAI)"}]}"#,
            from: .openAIChat,
            to: .anthropicMessages
        )
        #expect(root["stop_reason"]?.string == anthropic)
        #expect(root["content"]?.count == 0)
        #expect(root["usage"]?["output_tokens"]?.integer == 0)
    }

    @Test("a refusal is text, and the reason says so")
    func refusal() throws {
        let (root, _) = try Translating.answer(
            #"{"id":"c","object":"chat.completion","created":1,"model":"g","choices":[{"index":0,"message":{"role":"assistant","content":null,"refusal":"No."},"finish_reason":"stop"}]}"#,
            from: .openAIChat,
            to: .anthropicMessages
        )
        #expect(root["content"]?[0]?["text"]?.string == "No.")
        #expect(root["stop_reason"]?.string == "refusal")
    }

    @Test("arguments that are no object arrive all the same")
    func oddArguments() throws {
        for (arguments, input) in [
            (#""not json {""#, #"{"arguments":"not json {"}"#), (#""[1]""#, #"{"arguments":[1]}"#), ("null", "{}"),
            (#""\"{\\\"a\\\":1}\"""#, #"{"a":1}"#), (#"{"b":2}"#, #"{"b":2}"#),
        ] {
            let (root, _) = try Translating.answer(
                #"{"id":"c","object":"chat.completion","created":1,"model":"g","choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"x","type":"function","function":{"name":"f","arguments":\#(arguments)}}]},"finish_reason":"stop"}]}"#,
                from: .openAIChat,
                to: .anthropicMessages
            )
            #expect(root["content"]?[0]?["input"]?.json == input)
        }
    }

    @Test("texts are read in order and replaced in either dialect; a changed text loses its signature")
    func replacing() throws {
        var answer = try AnswerTranslation.read(Array(Self.anthropic.utf8), from: .anthropicMessages)
        #expect(answer.texts.map(\.text) == ["think\n", "Hi ", "you", #"{"a": 1}"#, "{}"])
        answer.replaceText(at: 0, with: "masked")
        answer.replaceText(at: 2, with: "\"them\"")
        answer.replaceText(at: 3, with: #"{"a":2}"#)
        var lossy: [String] = []
        let context = try Translating.context(.openAIChat)
        let same = try JSONDocument(
            AnswerTranslation.write(answer, as: .anthropicMessages, context, lossy: &lossy)
        ).root
        #expect(same["content"]?[0]?["signature"]?.string == "keirouter-unsigned")
        #expect(same["content"]?[3]?["text"]?.string == "\"them\"")
        #expect(same["content"]?[4]?["input"]?.json == #"{"a":2}"#)
        #expect(same["usage"]?["cache_creation"]?["ephemeral_1h_input_tokens"]?.integer == 20)
        let other = try JSONDocument(AnswerTranslation.write(answer, as: .openAIChat, context, lossy: &lossy)).root
        let message = other["choices"]?[0]?["message"]
        #expect(message?["content"]?.string == "Hi \"them\"")
        #expect(message?["reasoning_content"]?.string == "masked")
        #expect(message?["reasoning_details"]?[0]?["signature"] == nil)
        #expect(message?["tool_calls"]?[0]?["function"]?["arguments"]?.string == #"{"a":2}"#)
    }

    @Test("an answer in its own dialect that nobody changed has its own bytes")
    func identity() throws {
        for (name, dialect) in [
            ("openai-text", Dialect.openAIChat), ("openai-tools", .openAIChat), ("openai-reasoning", .openAIChat),
            ("anthropic-text", .anthropicMessages), ("anthropic-tools", .anthropicMessages),
            ("anthropic-thinking-cache", .anthropicMessages),
        ] {
            let bytes = try Fixture.bytes("\(name).json")
            let answer = try AnswerTranslation.read(bytes, from: dialect)
            var lossy: [String] = []
            let written = AnswerTranslation.write(answer, as: dialect, try Translating.context(dialect), lossy: &lossy)
            #expect(written == bytes)
            #expect(!answer.texts.isEmpty)
        }
    }

    @Test("a schema's tool is the answer's text")
    func structured() throws {
        let context = try Translating.toAnthropic(
            #"{"model":"m","response_format":{"type":"json_schema","json_schema":{"schema":{"type":"object"}}},"messages":[{"role":"user","content":"x"}]}"#
        ).context
        let (root, _) = try Translating.answer(
            #"{"id":"m","type":"message","role":"assistant","model":"c","content":[{"type":"tool_use","id":"t","name":"answer_as_json","input":{"a":[1]}}],"stop_reason":"tool_use","usage":{"input_tokens":1,"output_tokens":1}}"#,
            from: .anthropicMessages,
            to: .openAIChat,
            context
        )
        let choice = root["choices"]?[0]
        #expect(choice?["message"]?["content"]?.string == #"{"a":[1]}"#)
        #expect(choice?["message"]?["tool_calls"] == nil)
        #expect(choice?["finish_reason"]?.string == "stop")
    }

    @Test(
        "what is no answer is the upstream's fault",
        arguments: ["", "[]", "{}", #"{"choices":5}"#, #"{"content":"x"}"#, "<html>"]
    )
    func faults(body: String) {
        for dialect in Dialect.allCases {
            #expect(throws: UpstreamFault.self) { try AnswerTranslation.read(Array(body.utf8), from: dialect) }
        }
    }
}
