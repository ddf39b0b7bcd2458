import Contracts
import Dialects
import JSON
import TestSupport
import Testing

@Suite("Streams that are scanned in their own dialect")
struct StreamIdentityTests {
    private static let names = [
        "openai-text", "openai-tools", "openai-reasoning", "anthropic-text", "anthropic-tools",
        "anthropic-thinking-cache", "responses-text", "responses-tools", "responses-reasoning", "responses-custom",
        "responses-refusal", "responses-incomplete",
    ]

    private func dialect(_ name: String) -> Dialect { Fixture.dialect(name) }

    private func check(_ bytes: [UInt8], _ name: String) -> StreamGrammar {
        Translating.grammar(bytes, dialect(name))
    }

    private func context(_ name: String, includeUsage: Bool = true) throws -> AnswerContext {
        let option = includeUsage && dialect(name) == .openAIChat ? #","stream_options":{"include_usage":true}"# : ""
        let list = dialect(name) == .openAIResponses ? "input" : "messages"
        let json = #"{"model":"m","max_tokens":9,"stream":true\#(option),"\#(list)":[{"role":"user","content":"x"}]}"#
        let facts = try RequestFacts.read(JSONDocument(Array(json.utf8)), dialect: dialect(name))
        return RequestTranslation.context(facts)
    }

    @Test("what the stream says stays the same", arguments: names)
    func same(name: String) throws {
        let frames = try Fixture.frames("\(name).sse")
        let out = Translating.stream(frames, from: dialect(name), to: dialect(name), try context(name))
        let before = check(frames.flatMap { $0 }, name)
        let after = check(out, name)
        #expect(after.problems == before.problems)
        #expect(after.answer == before.answer)
        let text = String(decoding: out, as: UTF8.self)
        for word in ["system_fingerprint", "service_tier", "event: ping"] {
            #expect(text.contains(word) == String(decoding: frames.flatMap { $0 }, as: UTF8.self).contains(word))
        }
    }

    @Test(
        "text that is held back and changed arrives changed, and nothing of it elsewhere",
        arguments: names,
        [0, 3, 1000]
    )
    func window(name: String, size: Int) throws {
        let frames = try Fixture.frames("\(name).sse")
        var held: [AnswerChannel: String] = [:]
        let out = Translating.stream(frames, from: dialect(name), to: dialect(name), try context(name)) { event in
            if case .text(let channel, let text) = event {
                let all = held[channel, default: ""] + text
                held[channel] = String(all.suffix(size))
                return [.text(channel, String(all.dropLast(size)).replacing("e", with: "E"))]
            }
            if let channel = event.flushes, let rest = held.removeValue(forKey: channel) {
                return [.text(channel, rest.replacing("e", with: "E")), event]
            }
            return [event]
        }
        #expect(held.isEmpty)
        let before = check(frames.flatMap { $0 }, name)
        let after = check(out, name)
        #expect(after.problems == before.problems)
        #expect(after.answer.text == before.answer.text.replacing("e", with: "E"))
        #expect(after.answer.refusal == before.answer.refusal.replacing("e", with: "E"))
        #expect(after.answer.reasoning == before.answer.reasoning.replacing("e", with: "E"))
        let arguments = before.answer.toolCalls.map { $0.arguments.replacing("e", with: "E") }
        #expect(after.answer.toolCalls.map(\.arguments) == arguments)
        #expect(after.answer.stopReason == before.answer.stopReason)
    }

    @Test("a usage chunk that the client did not ask for stays away")
    func hiddenUsage() throws {
        let frames = try Fixture.frames("openai-text.sse")
        let out = Translating.stream(
            frames,
            from: .openAIChat,
            to: .openAIChat,
            try context("openai-text", includeUsage: false)
        )
        #expect(StreamGrammar.openAI(out, wantsUsage: false).problems == [])
    }

