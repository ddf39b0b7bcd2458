import Dialects
import JSON
import TestSupport
import Testing

@Suite("Anthropic streams for OpenAI clients")
struct StreamsToOpenAITests {
    private func run(_ frames: [[UInt8]], includeUsage: Bool = true) throws -> StreamGrammar {
        let context = try Translating.context(.openAIChat, includeUsage: includeUsage)
        return StreamGrammar.openAI(
            Translating.stream(frames, from: .anthropicMessages, to: .openAIChat, context),
            wantsUsage: includeUsage
        )
    }

    @Test(
        "recorded streams say what their whole answers say",
        arguments: ["anthropic-text", "anthropic-tools", "anthropic-thinking-cache"],
        [true, false]
    )
    func recorded(name: String, includeUsage: Bool) throws {
        let grammar = try run(try Fixture.frames("\(name).sse"), includeUsage: includeUsage)
        #expect(grammar.problems == [])
        #expect(grammar.events.last == "[DONE]")
        let whole = try Translating.answer(
            String(decoding: try Fixture.bytes("\(name).json"), as: UTF8.self),
            from: .anthropicMessages,
            to: .openAIChat
        ).root
        let message = try #require(whole["choices"]?[0]?["message"])
        #expect(grammar.answer.text == message["content"]?.string ?? "")
        #expect(grammar.answer.reasoning == message["reasoning_content"]?.string ?? "")
        #expect(grammar.answer.stopReason == whole["choices"]?[0]?["finish_reason"]?.string)
        let signatures = message["reasoning_details"]?.elements.compactMap { $0["signature"]?.string } ?? []
        #expect(grammar.answer.signatures == signatures)
        guard includeUsage else { return }
        #expect(grammar.answer.inputTokens == whole["usage"]?["prompt_tokens"]?.integer)
        #expect(grammar.answer.outputTokens == whole["usage"]?["completion_tokens"]?.integer)
    }

    private func event(_ json: String) -> [UInt8] { Translating.event(json) }

    @Test("a call without arguments has an empty object, one whose input came with its start has that")
    func arguments() throws {
        let grammar = try run(
            [
                Translating.messageStart,
                event(
                    #"{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"a","name":"f","input":{}}}"#
                ),
                event(#"{"type":"content_block_stop","index":0}"#),
                event(
                    #"{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"b","name":"g","input":{"x":1}}}"#
                ),
                event(#"{"type":"content_block_stop","index":1}"#),
                event(
                    #"{"type":"content_block_start","index":2,"content_block":{"type":"server_tool_use","id":"s","name":"web_search","input":{}}}"#
                ),
                event(
                    #"{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{}"}}"#
                ),
                event(#"{"type":"content_block_stop","index":2}"#),
            ] + Translating.messageEnd("tool_use")
        )
        #expect(grammar.problems == [])
        #expect(grammar.answer.toolCalls.map(\.arguments).sorted() == [#"{"x":1}"#, "{}"])
        #expect(grammar.answer.toolCalls.map(\.id) == ["a", "b"])
        #expect(grammar.answer.stopReason == "tool_calls")
    }

    @Test("arguments in any pieces come out whole", arguments: 0..<40)
    func pieces(seed: Int) throws {
        var random = TestSupport.SeededGenerator(seed: UInt64(seed))
        let wanted = #"{"path":"/a\\b","text":"line\nné\u00e9 😀 \"x\"","n":[1,2,{"z":null}]}"#
        var rest = Array(wanted.unicodeScalars)
        var frames = [
            Translating.messageStart,
            event(
                #"{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"a","name":"f","input":{}}}"#
            ),
        ]
        while !rest.isEmpty {
            let count = min(rest.count, random.number(0...6))
            var piece = String.UnicodeScalarView()
            piece.append(contentsOf: rest.prefix(count))
            rest.removeFirst(count)
            var writer = JSONWriter()
            writer.string(String(piece))
            let text = String(decoding: writer.bytes, as: UTF8.self)
            frames.append(
                event(
                    #"{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":\#(text)}}"#
                )
            )
        }
        frames.append(event(#"{"type":"content_block_stop","index":0}"#))
        let grammar = try run(frames + Translating.messageEnd("tool_use"))
        #expect(grammar.problems == [])
        #expect(grammar.answer.toolCalls.map(\.arguments) == [wanted])
    }

    @Test("a schema's tool streams as text")
    func structured() throws {
        let context = try Translating.toAnthropic(
            #"{"model":"m","stream":true,"response_format":{"type":"json_schema","json_schema":{"schema":{"type":"object"}}},"messages":[{"role":"user","content":"x"}]}"#
        ).context
        let frames =
            [
                Translating.messageStart,
                event(
                    #"{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"a","name":"answer_as_json","input":{}}}"#
                ),
                event(
                    #"{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\"a\":"}}"#
                ),
                event(
                    #"{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"1}"}}"#
                ),
                event(#"{"type":"content_block_stop","index":0}"#),
            ] + Translating.messageEnd("tool_use")
        let bytes = Translating.stream(frames, from: .anthropicMessages, to: .openAIChat, context)
        let grammar = StreamGrammar.openAI(bytes, wantsUsage: false)
        #expect(grammar.problems == [])
        #expect(grammar.answer.text == #"{"a":1}"#)
        #expect(grammar.answer.toolCalls == [])
        #expect(grammar.answer.stopReason == "stop")
    }

    @Test("a failure midway ends with an error", arguments: ["anthropic-overloaded-midway", "anthropic-cut"])
    func failures(name: String) throws {
        let context = try Translating.context(.openAIChat)
        let grammar = StreamGrammar.openAI(
            Translating.stream(try Fixture.frames("\(name).sse"), from: .anthropicMessages, to: .openAIChat, context)
        )
        #expect(grammar.problems == [])
        #expect(grammar.answer.error != nil)
        #expect(!grammar.events.contains("[DONE]"))
    }

    @Test("text that is released only at the very end comes before the finish")
    func lateText() throws {
        let context = try Translating.context(.openAIChat)
        var translator = StreamTranslator(from: .anthropicMessages, to: .openAIChat, context: context)
        var events: [AnswerEvent] = []
        for frame in try Fixture.frames("anthropic-text.sse") { _ = translator.read(frame, into: &events) }
        var out: [UInt8] = []
        var held: [(AnswerChannel, String)] = []
        for event in events {
            if case .text(let channel, let text) = event {
                held.append((channel, text))
            } else {
                translator.encode(event, into: &out)
            }
        }
        for (channel, text) in held { translator.encode(.text(channel, text), into: &out) }
        translator.encodeEnd(into: &out)
        let grammar = StreamGrammar.openAI(out, wantsUsage: true)
        #expect(grammar.problems == [])
        #expect(grammar.answer.text == held.map(\.1).joined())
    }
}
