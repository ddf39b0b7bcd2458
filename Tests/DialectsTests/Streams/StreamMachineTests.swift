import Contracts
import Dialects
import Testing

@Suite("Stream machine")
struct StreamMachineTests {
    static func read(_ text: String, _ dialect: Dialect = .openAIChat) -> FrameVerdict {
        var machine = StreamMachine(dialect: dialect)
        return machine.read(Array(text.utf8))
    }

    /// The same JSON under every spacing that the grammar allows.
    static func spacings(_ json: String) -> [String] {
        var spaced = ""
        var inString = false
        var escaped = false
        for character in json {
            let isStructure = !inString && "{}[]:,".contains(character)
            spaced += isStructure ? " \(character)\t" : String(character)
            if inString, !escaped, character == "\"" {
                inString = false
            } else if !inString, character == "\"" {
                inString = true
            }
            escaped = inString && !escaped && character == "\\"
        }
        return [json, spaced, " \(json) ", json.replacing(":", with: " : "), json.replacing("\":", with: "\" :")]
    }

    static let openAI: [(json: String, verdict: String)] = [
        (#"{"choices":[{"index":0,"delta":{"content":"Hi"}}]}"#, "content"),
        (#"{"choices":[{"index":0,"delta":{"content":""}}]}"#, "forward"),
        (#"{"choices":[{"index":0,"delta":{"content":null}}]}"#, "forward"),
        (#"{"choices":[{"index":0,"delta":{"role":"assistant"}}]}"#, "forward"),
        (#"{"choices":[{"delta":{"reasoning_content":"x"}}]}"#, "content"),
        (#"{"choices":[{"delta":{"reasoning":"x"}}]}"#, "content"),
        (#"{"choices":[{"delta":{"refusal":"no"}}]}"#, "content"),
        (#"{"choices":[{"delta":{"content":[{"type":"text","text":"x"}]}}]}"#, "content"),
        (#"{"choices":[{"delta":{"content":[]}}]}"#, "forward"),
        (#"{"choices":[{"delta":{"tool_calls":[]}}]}"#, "forward"),
        (#"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":""}}]}}]}"#, "content"),
        (#"{"choices":[{"delta":{"function_call":{"name":"f"}}}]}"#, "content"),
        (#"{"choices":[{"text":"old"}]}"#, "content"),
        (#"{"choices":[],"prompt_filter_results":[{"prompt_index":0}]}"#, "forward"),
        (#"{"choices":[{"delta":{"content":"\"error\":{}"}}]}"#, "content"),
        (#"{"choices":[{"delta":{"content":"error"}}],"error":null}"#, "content"),
        (#"{"choices":[{"delta":{"content":"type"}}],"error":false}"#, "content"),
        (#"{"error":{"message":"x"}}"#, "failure"),
        (#"{"error":"boom"}"#, "failure"),
        (#"{"\u0065rror":{"message":"x"}}"#, "failure"),
        (#"{"object":"error","message":"x"}"#, "failure"),
        (#"{"type":"error","error":{"type":"api_error","message":"x"}}"#, "failure"),
        (#"{"choices":[{"delta":{"content":"late"}}],"error":{"code":502,"message":"x"}}"#, "failure"),
        (#"{"object":"chat.completion.chunk"}"#, "forward"),
    ]

    @Test("an OpenAI chunk is judged by its structure under every spacing", arguments: openAI)
    func openAIJudgement(json: String, verdict: String) {
        for text in Self.spacings(json) {
            #expect(Self.name(Self.read("data: \(text)\n\n")) == verdict, "\(text)")
        }
    }

    static let anthropic: [(json: String, verdict: String)] = [
        (#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}"#, "content"),
        (#"{"delta":{"text":"Hi","type":"text_delta"},"index":0,"type":"content_block_delta"}"#, "content"),
        (#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":""}}"#, "forward"),
        (#"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"h"}}"#, "content"),
        (#"{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":""}}"#, "forward"),
        (
            #"{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{"}}"#,
            "content"
        ),
        (#"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"a"}}"#, "content"),
        (#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#, "forward"),
        (#"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}"#, "forward"),
        (
            #"{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"f"}}"#,
            "content"
        ),
        (#"{"type":"content_block_stop","index":0}"#, "forward"),
        (#"{"type":"ping"}"#, "forward"),
        (#"{"type":"message_start","message":{"usage":{"input_tokens":1}}}"#, "forward"),
        (#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":1}}"#, "forward"),
        (#"{"type":"message_stop"}"#, "terminal"),
        (#"{"type":"message\u005fstop"}"#, "terminal"),
        (#"{"type":"error","error":{"type":"overloaded_error","message":"x"}}"#, "failure"),
        (#"{"error":{"message":"x"}}"#, "failure"),
        (#"{"type":"something_new","text":"\"type\":\"error\""}"#, "forward"),
        (#"{"type":"content_block_delta","delta":{"type":"text_delta","text":"message_stop"}}"#, "content"),
    ]

    @Test("an Anthropic event is judged by its structure under every spacing", arguments: anthropic)
    func anthropicJudgement(json: String, verdict: String) {
        for text in Self.spacings(json) {
            #expect(Self.name(Self.read("data: \(text)\n\n", .anthropicMessages)) == verdict, "\(text)")
        }
    }

    @Test("an event named error is one whatever its data says", arguments: Dialect.allCases)
    func errorByName(dialect: Dialect) {
        #expect(Self.name(Self.read("event: error\ndata: {\"message\":\"x\"}\n\n", dialect)) == "failure")
        #expect(Self.name(Self.read("event:error\r\ndata:\"gone\"\r\n\r\n", dialect)) == "failure")
    }

    @Test("comments, bare names and empty data pass", arguments: Dialect.allCases)
    func keepAlives(dialect: Dialect) {
        for frame in [
            ": keep-alive\n\n", "event: ping\n\n", "data:\n\n", "data: \n\n", "\n\n", "", "id: 3\nretry: 10\n\n",
        ] {
            #expect(Self.read(frame, dialect) == .forward, "\(frame)")
        }
    }

    @Test(
        "data that is not JSON is a failure",
        arguments: [
            "<html>", "{", "{\"a\"", "{\"a\":", "{\"a\":}", "{\"choices\":[{", "[1", "\"open", "nonsense", "{\"a\":1,",
        ]
    )
    func malformed(data: String) {
        for dialect in Dialect.allCases {
            guard case .failure(let fault) = Self.read("data: \(data)\n\n", dialect) else {
                Issue.record("\(data) was not refused")
                continue
            }
            #expect(fault.kind == .malformed)
        }
    }

    @Test("a byte order mark before the first frame changes nothing")
    func byteOrderMark() {
        var machine = StreamMachine(dialect: .openAIChat)
        #expect(machine.read([0xEF, 0xBB, 0xBF] + Array("data: [DONE]\n\n".utf8)) == .terminal)
    }

    @Test(
        "[DONE] ends a stream with and without space around it",
        arguments: ["data: [DONE]\n\n", "data:[DONE]\n\n", "data:  [DONE] \r\n\r\n"]
    )
    func done(frame: String) {
        #expect(Self.read(frame) == .terminal)
    }

    @Test("usage of the last frame counts, also under x_groq, and null usage does not")
    func usagePlaces() {
        var machine = StreamMachine(dialect: .openAIChat)
        _ = machine.read(Array(#"data: {"choices":[],"usage":null}"#.utf8))
        #expect(machine.usage == nil)
        _ = machine.read(
            Array(#"data: {"choices":[],"x_groq":{"usage":{"prompt_tokens":3,"completion_tokens":1}}}"#.utf8)
        )
        #expect(machine.usage == TokenUsage(input: 3, output: 1))
        _ = machine.read(Array(#"data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}"#.utf8))
        #expect(machine.usage == TokenUsage(input: 3, output: 2))
    }

    @Test("any bytes at all are judged without a crash", arguments: 0..<40)
    func hostileBytes(seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        let names = ["openai-tools", "anthropic-thinking-cache", "openai-reasoning", "anthropic-overloaded-midway"]
        for dialect in Dialect.allCases {
            for name in names {
                var machine = StreamMachine(dialect: dialect)
                for var frame in try Fixture.frames("\(name).sse") {
                    for _ in 0..<Int.random(in: 1...6, using: &random) {
                        Self.damage(&frame, &random)
                    }
                    _ = machine.read(frame)
                }
                _ = machine.finish()
                #expect(machine.contentBytes >= 0)
                #expect((machine.usage?.input ?? 0) >= 0)
            }
        }
    }

    @Test("every prefix of a frame is judged without a crash")
    func prefixes() throws {
        for name in ["openai-tools", "anthropic-tools"] {
            for frame in try Fixture.frames("\(name).sse") {
                for length in 0...frame.count {
                    for dialect in Dialect.allCases {
                        var machine = StreamMachine(dialect: dialect)
                        // A buffer of exactly this size: debug builds trap on any read past it.
                        _ = machine.read(Array(frame.prefix(length)))
                    }
                }
            }
        }
    }

    private static func damage(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        guard !bytes.isEmpty else { return }
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
        case 1: bytes.remove(at: place)
        case 2: bytes.insert("{}[]\",:\\\n\r\0".utf8.randomElement(using: &random) ?? 0, at: place)
        default: bytes.removeSubrange(place...)
        }
    }

    private static func name(_ verdict: FrameVerdict) -> String {
        switch verdict {
        case .forward: "forward"
        case .content: "content"
        case .drop: "drop"
        case .terminal: "terminal"
        case .failure: "failure"
        }
    }
}
