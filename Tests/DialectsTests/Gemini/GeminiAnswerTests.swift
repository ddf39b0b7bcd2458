import Contracts
import Dialects
import JSON
import Testing

@Suite("Whole answers from and to Gemini")
struct GeminiAnswerTests {
    private func answer(
        _ json: String,
        from upstream: Dialect,
        to client: Dialect
    ) throws -> (
        root: JSONCursor, lossy: [String]
    ) {
        try Translating.answer(json, from: upstream, to: client, try GeminiSample.context(client, from: upstream))
    }

    private func fixture(_ name: String) throws -> String {
        String(decoding: try Fixture.bytes(name), as: UTF8.self)
    }

    @Test("thoughts, text, calls and usage for OpenAI's clients")
    func toOpenAI() throws {
        let (root, lossy) = try answer(fixture("gemini-tools.json"), from: .gemini, to: .openAIChat)
        let message = try #require(root["choices"]?[0]?["message"])
        #expect(message["content"]?.string == "I look.")
        #expect(message["reasoning_content"]?.string == "First, \"second\".")
        let calls = try #require(message["tool_calls"])
        #expect(calls.count == 2 && calls[1]?["id"]?.string == "own-7")
        #expect(calls[0]?["id"]?.string?.isEmpty == false)
        #expect(root["choices"]?[0]?["finish_reason"]?.string == "tool_calls")
        let usage = try #require(root["usage"])
        #expect(usage["prompt_tokens"]?.integer == 124 && usage["completion_tokens"]?.integer == 55)
        #expect(usage["prompt_tokens_details"]?["cached_tokens"]?.integer == 100)
        #expect(usage["prompt_tokens_details"]?["audio_tokens"]?.integer == 10)
        #expect(usage["completion_tokens_details"]?["reasoning_tokens"]?.integer == 25)
        #expect(lossy == ["logprobsResult"])
    }

    @Test("the same for Anthropic's")
    func toAnthropic() throws {
        let (root, _) = try answer(fixture("gemini-tools.json"), from: .gemini, to: .anthropicMessages)
        let kinds = root["content"]?.elements.map { $0["type"]?.string }
        #expect(kinds == ["thinking", "text", "redacted_thinking", "tool_use", "tool_use"])
        #expect(root["stop_reason"]?.string == "tool_use")
        #expect(root["usage"]?["cache_read_input_tokens"]?.integer == 100)
        #expect(root["usage"]?["input_tokens"]?.integer == 24)
    }

    @Test("OpenAI's and Anthropic's answers for Gemini's clients")
    func toGemini() throws {
        let first = try answer(fixture("openai-tools.json"), from: .openAIChat, to: .gemini).root
        let second = try answer(fixture("anthropic-thinking-cache.json"), from: .anthropicMessages, to: .gemini).root
        for root in [first, second] {
            let candidate = try #require(root["candidates"]?[0])
            #expect(candidate["finishReason"]?.string == "STOP" && candidate["content"]?["role"]?.string == "model")
            let usage = try #require(root["usageMetadata"])
            let sum = ["promptTokenCount", "candidatesTokenCount", "thoughtsTokenCount"]
                .reduce(0) { $0 + (usage[$1]?.integer ?? 0) }
            #expect(usage["totalTokenCount"]?.integer == sum)
        }
        #expect(first["candidates"]?[0]?["content"]?["parts"]?.elements.contains { $0["functionCall"] != nil } == true)
        let thought = second["candidates"]?[0]?["content"]?["parts"]?[0]
        #expect(thought?["thought"]?.boolean == true && thought?["thoughtSignature"]?.string?.isEmpty == false)
    }

    @Test("an answer without candidates is a refusal, one without anything is none")
    func refusal() throws {
        let (root, _) = try answer(
            #"{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"},"usageMetadata":{"promptTokenCount":3}}"#,
            from: .gemini,
            to: .openAIChat
        )
        #expect(root["choices"]?[0]?["finish_reason"]?.string == "content_filter")
        #expect(throws: UpstreamFault.self) { try AnswerTranslation.read(Array("{}".utf8), from: .gemini) }
    }

    @Test("a changed text stands alone: probabilities that repeat it go")
    func replaced() throws {
        let bytes = try Fixture.bytes("gemini-tools.json")
        var read = try AnswerTranslation.read(bytes, from: .gemini)
        var lossy: [String] = []
        let context = try GeminiSample.context(.gemini, from: .gemini)
        #expect(AnswerTranslation.write(read, as: .gemini, context, lossy: &lossy) == bytes)
        #expect(read.texts.map(\.text).prefix(2) == ["First, \"second\".", "I look."])
        read.replaceText(at: 1, with: "*** \"x\"")
        read.replaceText(at: 2, with: #"{"location":"***"}"#)
        let text = String(decoding: AnswerTranslation.write(read, as: .gemini, context, lossy: &lossy), as: UTF8.self)
        #expect(!text.contains("I look") && !text.contains("logprobsResult"))
        let root = try JSONDocument(Array(text.utf8)).root
        let parts = try #require(root["candidates"]?[0]?["content"]?["parts"])
        #expect(parts[1]?["text"]?.string == "*** \"x\"")
        #expect(parts[2]?["functionCall"]?["args"]?.json == #"{"location":"***"}"#)
        #expect(parts[2]?["thoughtSignature"]?.string == "Eq+QB/CgIY==")
    }

    @Test("facts of an answer that passes as it is")
    func facts() throws {
        let facts = UnaryFacts.read(try Fixture.bytes("gemini-tools.json"), dialect: .gemini)
        #expect(facts.fault == nil && facts.stopReason == "STOP")
        #expect(facts.usage == TokenUsage(input: 24, cacheRead: 100, output: 55, reasoning: 25, audioIn: 10))
    }

    @Test("errors in Google's form, written and read")
    func errors() throws {
        let error = ClientError(.rateLimited, "slow down", parameter: "contents", requestID: "req_1", retryAfter: 7)
        let body = ErrorBody.json(error, dialect: .gemini)
        let root = try JSONDocument(body).root["error"]
        #expect(root?["code"]?.integer == 429 && root?["status"]?.string == "RESOURCE_EXHAUSTED")
        #expect(root?["details"]?.elements.contains { $0["retryDelay"]?.string == "7s" } == true)
        let fault = UpstreamFault.read(status: 429, body: body, dialect: .gemini)
        #expect(fault.kind == .rateLimited && fault.retryAfter == 7 && fault.isDialectShaped)
        let cases: [(Int, String, String, FailureKind)] = [
            (400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", .authentication),
            (
                400, "INVALID_ARGUMENT", "The input token count (9) exceeds the maximum number of tokens allowed (8).",
                .contextTooLong
            ),
            (400, "INVALID_ARGUMENT", "Invalid JSON payload received.", .badRequest),
            (403, "PERMISSION_DENIED", "no", .authentication),
            (404, "NOT_FOUND", "models/x is not found", .modelNotFound),
            (429, "RESOURCE_EXHAUSTED", "Resource has been exhausted", .rateLimited),
            (500, "INTERNAL", "oops", .serverError), (503, "UNAVAILABLE", "overloaded", .overloaded),
            (504, "DEADLINE_EXCEEDED", "late", .timeout),
        ]
        for (status, word, message, kind) in cases {
            let json = #"{"error":{"code":\#(status),"message":"\#(message)","status":"\#(word)"}}"#
            let fault = UpstreamFault.read(status: status, body: Array(json.utf8), dialect: .gemini)
            #expect(fault.kind == kind, "\(word) \(message)")
        }
    }
}
