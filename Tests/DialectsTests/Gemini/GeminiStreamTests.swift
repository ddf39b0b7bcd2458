import Contracts
import Dialects
import JSON
import TestSupport
import Testing

@Suite("Streams from and to Gemini")
struct GeminiStreamTests {
    static let others: [Dialect] = [.openAIChat, .anthropicMessages]

    private func run(_ frames: [[UInt8]], from upstream: Dialect, to client: Dialect) throws -> StreamGrammar {
        let context = try GeminiSample.context(client, from: upstream)
        let bytes = Translating.stream(frames, from: upstream, to: client, context)
        return GeminiSample.grammar(bytes, client)
    }

    @Test("a recorded stream with thoughts and calls arrives whole", arguments: others)
    func everything(client: Dialect) throws {
        let grammar = try run(Fixture.frames("gemini-tools.sse"), from: .gemini, to: client)
        #expect(grammar.problems == [])
        #expect(grammar.answer.text == "I look.\né")
        #expect(grammar.answer.reasoning == "First, \"second\" – 日本.")
        #expect(grammar.answer.toolCalls.map(\.name) == ["get_weather", "get_time"])
        #expect(Set(grammar.answer.toolCalls.map(\.id)).count == 2)
        let arguments = try JSONDocument(Array(try #require(grammar.answer.toolCalls.first).arguments.utf8)).root
        #expect(arguments["location"]?.string == "Paris, \"France\"" && arguments["days"]?.integer == 3)
        #expect(grammar.answer.redacted.contains { $0.hasSuffix("Eq+QB/CgIY==") })
        #expect(grammar.answer.stopReason == (client == .openAIChat ? "tool_calls" : "tool_use"))
        #expect(grammar.answer.outputTokens == 55)
        #expect(grammar.answer.inputTokens == (client == .openAIChat ? 120 : 20))
    }

    @Test("the same for clients of Responses")
    func toResponses() throws {
        let grammar = try run(Fixture.frames("gemini-tools.sse"), from: .gemini, to: .openAIResponses)
        #expect(grammar.problems == [])
        #expect(grammar.answer.text == "I look.\né")
        #expect(grammar.answer.reasoning == "First, \"second\" – 日本.")
        #expect(grammar.answer.toolCalls.map(\.name) == ["get_weather", "get_time"])
        #expect(grammar.answer.outputTokens == 55 && grammar.answer.inputTokens == 120)
    }

    @Test("an early end has the client's word", arguments: others)
    func length(client: Dialect) throws {
        let grammar = try run(Fixture.frames("gemini-text.sse"), from: .gemini, to: client)
        #expect(grammar.problems == [])
        #expect(grammar.answer.text == "Hello – 日本 \"q\".")
        #expect(grammar.answer.stopReason == (client == .openAIChat ? "length" : "max_tokens"))
    }

    @Test("a refused question is a refusal", arguments: others)
    func refusal(client: Dialect) throws {
        let frame = Array(
            (#"data: {"promptFeedback":{"blockReason":"SAFETY"},"usageMetadata":{"promptTokenCount":9,"totalTokenCount":9},"modelVersion":"g","responseId":"r"}"#
                + "\n\n").utf8
        )
        let grammar = try run([frame], from: .gemini, to: client)
        #expect(grammar.problems == [])
        #expect(grammar.answer.text == "" && grammar.answer.inputTokens == 9)
        #expect(grammar.answer.stopReason == (client == .openAIChat ? "content_filter" : "refusal"))
    }

    @Test("reasons, unknown ones too", arguments: ["RECITATION", "OTHER", "MALFORMED_FUNCTION_CALL", "NEW"])
    func reasons(word: String) throws {
        let grammar = try run([GeminiSample.frame(#"{"text":"x"}"#, finish: word)], from: .gemini, to: .openAIChat)
        #expect(grammar.problems == [])
        #expect(grammar.answer.stopReason == (word == "RECITATION" ? "content_filter" : "stop"))
    }

    @Test("an end without a reason, and an error inside the stream, are failures", arguments: others)
    func failures(client: Dialect) throws {
        let half = try run([GeminiSample.frame(#"{"text":"x"}"#)], from: .gemini, to: client)
        #expect(half.answer.error != nil)
        let error = Array(
            (#"data: {"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}"# + "\n\n").utf8
        )
        let broken = try run([GeminiSample.frame(#"{"text":"x"}"#), error], from: .gemini, to: client)
        #expect(broken.answer.error != nil)
        var machine = StreamMachine(dialect: .gemini)
        guard case .failure(let fault) = machine.read(error) else {
            Issue.record("no failure")
            return
        }
        #expect(fault.kind == .overloaded)
    }

    @Test(
        "streams of the others to Gemini's clients",
        arguments: [
            ("openai-tools", Dialect.openAIChat), ("openai-reasoning", .openAIChat), ("openai-text", .openAIChat),
            ("anthropic-tools", .anthropicMessages), ("anthropic-text", .anthropicMessages),
            ("anthropic-thinking-cache", .anthropicMessages), ("responses-tools", .openAIResponses),
            ("responses-text", .openAIResponses), ("responses-reasoning", .openAIResponses),
        ]
    )
    func toGemini(name: String, upstream: Dialect) throws {
        let frames = try Fixture.frames("\(name).sse")
        let before = GeminiSample.grammar(frames.flatMap { $0 }, upstream)
        let after = try run(frames, from: upstream, to: .gemini)
        #expect(after.problems == [])
        #expect(after.answer.text == before.answer.text)
        // Several parts of a summary are one text here, with a blank line between them.
        var thought = after.answer.reasoning
        if upstream == .openAIResponses { thought = thought.replacing("\n\n", with: "") }
        #expect(thought == before.answer.reasoning)
        #expect(after.answer.toolCalls.map(\.name) == before.answer.toolCalls.map(\.name))
        for (call, expected) in zip(after.answer.toolCalls, before.answer.toolCalls) {
            #expect(call.id == expected.id)
            #expect(
                try JSONDocument(Array(call.arguments.utf8)).root.count
                    == JSONDocument(Array(expected.arguments.utf8)).root.count
            )
        }
        #expect(after.answer.outputTokens == before.answer.outputTokens)
        if upstream != .openAIResponses {
            #expect(after.answer.signatures.count == before.answer.signatures.count + before.answer.redacted.count)
        }
    }

    @Test("the machine: content, usage, the end")
    func machine() throws {
        var machine = StreamMachine(dialect: .gemini)
        let frames = try Fixture.frames("gemini-tools.sse")
        #expect(machine.read(frames[0]) == .content)
        #expect(!machine.isUsageComplete)
        for frame in frames.dropFirst() { _ = machine.read(frame) }
        #expect(machine.stopReason == "STOP" && machine.isUsageComplete)
        #expect(
            machine.usage == TokenUsage(input: 20, cacheRead: 100, output: 55, reasoning: 25)
        )
        #expect(machine.finish() == .complete)
        var empty = StreamMachine(dialect: .gemini)
        #expect(empty.read(GeminiSample.frame(#"{"text":""}"#)) == .forward)
        #expect(empty.finish() != .complete)
        var two = StreamMachine(dialect: .gemini)
        _ = two.read(GeminiSample.frame(#"{"text":"a"}"#, finish: "STOP"))
        _ = two.read(GeminiSample.frame(#"{"text":"b"}"#, index: 1))
        #expect(two.finish() != .complete)
    }

    @Test("one JSON array in place of events")
    func array() throws {
        var array = StreamArray()
        var out: [UInt8] = []
        for frame in try Fixture.frames("gemini-text.sse") {
            Array(": keep-alive\n\n".utf8).withUnsafeBytes { array.append($0, to: &out) }
            frame.withUnsafeBytes { array.append($0, to: &out) }
        }
        array.end(into: &out)
        #expect(try JSONDocument(out).root.count == 3)
        var nothing = StreamArray()
        out = []
        nothing.end(into: &out)
        #expect(try JSONDocument(out).root.kind == .array)
    }
}

@Suite("Gemini streams that are scanned in their own dialect")
struct GeminiIdentityTests {
    private func run(_ frames: [[UInt8]], window: (AnswerEvent) -> [AnswerEvent] = { [$0] }) throws -> [UInt8] {
        Translating.stream(
            frames,
            from: .gemini,
            to: .gemini,
            try GeminiSample.context(.gemini, from: .gemini),
            window: window
        )
    }

    @Test("what the stream says stays the same", arguments: ["gemini-text", "gemini-tools"])
    func same(name: String) throws {
        let frames = try Fixture.frames("\(name).sse")
        let before = StreamGrammar.gemini(frames.flatMap { $0 })
        let after = StreamGrammar.gemini(try run(frames))
        #expect(before.problems == [] && after.problems == [])
        #expect(after.answer == before.answer)
    }

    @Test(
        "text that is held back and changed arrives changed",
        arguments: ["gemini-text", "gemini-tools"],
        [0, 3, 1000]
    )
    func window(name: String, size: Int) throws {
        let frames = try Fixture.frames("\(name).sse")
        var held: [AnswerChannel: String] = [:]
        let out = try run(frames) { event in
            if case .text(let channel, let text) = event {
                let all = held[channel, default: ""] + text
                held[channel] = String(all.suffix(size))
                return [.text(channel, String(all.dropLast(size)).replacing("o", with: "0"))]
            }
            if let channel = event.flushes, let rest = held.removeValue(forKey: channel) {
                return [.text(channel, rest.replacing("o", with: "0")), event]
            }
            return [event]
        }
        #expect(held.isEmpty)
        let before = StreamGrammar.gemini(frames.flatMap { $0 }).answer
        let after = StreamGrammar.gemini(out)
        #expect(after.problems == [])
        #expect(after.answer.text == before.text.replacing("o", with: "0"))
        #expect(after.answer.reasoning == before.reasoning.replacing("o", with: "0"))
        #expect(
            after.answer.toolCalls.map(\.arguments) == before.toolCalls.map { $0.arguments.replacing("o", with: "0") }
        )
        #expect(after.answer.stopReason == before.stopReason)
        // The signature under a changed text goes, that of a call stays with it.
        #expect(after.answer.signatures.count == (name == "gemini-text" ? 0 : 1))
    }

    @Test("nothing of the model's words passes unseen")
    func leaks() throws {
        let extra =
            #","finishMessage":"SECRET1","logprobsResult":{"chosenCandidates":[{"token":"SECRET2"}]},"groundingMetadata":{"webSearchQueries":["SECRET3"],"groundingChunks":[{"web":{"uri":"https://kept"}}],"groundingSupports":[{"segment":{"text":"SECRET4"}}]},"unknown":"SECRET5""#
        let frame = Array(
            (#"data: {"candidates":[{"content":{"parts":[{"text":"SECRET"},{"executableCode":{"language":"PYTHON","code":"print('SECRET')"}},{"codeExecutionResult":{"outcome":"OUTCOME_OK","output":"SECRET"}},{"toBeInvented":{"words":"SECRET"}},{"functionCall":{"name":"f","args":{"a":"SECRET"}}}],"role":"model"},"index":0,"finishReason":"STOP"\#(extra)}],"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":1,"totalTokenCount":2},"modelVersion":"g","responseId":"r","more":"SECRET6"}"#
                + "\n\n").utf8
        )
        var seen = 0
        let out = try run([frame]) { event in
            guard case .text(let channel, let text) = event else { return [event] }
            seen += 1
            return [.text(channel, text.replacing("SECRET", with: "***"))]
        }
        let text = String(decoding: out, as: UTF8.self)
        #expect(seen == 5)
        #expect(!text.contains("SECRET"), "\(text)")
        #expect(text.contains("https://kept") && text.contains(#"print('***')"#) && text.contains("toBeInvented"))
        #expect(StreamGrammar.gemini(out).problems == [])
    }
}
