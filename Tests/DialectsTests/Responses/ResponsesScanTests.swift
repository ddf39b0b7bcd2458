import Contracts
import Dialects
import JSON
import TestSupport
import Testing

/// A text that was taken out of a stream of Responses is nowhere else in it, however often the dialect says it.
@Suite("What is scanned in a stream of Responses")
struct ResponsesScanTests {
    private static func context() throws -> AnswerContext {
        let json = #"{"model":"m","stream":true,"input":"x"}"#
        return RequestTranslation.context(
            try RequestFacts.read(JSONDocument(Array(json.utf8)), dialect: .openAIResponses)
        )
    }

    /// Runs a stream through a window that holds back `size` characters and replaces `secret` once a text is whole.
    private static func scanned(_ frames: [[UInt8]], size: Int = 1000) throws -> String {
        var held: [AnswerChannel: String] = [:]
        let out = Translating.stream(frames, from: .openAIResponses, to: .openAIResponses, try context()) { event in
            if case .text(let channel, let text) = event {
                held[channel, default: ""] += text
                guard let all = held[channel], all.count > size else { return [] }
                let released = all.dropLast(size).replacing("secret", with: "***")
                held[channel] = String(all.suffix(size))
                return [.text(channel, String(released))]
            }
            if let channel = event.flushes, let rest = held.removeValue(forKey: channel) {
                return [.text(channel, rest.replacing("secret", with: "***")), event]
            }
            return [event]
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static func frame(_ type: String, _ members: String) -> [UInt8] {
        Array("event: \(type)\ndata: {\"type\":\"\(type)\",\(members),\"sequence_number\":7}\n\n".utf8)
    }

    private static let created = frame(
        "response.created",
        #""response":{"id":"resp_1","object":"response","model":"m","output":[]}"#
    )

    private static func completed(_ output: String) -> [UInt8] {
        frame(
            "response.completed",
            #""response":{"id":"resp_1","object":"response","status":"completed","output":[\#(output)],"usage":{"input_tokens":1,"output_tokens":1,"total_tokens":2}}"#
        )
    }

    @Test(
        "a text that only a whole says",
        arguments: [
            #"{"id":"m","type":"message","role":"assistant","content":[{"type":"output_text","text":"a secret b","annotations":[]}]}"#,
            #"{"id":"m","type":"message","role":"assistant","content":[{"type":"refusal","refusal":"a secret b"}]}"#,
            #"{"id":"r","type":"reasoning","summary":[{"type":"summary_text","text":"a secret b"}]}"#,
            #"{"id":"r","type":"reasoning","summary":[],"content":[{"type":"reasoning_text","text":"a secret b"}]}"#,
            #"{"id":"f","type":"function_call","call_id":"c","name":"f","arguments":"{\"a\":\"secret\"}"}"#,
            #"{"id":"c","type":"custom_tool_call","call_id":"c","name":"f","input":"a secret b"}"#,
            #"{"id":"w","type":"web_search_call","action":{"type":"search","query":"a secret b"}}"#,
            #"{"id":"x","type":"code_interpreter_call","code":"a secret b","outputs":[{"type":"logs","logs":"secret"}]}"#,
            #"{"id":"x","type":"mcp_call","arguments":"{\"a\":\"secret\"}","output":"a secret b"}"#,
            #"{"id":"x","type":"a_kind_to_come","deep":[{"er":{"than":"a secret b"}}]}"#,
            #"{"id":"m","type":"message","content":[{"type":"output_text","text":"x","annotations":[{"type":"url_citation","title":"a secret b"}],"logprobs":[{"token":"secret"}]}]}"#,
        ]
    )
    func wholes(item: String) throws {
        let inItem = Self.frame("response.output_item.done", #""output_index":0,"item":\#(item)"#)
        let added = Self.frame("response.output_item.added", #""output_index":0,"item":\#(item)"#)
        for frames in [
            [Self.created, Self.completed(item)], [Self.created, inItem, Self.completed(item)],
            [Self.created, added, inItem, Self.completed(item)],
        ] {
            for size in [0, 1000] {
                let text = try Self.scanned(frames, size: size)
                #expect(!text.contains("secret"))
                #expect(text.contains("***") || item.contains("logprobs"))
                #expect(text.hasSuffix("\n\n"))
                #expect(text.contains("event: response.completed"))
            }
        }
    }

    @Test("texts that servers say in pieces, and in more than one member")
    func pieces() throws {
        func deltas(_ type: String, _ place: String) -> [[UInt8]] {
            ["a se", "cr", "et b"].map { piece in
                Self.frame(
                    type,
                    #""item_id":"i","output_index":0,\#(place)"delta":"\#(piece)","logprobs":[{"token":"secret"}],"snapshot":"secret""#
                )
            }
        }
        for (type, place) in [
            ("response.output_text.delta", #""content_index":0,"#), ("response.refusal.delta", #""content_index":0,"#),
            ("response.reasoning_summary_text.delta", #""summary_index":0,"#),
            ("response.reasoning_text.delta", #""content_index":0,"#), ("response.function_call_arguments.delta", ""),
            ("response.custom_tool_call_input.delta", ""), ("response.mcp_call_arguments.delta", ""),
            ("response.code_interpreter_call_code.delta", ""), ("response.something_to_come.delta", ""),
        ] {
            let text = try Self.scanned([Self.created] + deltas(type, place) + [Self.completed("")])
            #expect(!text.contains("secret"), "\(type)")
            #expect(text.contains("a *** b"), "\(type)")
        }
    }

    @Test("a text that its end tells otherwise, a delta that is no string, and events to come")
    func oddities() throws {
        let delta = Self.frame(
            "response.output_text.delta",
            #""item_id":"i","output_index":0,"content_index":0,"delta":"plain","logprobs":[]"#
        )
        let done = Self.frame(
            "response.output_text.done",
            #""item_id":"i","output_index":0,"content_index":0,"text":"another secret","logprobs":[]"#
        )
        let object = Self.frame(
            "response.function_call_arguments.delta",
            #""item_id":"i","output_index":1,"delta":{"a":"secret"}"#
        )
        let event = Self.frame("response.a_kind_to_come", #""item_id":"i","output_index":2,"words":["the secret"]"#)
        let item = #"{"id":"m","type":"message","content":[{"type":"output_text","text":"a third secret"}]}"#
        let text = try Self.scanned([Self.created, delta, done, object, event, Self.completed(item)])
        #expect(!text.contains("secret"))
        #expect(text.contains("the ***"))
    }

    @Test(
        "the recordings, at every cut of the window",
        arguments: ["responses-text", "responses-tools", "responses-custom"]
    )
    func recordings(name: String) throws {
        for size in 0..<24 {
            let frames = try Fixture.frames("\(name).sse")
            let text = try Self.scanned(frames, size: size)
            let grammar = StreamGrammar.responses(Array(text.utf8))
            #expect(grammar.problems == [])
            #expect(grammar.answer == StreamGrammar.responses(frames.flatMap { $0 }).answer)
        }
    }

    @Test("a whole answer is scanned in all of its texts")
    func unary() throws {
        let json =
            #"{"id":"resp_1","object":"response","status":"completed","output_text":"secret","output":[{"id":"r","type":"reasoning","encrypted_content":"gAAA","summary":[{"type":"summary_text","text":"secret"}]},{"id":"w","type":"web_search_call","action":{"query":"secret"}},{"id":"m","type":"message","content":[{"type":"output_text","text":"secret","annotations":[{"title":"secret"}]},{"type":"refusal","refusal":"secret"}]},{"id":"f","type":"function_call","call_id":"c","name":"f","arguments":"{\"a\":\"secret\"}"},{"id":"c","type":"custom_tool_call","call_id":"d","name":"g","input":"secret"}]}"#
        var answer = try AnswerTranslation.read(Array(json.utf8), from: .openAIResponses)
        let texts = answer.texts
        for (place, text) in texts.enumerated() where text.text.contains("secret") {
            answer.replaceText(at: place, with: text.text.replacing("secret", with: "***"))
        }
        var lossy: [String] = []
        for client in Dialect.clients {
            let body = AnswerTranslation.write(answer, as: client, try Translating.context(client), lossy: &lossy)
            let text = String(decoding: body, as: UTF8.self)
            #expect(!text.contains("secret"), "\(client)")
            #expect(text.contains("***"))
        }
        let own = AnswerTranslation.write(answer, as: .openAIResponses, try Self.context(), lossy: &lossy)
        // A reasoning whose text was changed is not its provider's any more.
        #expect(try JSONDocument(own).root["output"]?[0]?["encrypted_content"]?.string == "keirouter-unsigned")
    }
}
