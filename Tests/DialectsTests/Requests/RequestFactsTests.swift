import Dialects
import JSON
import Testing

import struct Contracts.SegmentKind

@Suite("Request facts")
struct RequestFactsTests {
    static func read(_ text: String, _ dialect: Dialect = .openAIChat) throws -> RequestFacts {
        try RequestFacts.read(JSONDocument(Array(text.utf8)), dialect: dialect)
    }

    @Test("a recorded OpenAI request is understood")
    func openAI() throws {
        let facts = try RequestFacts.read(
            JSONDocument(try Fixture.bytes("openai-request.json")),
            dialect: .openAIChat
        )
        #expect(facts.model == "openai/gpt-4o-mini")
        #expect(facts.stream)
        #expect(facts.maxOutputTokens == 512)
        #expect(!facts.includeUsage)
        #expect(facts.hasTools)
        #expect(facts.messageCount == 4)
        #expect(facts.choiceCount == 1)
        #expect(facts.conversation.bodyID == .init(parameter: "prompt_cache_key", value: "thread-7"))
        #expect((1650...1750).contains(facts.estimatedInputTokens), "\(facts.estimatedInputTokens)")
    }

    @Test("a recorded Anthropic request is understood")
    func anthropic() throws {
        let facts = try RequestFacts.read(
            JSONDocument(try Fixture.bytes("anthropic-request.json")),
            dialect: .anthropicMessages
        )
        #expect(facts.model == "anthropic/claude-sonnet-4-20250514")
        #expect(facts.stream)
        #expect(facts.maxOutputTokens == 1024)
        #expect(facts.includeUsage)
        #expect(facts.hasTools)
        #expect(facts.messageCount == 3)
        #expect(
            facts.conversation.bodyID
                == .init(parameter: "metadata.user_id", value: "5c0d6a1e-7f7b-4b9a-8d3e-2f1a0b9c8d7e")
        )
    }

    static let faults: [(body: String, parameter: String)] = [
        ("[]", ""),
        ("3", ""),
        (#"{"messages":[{}]}"#, "model"),
        (#"{"model":null,"messages":[{}]}"#, "model"),
        (#"{"model":7,"messages":[{}]}"#, "model"),
        (#"{"model":"","messages":[{}]}"#, "model"),
        (#"{"model":" \n","messages":[{}]}"#, "model"),
        (#"{"model":"m"}"#, "messages"),
        (#"{"model":"m","messages":null}"#, "messages"),
        (#"{"model":"m","messages":"hello"}"#, "messages"),
        (#"{"model":"m","messages":{}}"#, "messages"),
        (#"{"model":"m","messages":[]}"#, "messages"),
        (#"{"model":"m","messages":[{},"x"]}"#, "messages[1]"),
        (#"{"model":"m","messages":[{}],"stream":"yes"}"#, "stream"),
        (#"{"model":"m","messages":[{}],"stream_options":true}"#, "stream_options"),
        (#"{"model":"m","messages":[{}],"stream_options":{"include_usage":1}}"#, "stream_options.include_usage"),
        (#"{"model":"m","messages":[{}],"max_tokens":0}"#, "max_tokens"),
        (#"{"model":"m","messages":[{}],"max_tokens":-5}"#, "max_tokens"),
        (#"{"model":"m","messages":[{}],"max_tokens":1.5}"#, "max_tokens"),
        (#"{"model":"m","messages":[{}],"max_tokens":99999999999999999999}"#, "max_tokens"),
        (#"{"model":"m","messages":[{}],"max_completion_tokens":"9"}"#, "max_completion_tokens"),
        (#"{"model":"m","messages":[{}],"n":0}"#, "n"),
        (#"{"model":"m","messages":[{}],"model":"other"}"#, "model"),
        (#"{"model":"m","messages":[{}],"mod\u0065l":"other"}"#, "model"),
        (#"{"messages":[{}],"model":"m","messages":[{}]}"#, "messages"),
    ]

    @Test("a fault names its parameter", arguments: faults)
    func faultyRequests(body: String, parameter: String) throws {
        let document = try JSONDocument(Array(body.utf8))
        let error = #expect(throws: DialectError.self) {
            try RequestFacts.read(document, dialect: .openAIChat)
        }
        #expect(error?.parameter == parameter)
        #expect(error?.description.isEmpty == false)
    }

    @Test("a model's name has a limit")
    func longModel() {
        let name = String(repeating: "m", count: 513)
        #expect(throws: DialectError.self) { try Self.read(#"{"model":"\#(name)","messages":[{}]}"#) }
    }

    @Test("null stands for absent")
    func nulls() throws {
        let facts = try Self.read(
            #"{"model":"m","messages":[{}],"stream":null,"max_tokens":null,"stream_options":null,"tools":null,"n":null}"#
        )
        #expect(!facts.stream)
        #expect(facts.maxOutputTokens == nil)
        #expect(facts.streamOptions == nil)
        #expect(!facts.hasTools)
        #expect(facts.choiceCount == 1)
    }

    @Test("the newer maximum wins over the older one, for OpenAI alone")
    func maximums() throws {
        let body = #"{"model":"m","messages":[{}],"max_tokens":10,"max_completion_tokens":20,"n":3}"#
        #expect(try Self.read(body).maxOutputTokens == 20)
        #expect(try Self.read(body).choiceCount == 3)
        #expect(try Self.read(body, .anthropicMessages).maxOutputTokens == 10)
        #expect(try Self.read(body, .anthropicMessages).choiceCount == 1)
    }

    static let estimates: [(body: String, dialect: Dialect, tokens: Int)] = [
        (#"{"model":"m","messages":[{"role":"user","content":"12345678"}]}"#, .openAIChat, 2),
        (#"{"model":"m","messages":[{"role":"user","content":"123456789"}]}"#, .openAIChat, 3),
        // Escapes count as what they stand for.
        (#"{"model":"m","messages":[{"content":"\n\n\n\n\u00e9\u00e9"}]}"#, .openAIChat, 2),
        (
            #"{"model":"m","messages":[{"content":[{"type":"text","text":"1234"},{"type":"image_url","image_url":{"url":"data:AAAAAAAAAAAAAAAAAAAAAAAAAAAA"}}]}]}"#,
            .openAIChat, 1601
        ),
        (
            #"{"model":"m","system":"1234","messages":[{"content":[{"type":"image","source":{"data":"AAAAAAAAAAAAAAAA"}}]}]}"#,
            .anthropicMessages, 1601
        ),
        (
            #"{"model":"m","messages":[{"content":[{"type":"tool_result","content":[{"type":"text","text":"12345678"}]}]}]}"#,
            .anthropicMessages, 2
        ),
        (
            #"{"model":"m","messages":[{"content":[{"type":"thinking","thinking":"1234","signature":"AAAAAAAAAAAAAAAAAAAA"}]}]}"#,
            .anthropicMessages, 1
        ),
        (#"{"model":"m","messages":[{"content":null}]}"#, .openAIChat, 0),
    ]

    @Test("input is estimated from text alone, pictures by a flat number", arguments: estimates)
    func estimate(body: String, dialect: Dialect, tokens: Int) throws {
        #expect(try Self.read(body, dialect).estimatedInputTokens == tokens)
    }

    @Test("a session is found in both forms of user id, and a mere user is no conversation")
    func sessions() throws {
        func id(_ user: String) throws -> String? {
            try Self.read(#"{"model":"m","messages":[{}],"metadata":{"user_id":"\#(user)"}}"#, .anthropicMessages)
                .conversation.bodyID?.value
        }
        #expect(try id("user_a_account_b_session_c-1") == "c-1")
        #expect(try id(#"{\"device_id\":\"d\",\"session_id\":\"s-9\"}"#) == "s-9")
        #expect(try id("user-1234") == nil)
        #expect(try id("_session_") == nil)
        #expect(try id("{broken") == nil)
        #expect(try id("") == nil)
    }

    @Test("the fingerprint stays over the turns and differs between conversations")
    func fingerprint() throws {
        func mark(_ body: String, _ dialect: Dialect) throws -> [UInt8] {
            var bytes: [UInt8] = []
            try Self.read(body, dialect).conversation.appendFingerprint(to: &bytes)
            return bytes
        }
        let first = try mark(
            #"{"model":"m","system":[{"type":"text","text":"S","cache_control":{}}],"tools":[{"name":"t"}],"messages":[{"role":"user","content":[{"type":"text","text":"U"}]}]}"#,
            .anthropicMessages
        )
        let second = try mark(
            #"{"model":"m","system":[{"type":"text","text":"S"}],"tools":[{"name":"t","x":1}],"messages":[{"role":"user","content":"U"},{"role":"assistant","content":"A"},{"role":"user","content":"V"}]}"#,
            .anthropicMessages
        )
        let other = try mark(
            #"{"model":"m","system":"S","tools":[{"name":"t"}],"messages":[{"role":"user","content":"W"}]}"#,
            .anthropicMessages
        )
        #expect(first == second)
        #expect(first != other)
        let openAI = try mark(
            #"{"model":"m","tools":[{"function":{"name":"t"}}],"messages":[{"role":"system","content":"S"},{"role":"user","content":"U"}]}"#,
            .openAIChat
        )
        #expect(openAI == first)
    }

    @Test("damaged requests never crash the reader", arguments: 0..<30)
    func hostileBytes(seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        for (name, dialect) in [
            ("openai-request.json", Dialect.openAIChat), ("anthropic-request.json", .anthropicMessages),
        ] {
            let original = try Fixture.bytes(name)
            for _ in 0..<60 {
                var bytes = original
                let place = Int.random(in: 0..<bytes.count, using: &random)
                bytes[place] = UInt8.random(in: 0x20..<0x7F, using: &random)
                guard let document = try? JSONDocument(bytes),
                    let facts = try? RequestFacts.read(document, dialect: dialect)
                else { continue }
                var mark: [UInt8] = []
                facts.conversation.appendFingerprint(to: &mark)
                #expect(facts.estimatedInputTokens >= 0)
            }
        }
    }

    @Test(
        "only a request that may hold what a tool answered is said to",
        arguments: [
            (Dialect.openAIResponses, #"{"model":"m","input":"hi"}"#, false),
            (
                .openAIResponses,
                #"{"model":"m","input":[{"role":"user","content":"hi"},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"a"}]}]}"#,
                false
            ),
            (
                .openAIResponses,
                #"{"model":"m","input":[{"type":"function_call_output","call_id":"c","output":"done"}]}"#, true
            ),
            (.openAIResponses, #"{"model":"m","input":[{"type":"local_shell_call_output","output":"done"}]}"#, true),
            (
                .openAIResponses,
                #"{"model":"m","input":[{"role":"user","content":[{"type":"tool_result","content":"a"}]}]}"#, true
            ),
            (.gemini, #"{"contents":[{"parts":[{"text":"hi"}]}]}"#, false),
            (.gemini, #"{"contents":{"parts":{"inlineData":{"mimeType":"image/png","data":"aa"}}}}"#, false),
            (.gemini, #"{"contents":[{"parts":[{"functionResponse":{"name":"f","response":{"a":1}}}]}]}"#, true),
            (.gemini, #"{"contents":[{"parts":[{"code_execution_result":{"output":"x"}}]}]}"#, true),
            (.openAIChat, #"{"model":"m","messages":[{"role":"user","content":"hi"}]}"#, false),
            (.openAIChat, #"{"model":"m","messages":[{"role":"tool","content":"hi"}]}"#, true),
            (
                .anthropicMessages,
                #"{"model":"m","messages":[{"role":"user","content":[{"type":"tool_result","content":"x"}]}]}"#, true
            ),
            (.ollama, #"{"model":"m","messages":[{"role":"tool","content":"hi"}]}"#, true),
        ]
    )
    func toolResults(dialect: Dialect, json: String, mayHold: Bool) throws {
        let facts = try RequestFacts.read(
            JSONDocument(Array(json.utf8)),
            dialect: dialect,
            path: dialect == .gemini ? ModelPath(model: "m", action: .generate) : nil
        )
        #expect(facts.mayHoldToolResults == mayHold)
        // What the savers would look at is never overlooked.
        let segments = RequestSegments.read(facts).all
        #expect(mayHold || !segments.contains { $0.kind == .toolResult })
    }
}