    @Test("what servers add to a call is kept, probabilities of tokens are not")
    func extras() throws {
        let frames = [
            Translating.chunk(
                #"{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"a","type":"function","extra_content":{"google":{"thought_signature":"TS"}},"function":{"name":"f","arguments":"{\"a\":1}"}}]}"#
            ),
            Array(
                #"data: {"id":"c1","object":"chat.completion.chunk","created":1741570283,"model":"up","choices":[{"index":0,"delta":{},"logprobs":{"content":[{"token":"secret"}]},"finish_reason":"tool_calls"}]}"#
                    .utf8
            ) + [0x0A, 0x0A],
            Translating.done,
        ]
        let out = Translating.stream(frames, from: .openAIChat, to: .openAIChat, try context("openai"))
        let grammar = StreamGrammar.openAI(out)
        #expect(grammar.problems == [])
        #expect(grammar.answer.toolCalls.map(\.arguments) == [#"{"a":1}"#])
        let text = String(decoding: out, as: UTF8.self)
        #expect(text.contains("thought_signature"))
        #expect(!text.contains("secret"))
    }

    @Test("everything in one chunk")
    func oneChunk() throws {
        let frames = [
            Translating.chunk(#"{"role":"assistant","content":"all of it"}"#, finish: "stop"), Translating.done,
        ]
        let out = Translating.stream(frames, from: .openAIChat, to: .openAIChat, try context("openai"))
        let grammar = StreamGrammar.openAI(out)
        #expect(grammar.problems == [])
        #expect(grammar.answer.text == "all of it")
    }

    @Test("several choices keep their texts apart")
    func choices() throws {
        let frames = [
            Translating.chunk(#"{"role":"assistant","content":"a"}"#),
            Translating.chunk(#"{"role":"assistant","content":"x"}"#, index: 1),
            Translating.chunk(#"{"content":"b"}"#), Translating.chunk(#"{"content":"y"}"#, index: 1),
            Translating.chunk("{}", finish: "stop"), Translating.chunk("{}", finish: "stop", index: 1),
            Translating.done,
        ]
        var texts: [Int: String] = [:]
        let out = Translating.stream(frames, from: .openAIChat, to: .openAIChat, try context("openai")) { event in
            if case .text(let channel, let text) = event { texts[channel.choice, default: ""] += text }
            return [event]
        }
        #expect(StreamGrammar.openAI(out).problems == [])
        #expect(texts == [0: "ab", 1: "xy"])
    }

    @Test("a changed thinking does not keep its signature")
    func changedThinking() throws {
        let frames = try Fixture.frames("anthropic-thinking-cache.sse")
        let out = Translating.stream(frames, from: .anthropicMessages, to: .anthropicMessages, try context("anthropic"))
        { event in
            guard case .text(let channel, let text) = event, channel.kind == .reasoning else { return [event] }
            return [.text(channel, text + "!")]
        }
        let grammar = StreamGrammar.anthropic(out)
        #expect(grammar.problems == [])
        #expect(grammar.answer.signatures == ["keirouter-unsigned"])
    }

    @Test("OpenRouter's reasoning is one text, however often it is said")
    func reasoningDetails() throws {
        let frames = [
            Translating.chunk(
                #"{"role":"assistant","content":"","reasoning":"secret","reasoning_details":[{"type":"reasoning.text","text":"secret","format":"anthropic-claude-v1","index":0}]}"#
            ),
            Translating.chunk(
                #"{"content":"","reasoning_details":[{"type":"reasoning.text","signature":"SIG","format":"anthropic-claude-v1","index":0}]}"#
            ),
            Translating.chunk(#"{"content":"x"}"#), Translating.chunk("{}", finish: "stop"), Translating.done,
        ]
        let kept = Translating.stream(frames, from: .openAIChat, to: .openAIChat, try context("openai"))
        #expect(StreamGrammar.openAI(kept).answer.signatures == ["SIG"])
        let masked = Translating.stream(frames, from: .openAIChat, to: .openAIChat, try context("openai")) { event in
            guard case .text(let channel, _) = event, channel.kind == .reasoning else { return [event] }
            return [.text(channel, "***")]
        }
        let text = String(decoding: masked, as: UTF8.self)
        #expect(!text.contains("secret"))
        #expect(!text.contains("SIG"))
        #expect(StreamGrammar.openAI(masked).answer.reasoning == "***")
    }
}
