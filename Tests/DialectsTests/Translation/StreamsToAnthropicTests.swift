import Dialects
import JSON
import TestSupport
import Testing

@Suite("OpenAI streams for Anthropic clients")
struct StreamsToAnthropicTests {
    private func run(_ frames: [[UInt8]], extra: String = "") throws -> StreamGrammar {
        let context = try Translating.context(.anthropicMessages, extra: extra)
        return StreamGrammar.anthropic(
            Translating.stream(frames, from: .openAIChat, to: .anthropicMessages, context)
        )
    }

    @Test(
        "recorded streams say what their whole answers say",
        arguments: ["openai-text", "openai-tools", "openai-reasoning", "openai-without-done"]
    )
    func recorded(name: String) throws {
        let grammar = try run(try Fixture.frames("\(name).sse"))
        #expect(grammar.problems == [])
        #expect(grammar.answer.outputTokens ?? 0 > 0)
        guard name != "openai-without-done" else { return }
        let whole = try Translating.answer(
            String(decoding: try Fixture.bytes("\(name).json"), as: UTF8.self),
            from: .openAIChat,
            to: .anthropicMessages
        ).root
        let blocks = try #require(whole["content"])
        func joined(_ type: String, _ member: String) -> String {
            blocks.elements.filter { $0["type"]?.string == type }.compactMap { $0[member]?.string }.joined()
        }
        #expect(grammar.answer.text == joined("text", "text"))
        #expect(grammar.answer.reasoning == joined("thinking", "thinking"))
        #expect(grammar.answer.stopReason == whole["stop_reason"]?.string)
        #expect(grammar.answer.inputTokens == whole["usage"]?["input_tokens"]?.integer)
        #expect(grammar.answer.outputTokens == whole["usage"]?["output_tokens"]?.integer)
        #expect(grammar.answer.toolCalls.count == blocks.elements.count { $0["type"]?.string == "tool_use" })
    }

