import Contracts
import Dialects
import JSON
import TestSupport
import Testing

@Suite("Streams from and to Ollama")
struct OllamaStreamTests {
    static let others: [Dialect] = [.openAIChat, .anthropicMessages, .openAIResponses, .gemini]

    private func run(
        _ frames: [[UInt8]],
        from upstream: Dialect,
        to client: Dialect,
        window: (AnswerEvent) -> [AnswerEvent] = { [$0] }
    ) throws -> StreamGrammar {
        let context = try GeminiSample.context(client, from: upstream)
        let bytes = Translating.stream(frames, from: upstream, to: client, context, window: window)
        return GeminiSample.grammar(bytes, client)
    }

    @Test("thinking, text and calls arrive whole", arguments: others)
    func everything(client: Dialect) throws {
        let grammar = try run(Fixture.lines("ollama-tools.ndjson"), from: .ollama, to: client)
        #expect(grammar.problems == [])
        #expect(grammar.answer.text == "I look." && grammar.answer.reasoning == "I need both.")
        #expect(grammar.answer.toolCalls.map(\.name) == ["get_weather", "get_time"])
        #expect(grammar.answer.toolCalls.map(\.id) == ["call_a1", "call_b2"])
        let arguments = try JSONDocument(Array(try #require(grammar.answer.toolCalls.first).arguments.utf8)).root
        #expect(arguments["location"]?.string == "Paris, \"France\"" && arguments["days"]?.integer == 3)
        #expect(grammar.answer.inputTokens == 120 && grammar.answer.outputTokens == 55)
        switch client {
        case .openAIChat: #expect(grammar.answer.stopReason == "tool_calls")
        case .anthropicMessages: #expect(grammar.answer.stopReason == "tool_use")
        default: break
        }
    }

    @Test("text, its escapes, and an early end", arguments: others)
    func length(client: Dialect) throws {
        let grammar = try run(Fixture.lines("ollama-text.ndjson"), from: .ollama, to: client)
        #expect(grammar.problems == [])
        #expect(grammar.answer.text == "Hello – 日本 \"q\"\n.")
        #expect(grammar.answer.outputTokens == 298)
        if client == .openAIChat { #expect(grammar.answer.stopReason == "length") }
    }

    @Test("a whole answer is a stream of one line", arguments: others)
    func oneLine(client: Dialect) throws {
        let json = try JSONDocument(Fixture.bytes("ollama-tools.json")).root
        let line = Array("data: ".utf8) + json.raw.map { $0 == 0x0A ? 0x20 : $0 } + [0x0A, 0x0A]
        let grammar = try run([line], from: .ollama, to: client)
        #expect(grammar.problems == [] && grammar.answer.text == "I look." && grammar.answer.toolCalls.count == 2)
    }

    @Test("an error on a line, and an end without its last line, are failures", arguments: others)
    func failures(client: Dialect) throws {
        for name in ["ollama-error-midway", "ollama-cut"] {
            let grammar = try run(Fixture.lines("\(name).ndjson"), from: .ollama, to: client)
            #expect(grammar.answer.error != nil && grammar.problems == [], "\(name)")
        }
        var machine = StreamMachine(dialect: .ollama)
        let frames = try Fixture.lines("ollama-error-midway.ndjson")
        #expect(machine.read(frames[0]) == .content)
        guard case .failure(let fault) = machine.read(frames[1]) else {
            Issue.record("no failure")
            return
        }
        #expect(fault.message?.contains("unexpected EOF") == true)
    }

    @Test(
        "streams of the others to Ollama's clients",
        arguments: [
            ("openai-tools", Dialect.openAIChat), ("openai-reasoning", .openAIChat), ("openai-text", .openAIChat),
            ("anthropic-tools", .anthropicMessages), ("anthropic-text", .anthropicMessages),
            ("anthropic-thinking-cache", .anthropicMessages), ("responses-tools", .openAIResponses),
            ("responses-text", .openAIResponses), ("gemini-tools", .gemini), ("gemini-text", .gemini),
        ]
    )
    func toOllama(name: String, upstream: Dialect) throws {
        let frames = try Fixture.frames("\(name).sse")
        let before = GeminiSample.grammar(frames.flatMap { $0 }, upstream)
        let after = try run(frames, from: upstream, to: .ollama)
        #expect(after.problems == [])
        #expect(after.answer.text == before.answer.text)
        #expect(after.answer.toolCalls.map(\.name) == before.answer.toolCalls.map(\.name))
        for (call, expected) in zip(after.answer.toolCalls, before.answer.toolCalls) where !expected.id.isEmpty {
            #expect(call.id == expected.id)
        }
        #expect(after.answer.outputTokens == before.answer.outputTokens)
        if upstream != .openAIResponses { #expect(after.answer.reasoning == before.answer.reasoning) }
    }

    @Test("the machine: content, usage, the end")
    func machine() throws {
        var machine = StreamMachine(dialect: .ollama)
        let frames = try Fixture.lines("ollama-thinking.ndjson")
        #expect(machine.read(frames[0]) == .content && !machine.isUsageComplete)
        for frame in frames.dropFirst().dropLast() { _ = machine.read(frame) }
        #expect(machine.read(try #require(frames.last)) == .terminal)
        #expect(machine.usage == TokenUsage(input: 11, output: 9) && machine.isUsageComplete)
        #expect(machine.stopReason == "stop" && machine.finish() == .complete)
    }

    @Test(
        "scanned in its own dialect it says the same, its last line's figures too",
        arguments: ["text", "thinking", "tools"]
    )
    func same(name: String) throws {
        let frames = try Fixture.lines("ollama-\(name).ndjson")
        let before = StreamGrammar.ollama(frames.flatMap { $0 })
        let context = try GeminiSample.context(.ollama, from: .ollama)
        let bytes = Translating.stream(frames, from: .ollama, to: .ollama, context)
        let after = StreamGrammar.ollama(bytes)
        #expect(before.problems == [] && after.problems == [])
        #expect(after.answer.text == before.answer.text && after.answer.reasoning == before.answer.reasoning)
        #expect(after.answer.toolCalls.map(\.id) == before.answer.toolCalls.map(\.id))
        #expect(after.answer.outputTokens == before.answer.outputTokens)
        let last = try JSONDocument(Array(try #require(bytes.split(separator: 0x0A).last).dropFirst(6))).root
        let recorded = try JSONDocument(Array(try #require(frames.last).dropFirst(6))).root
        #expect(last["total_duration"]?.integer == recorded["total_duration"]?.integer)
    }

    @Test("text that is held back and changed arrives changed")
    func changed() throws {
        let grammar = try run(Fixture.lines("ollama-tools.ndjson"), from: .ollama, to: .ollama) { event in
            guard case .text(let channel, let text) = event else { return [event] }
            return [.text(channel, text.replacing("look", with: "****").replacing("Paris", with: "*****"))]
        }
        #expect(grammar.problems == [] && grammar.answer.text == "I ****.")
        #expect(grammar.answer.toolCalls.first?.arguments.contains("*****") == true)
    }

    @Test("frames as lines; a comment is a line that says nothing")
    func lines() throws {
        let lines = StreamLines()
        var out: [UInt8] = []
        for frame in try [Array(": keep-alive\n\n".utf8)] + Fixture.lines("ollama-text.ndjson") {
            frame.withUnsafeBytes { lines.append($0, to: &out) }
        }
        let recorded = try Fixture.bytes("ollama-text.ndjson")
        #expect(out.suffix(recorded.count) == recorded[...])
        #expect(StreamGrammar.ollama(out).problems == [])
    }
}
