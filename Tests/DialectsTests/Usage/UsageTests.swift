import Contracts
import Dialects
import Testing

@Suite("Usage")
struct UsageTests {
    static func openAI(_ usage: String) -> TokenUsage? {
        UnaryFacts.read(Array(#"{"choices":[],"usage":\#(usage)}"#.utf8), dialect: .openAIChat).usage
    }

    static func anthropic(_ usage: String) -> TokenUsage? {
        UnaryFacts.read(Array(#"{"content":[],"usage":\#(usage)}"#.utf8), dialect: .anthropicMessages).usage
    }

    static let openAICases: [(usage: String, tokens: TokenUsage?)] = [
        ("null", nil),
        ("7", nil),
        ("{}", TokenUsage()),
        (#"{"prompt_tokens":10,"completion_tokens":2,"total_tokens":12}"#, TokenUsage(input: 10, output: 2)),
        (
            #"{"prompt_tokens":10,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":4}}"#,
            TokenUsage(input: 6, cacheRead: 4, output: 2)
        ),
        (
            #"{"prompt_tokens":10,"completion_tokens":9,"prompt_tokens_details":{"audio_tokens":3},"completion_tokens_details":{"reasoning_tokens":5,"audio_tokens":2}}"#,
            TokenUsage(input: 10, output: 9, reasoning: 5, audioIn: 3, audioOut: 2)
        ),
        // DeepSeek, Moonshot, OpenRouter
        (
            #"{"prompt_tokens":10,"completion_tokens":2,"prompt_cache_hit_tokens":8,"prompt_cache_miss_tokens":2}"#,
            TokenUsage(input: 2, cacheRead: 8, output: 2)
        ),
        (
            #"{"prompt_tokens":10,"completion_tokens":2,"cached_tokens":3}"#,
            TokenUsage(input: 7, cacheRead: 3, output: 2)
        ),
        (
            #"{"prompt_tokens":10,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":3,"cache_write_tokens":4}}"#,
            TokenUsage(input: 3, cacheRead: 3, cacheWrite5m: 4, output: 2)
        ),
        // xAI: reasoning stands beside the completion, in the total.
        (
            #"{"prompt_tokens":10,"completion_tokens":2,"total_tokens":42,"completion_tokens_details":{"reasoning_tokens":30}}"#,
            TokenUsage(input: 10, output: 32, reasoning: 30)
        ),
        // Never negative, never more than the whole, never enough to overflow a price.
        (
            #"{"prompt_tokens":10,"completion_tokens":-2,"prompt_tokens_details":{"cached_tokens":400}}"#,
            TokenUsage(cacheRead: 10)
        ),
        (#"{"prompt_tokens":1e300,"completion_tokens":5.9}"#, TokenUsage(input: 1_000_000_000, output: 5)),
        (#"{"prompt_tokens":"many","completion_tokens":null,"prompt_tokens_details":7}"#, TokenUsage()),
    ]

    @Test("OpenAI's counts become disjoint classes", arguments: openAICases)
    func openAIClasses(usage: String, tokens: TokenUsage?) {
        #expect(Self.openAI(usage) == tokens)
    }

    static let anthropicCases: [(usage: String, tokens: TokenUsage?)] = [
        ("null", nil),
        (#"{"input_tokens":5,"output_tokens":7}"#, TokenUsage(input: 5, output: 7)),
        (
            #"{"input_tokens":5,"output_tokens":7,"cache_read_input_tokens":100,"cache_creation_input_tokens":20}"#,
            TokenUsage(input: 5, cacheRead: 100, cacheWrite5m: 20, output: 7)
        ),
        (
            #"{"input_tokens":5,"output_tokens":7,"cache_creation_input_tokens":20,"cache_creation":{"ephemeral_5m_input_tokens":8,"ephemeral_1h_input_tokens":12}}"#,
            TokenUsage(input: 5, cacheWrite5m: 8, cacheWrite1h: 12, output: 7)
        ),
        // What no duration is told of is a five-minute write; a split without a total counts too.
        (
            #"{"cache_creation_input_tokens":20,"cache_creation":{"ephemeral_1h_input_tokens":12}}"#,
            TokenUsage(cacheWrite5m: 8, cacheWrite1h: 12)
        ),
        (
            #"{"cache_creation":{"ephemeral_5m_input_tokens":8,"ephemeral_1h_input_tokens":12}}"#,
            TokenUsage(cacheWrite5m: 8, cacheWrite1h: 12)
        ),
        (#"{"input_tokens":-5,"output_tokens":"x","cache_creation":[]}"#, TokenUsage()),
    ]

    @Test("Anthropic's counts become the same classes", arguments: anthropicCases)
    func anthropicClasses(usage: String, tokens: TokenUsage?) {
        #expect(Self.anthropic(usage) == tokens)
    }

    @Test("counts at the end of a stream replace those at its start, but a zero replaces nothing")
    func merging() {
        func usage(_ start: String, _ end: String) -> TokenUsage? {
            var machine = StreamMachine(dialect: .anthropicMessages)
            _ = machine.read(Array(#"data: {"type":"message_start","message":{"usage":\#(start)}}"#.utf8))
            _ = machine.read(Array(#"data: {"type":"message_delta","usage":\#(end)}"#.utf8))
            return machine.usage
        }
        #expect(
            usage(#"{"input_tokens":5,"cache_read_input_tokens":9,"output_tokens":1}"#, #"{"output_tokens":7}"#)
                == TokenUsage(input: 5, cacheRead: 9, output: 7)
        )
        #expect(
            usage(#"{"input_tokens":0,"output_tokens":0}"#, #"{"input_tokens":5,"output_tokens":7}"#)
                == TokenUsage(input: 5, output: 7)
        )
        #expect(
            usage(#"{"input_tokens":5}"#, #"{"input_tokens":0,"output_tokens":7}"#) == TokenUsage(input: 5, output: 7)
        )
        #expect(usage("null", "null") == nil)
    }

    @Test("one usage counts the same in a stream and in a whole answer", arguments: 0..<50)
    func streamEqualsUnary(seed: Int) {
        var random = SeededGenerator(seed: seed)
        func number() -> Int { Int.random(in: 0...5000, using: &random) }
        let openAI =
            #"{"prompt_tokens":\#(number()),"completion_tokens":\#(number()),"total_tokens":\#(number()),"prompt_tokens_details":{"cached_tokens":\#(number())},"completion_tokens_details":{"reasoning_tokens":\#(number())}}"#
        var stream = StreamMachine(dialect: .openAIChat)
        _ = stream.read(Array(#"data: {"choices":[],"usage":\#(openAI)}"#.utf8))
        #expect(stream.usage == Self.openAI(openAI))
        #expect((stream.usage?.input ?? -1) >= 0)

        let (input, read, short, long, output) = (number(), number(), number(), number(), number())
        let start =
            #"{"input_tokens":\#(input),"cache_read_input_tokens":\#(read),"cache_creation_input_tokens":\#(short + long),"cache_creation":{"ephemeral_5m_input_tokens":\#(short),"ephemeral_1h_input_tokens":\#(long)},"output_tokens":1}"#
        var messages = StreamMachine(dialect: .anthropicMessages)
        _ = messages.read(Array(#"data: {"type":"message_start","message":{"usage":\#(start)}}"#.utf8))
        _ = messages.read(Array(#"data: {"type":"message_delta","usage":{"output_tokens":\#(output + 2)}}"#.utf8))
        let whole = start.replacing(#""output_tokens":1"#, with: #""output_tokens":\#(output + 2)"#)
        #expect(messages.usage == Self.anthropic(whole))
        #expect(
            messages.usage
                == TokenUsage(
                    input: input,
                    cacheRead: read,
                    cacheWrite5m: short,
                    cacheWrite1h: long,
                    output: output + 2
                )
        )
    }

    @Test(
        "a body that is no answer is a fault",
        arguments: ["", "<html></html>", "[]", "{", #"{"usage":{"#, #"{"choices":[]} x"#, "null"]
    )
    func noAnswer(body: String) {
        for dialect in Dialect.allCases {
            let facts = UnaryFacts.read(Array(body.utf8), dialect: dialect)
            #expect(facts.fault?.kind == .malformed)
            #expect(facts.usage == nil)
        }
    }

    @Test("an error with a success status is a fault of its kind")
    func errorInSuccess() {
        let openAI = UnaryFacts.read(
            Array(#"{"error":{"message":"slow down","code":429}}"#.utf8),
            dialect: .openAIChat
        )
        #expect(openAI.fault?.kind == .rateLimited)
        let anthropic = UnaryFacts.read(
            Array(#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#.utf8),
            dialect: .anthropicMessages
        )
        #expect(anthropic.fault?.kind == .overloaded)
    }

    @Test("an answer without a count is estimated from its size")
    func estimate() {
        let body =
            #"{"choices":[{"message":{"content":"\#(String(repeating: "a", count: 400))"},"finish_reason":"stop"}]}"#
        let facts = UnaryFacts.read(Array(body.utf8), dialect: .openAIChat)
        #expect(facts.usage == nil)
        #expect((100...120).contains(facts.estimatedOutputTokens))
    }

    @Test("every prefix of an answer is a fault and never a crash")
    func prefixes() throws {
        let whole = try Fixture.bytes("anthropic-thinking-cache.json")
        let body = whole.dropLast()
        for length in 0..<body.count {
            #expect(UnaryFacts.read(Array(body.prefix(length)), dialect: .anthropicMessages).fault != nil)
        }
    }
}