    @Test("an empty answer is a whole message")
    func empty() throws {
        let grammar = try run([
            Translating.chunk(#"{"role":"assistant"}"#), Translating.chunk("{}", finish: "stop"), Translating.done,
        ])
        #expect(grammar.problems == [])
        #expect(grammar.events == ["message_start", "message_delta", "message_stop"])
        #expect(grammar.answer.stopReason == "end_turn")
    }

    @Test("arguments with the name, in the last chunk, and with empty lists beside text")
    func argumentShapes() throws {
        let call = #"{"index":0,"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}"#
        let shapes: [[[UInt8]]] = [
            [Translating.chunk(#"{"tool_calls":[\#(call)]}"#), Translating.chunk("{}", finish: "tool_calls")],
            [
                Translating.chunk(#"{"tool_calls":[{"index":0,"id":"c1","function":{"name":"f"}}]}"#),
                Translating.chunk(
                    #"{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\":1}"}}]}"#,
                    finish: "stop"
                ),
            ],
            [
                Translating.chunk(#"{"content":"","tool_calls":[]}"#),
                Translating.chunk(#"{"tool_calls":[{"index":0,"id":"c1"}]}"#),
                Translating.chunk(#"{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\""}}]}"#),
                Translating.chunk(#"{"tool_calls":[{"index":0,"function":{"name":"f","arguments":":1}"}}]}"#),
                Translating.chunk(#"{"content":null}"#, finish: "tool_calls"),
            ],
            [
                Translating.chunk(
                    #"{"tool_calls":[{"id":"c1","function":{"name":"f","arguments":{"a":1}}}]}"#,
                    finish: "stop"
                )
            ],
            [
                Translating.chunk(#"{"function_call":{"name":"f"}}"#),
                Translating.chunk(#"{"function_call":{"arguments":"{\"a\":1}"}}"#, finish: "function_call"),
            ],
        ]
        for shape in shapes {
            let grammar = try run(shape + [Translating.done])
            #expect(grammar.problems == [])
            #expect(grammar.answer.toolCalls.map(\.name) == ["f"])
            #expect(grammar.answer.toolCalls.first?.arguments.filter { $0 != " " } == #"{"a":1}"#)
            #expect(grammar.answer.stopReason == "tool_use")
        }
    }

    @Test("text, reasoning and calls each have their block, in the order they came")
    func blocks() throws {
        let grammar = try run([
            Translating.chunk(#"{"role":"assistant","reasoning":"r1"}"#), Translating.chunk(#"{"content":"t1"}"#),
            Translating.chunk(#"{"reasoning_content":"r2"}"#), Translating.chunk(#"{"content":"t2","tool_calls":[]}"#),
            Translating.chunk(#"{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]}"#),
            Translating.chunk(#"{"content":"t3"}"#),
            Translating.chunk(#"{"tool_calls":[{"index":1,"id":"b","function":{"name":"g","arguments":""}}]}"#),
            Translating.chunk("{}", finish: "tool_calls"), Translating.done,
        ])
        #expect(grammar.problems == [])
        #expect(grammar.answer.text == "t1t2t3")
        #expect(grammar.answer.reasoning == "r1r2")
        #expect(grammar.answer.signatures == ["keirouter-unsigned", "keirouter-unsigned"])
        #expect(grammar.answer.toolCalls.map(\.arguments) == ["{}", ""])
        #expect(grammar.events.count { $0 == "content_block_start" } == 7)
    }

    @Test("calls whose pieces come in turns are written one after the other", arguments: 0..<60)
    func interleaved(seed: Int) throws {
        var random = TestSupport.SeededGenerator(seed: UInt64(seed))
        let wanted = (0..<random.number(1...4)).map { index in
            #"{"n":\#(index),"text":"é \"q\" \\ {[ \#(String(repeating: "x", count: random.number(0...20)))","l":[1,{"a":{}}]}"#
        }
        var rest = wanted.map { Array($0.unicodeScalars) }
        var begun = Set<Int>()
        var frames = [Translating.chunk(#"{"role":"assistant","content":"so"}"#)]
        while rest.contains(where: { !$0.isEmpty }) {
            // A call begins only after those before it have.
            let open = rest.indices.filter { !rest[$0].isEmpty && $0 <= begun.count }
            let index = random.pick(open)
            let count = min(rest[index].count, random.number(begun.contains(index) ? 1...9 : 0...9))
            var piece = String.UnicodeScalarView()
            piece.append(contentsOf: rest[index].prefix(count))
            rest[index].removeFirst(count)
            var writer = JSONWriter()
            writer.object { delta in
                delta.array("tool_calls") { calls in
                    calls.object { call in
                        call.integer("index", index)
                        if begun.insert(index).inserted {
                            call.string("id", "call_\(index)")
                            call.object("function") { function in
                                function.string("name", "f\(index)")
                                function.string("arguments", String(piece))
                            }
                        } else {
                            call.object("function") { $0.string("arguments", String(piece)) }
                        }
                    }
                }
            }
            frames.append(Translating.chunk(String(decoding: writer.bytes, as: UTF8.self)))
        }
        frames += [Translating.chunk("{}", finish: random.oneIn(2) ? "tool_calls" : "stop"), Translating.done]
        let grammar = try run(frames)
        #expect(grammar.problems == [])
        #expect(grammar.answer.toolCalls.map(\.arguments) == wanted)
        #expect(grammar.answer.text == "so")
    }

    @Test("servers that give every call the same number, or none")
    func numbers() throws {
        for index in [#""index":0,"#, ""] {
            let grammar = try run([
                Translating.chunk(
                    #"{"tool_calls":[{\#(index)"id":"a","function":{"name":"f","arguments":"{\"x\":1}"}}]}"#
                ),
                Translating.chunk(
                    #"{"tool_calls":[{\#(index)"id":"b","function":{"name":"f","arguments":"{\"x\":"}}]}"#
                ),
                Translating.chunk(#"{"tool_calls":[{\#(index)"function":{"arguments":"2}"}}]}"#),
                Translating.chunk("{}", finish: "tool_calls"), Translating.done,
            ])
            #expect(grammar.problems == [])
            #expect(grammar.answer.toolCalls.map(\.arguments) == [#"{"x":1}"#, #"{"x":2}"#])
        }
    }

    @Test("usage behind the finish reaches the client, in its classes")
    func usage() throws {
        let usage =
            #"data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"up","choices":[],"usage":{"prompt_tokens":50,"completion_tokens":8,"total_tokens":58,"prompt_tokens_details":{"cached_tokens":20}}}"#
        let grammar = try run([
            Translating.chunk(#"{"content":"x"}"#), Translating.chunk("{}", finish: "length"),
            Array("\(usage)\n\n".utf8), Translating.done,
        ])
        #expect(grammar.problems == [])
        #expect(grammar.answer.inputTokens == 30)
        #expect(grammar.answer.outputTokens == 8)
        #expect(grammar.answer.stopReason == "max_tokens")
    }

    @Test("without usage the count is a guess, not zero")
    func noUsage() throws {
        let grammar = try run([
            Translating.chunk(#"{"content":"some words here"}"#), Translating.chunk("{}", finish: "stop"),
            Translating.done,
        ])
        #expect(grammar.problems == [])
        #expect(grammar.answer.outputTokens ?? 0 > 0)
        #expect(grammar.answer.inputTokens ?? 0 > 0)
    }

    @Test("OpenRouter's signed and encrypted reasoning is kept")
    func details() throws {
        let grammar = try run([
            Translating.chunk(
                #"{"reasoning":"ab","reasoning_details":[{"type":"reasoning.text","text":"ab","format":"anthropic-claude-v1","index":0}]}"#
            ),
            Translating.chunk(
                #"{"reasoning_details":[{"type":"reasoning.text","signature":"SIG","format":"anthropic-claude-v1","index":0}]}"#
            ),
            Translating.chunk(
                #"{"reasoning_details":[{"type":"reasoning.encrypted","data":"RED","format":"anthropic-claude-v1","index":1}]}"#
            ),
            Translating.chunk(#"{"content":"x"}"#), Translating.chunk("{}", finish: "stop"), Translating.done,
        ])
        #expect(grammar.problems == [])
        #expect(grammar.answer.reasoning == "ab")
        #expect(grammar.answer.signatures == ["SIG"])
        #expect(grammar.answer.redacted == ["RED"])
    }

    @Test("a failure midway ends with an error and nothing else", arguments: ["openai-error-midway", "openai-cut"])
    func failures(name: String) throws {
        let grammar = try run(try Fixture.frames("\(name).sse"))
        #expect(grammar.problems == [])
        #expect(grammar.answer.error == "api_error")
        #expect(grammar.events.last == "error")
    }

    @Test("comments, pings and other choices are passed over")
    func noise() throws {
        let grammar = try run([
            Array(": ping\n\n".utf8), Translating.chunk(#"{"content":"a"}"#),
            Translating.chunk(#"{"content":"no"}"#, index: 1),
            Array("event: ping\ndata:\n\n".utf8), Translating.chunk(#"{"content":"b"}"#),
            Translating.chunk("{}", finish: "stop"), Translating.chunk("{}", finish: "length", index: 1),
            Translating.done,
            Translating.chunk(#"{"content":"late"}"#),
        ])
        #expect(grammar.problems == [])
        #expect(grammar.answer.text == "ab")
        #expect(grammar.answer.stopReason == "end_turn")
    }

    @Test("text that is held back to the end of its channel stays in its block", arguments: [0, 1, 7])
    func window(size: Int) throws {
        let context = try Translating.context(.anthropicMessages)
        var held: [AnswerChannel: String] = [:]
        let bytes = Translating.stream(
            try Fixture.frames("openai-tools.sse"),
            from: .openAIChat,
            to: .anthropicMessages,
            context
        ) { event in
            if case .text(let channel, let text) = event {
                let all = held[channel, default: ""] + text
                held[channel] = String(all.suffix(size))
                return [.text(channel, String(all.dropLast(size)))]
            }
            if let channel = event.flushes, let rest = held.removeValue(forKey: channel) {
                return [.text(channel, rest), event]
            }
            return [event]
        }
        let plain = StreamGrammar.anthropic(
            Translating.stream(
                try Fixture.frames("openai-tools.sse"),
                from: .openAIChat,
                to: .anthropicMessages,
                context
            )
        )
        let grammar = StreamGrammar.anthropic(bytes)
        #expect(grammar.problems == [])
        #expect(grammar.answer == plain.answer)
        #expect(held.isEmpty)
    }
}
