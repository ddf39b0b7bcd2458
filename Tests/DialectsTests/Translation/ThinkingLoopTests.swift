import Contracts
import Dialects
import JSON
import TestSupport
import Testing

@Suite("Reasoning over several turns")
struct ThinkingLoopTests {
    private static let signatures = ["EqQBCgIYAhIM+/=\\u00e9", "ErUBCkYIARgCIkD==", "Em0KAhgC/9+a"]

    /// The answer of turn `turn`: signed thinking, and a call that asks for more.
    private func blocks(_ turn: Int) -> String {
        let redacted = turn == 1 ? #"{"type":"redacted_thinking","data":"RED\/ACTED=="},"# : ""
        return
            #"{"type":"thinking","thinking":"Step \#(turn): \"quote\" \n\u00e9","signature":"\#(Self.signatures[turn])"},"#
            + redacted + #"{"type":"tool_use","id":"toolu_\#(turn)","name":"f","input":{"turn":\#(turn)}}"#
    }

    private func unary(_ turn: Int) -> String {
        #"{"id":"msg_\#(turn)","type":"message","role":"assistant","model":"claude","content":[\#(blocks(turn))],"stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}}"#
    }

    private func expectHistory(_ root: JSONCursor, turns: Int) throws {
        let messages = try #require(root["messages"])
        for turn in 0..<turns {
            let sent = try JSONDocument(Array("[\(blocks(turn))]".utf8)).root
            let content = try #require(messages[1 + turn * 2]?["content"])
            #expect(content.count == sent.count)
            for (got, expected) in zip(content.elements, sent.elements) {
                #expect(got["type"]?.string == expected["type"]?.string)
                #expect(got["thinking"]?.string == expected["thinking"]?.string)
                #expect(got["signature"]?.string == expected["signature"]?.string)
                #expect(got["data"]?.string == expected["data"]?.string)
                #expect(got["input"]?.json == expected["input"]?.json)
            }
        }
    }

    private func request(_ history: [String]) -> String {
        #"{"model":"m","reasoning_effort":"low","tools":[{"type":"function","function":{"name":"f"}}],"messages":[{"role":"user","content":"go"}\#(history.map { "," + $0 }.joined())]}"#
    }

    @Test("signed and redacted thinking come back byte for byte, whole answers")
    func unaryLoop() throws {
        var history: [String] = []
        for turn in 0..<3 {
            let (root, _, context) = try Translating.toAnthropic(request(history))
            try expectHistory(root, turns: turn)
            #expect(root["thinking"] != nil)
            let (answer, _) = try Translating.answer(unary(turn), from: .anthropicMessages, to: .openAIChat, context)
            let message = try #require(answer["choices"]?[0]?["message"])
            history.append(message.json)
            history.append(#"{"role":"tool","tool_call_id":"toolu_\#(turn)","content":"r\#(turn)"}"#)
        }
        try expectHistory(try Translating.toAnthropic(request(history)).root, turns: 3)
    }

    @Test("the same from streams, whose pieces the client only lines up")
    func streamedLoop() throws {
        var history: [String] = []
        for turn in 0..<3 {
            let context = try Translating.toAnthropic(request(history)).context
            let bytes = Translating.stream(try frames(turn), from: .anthropicMessages, to: .openAIChat, context)
            #expect(StreamGrammar.openAI(bytes).problems == [])
            var details: [String] = []
            for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
                guard let root = try? JSONDocument(Array(line.dropFirst(6).utf8)).root else { continue }
                let delta = root["choices"]?[0]?["delta"]
                for detail in delta?["reasoning_details"]?.elements ?? root.elements { details.append(detail.json) }
            }
            history.append(
                #"{"role":"assistant","content":null,"reasoning_details":[\#(details.joined(separator: ","))],"tool_calls":[{"id":"toolu_\#(turn)","type":"function","function":{"name":"f","arguments":"{\"turn\":\#(turn)}"}}]}"#
            )
            history.append(#"{"role":"tool","tool_call_id":"toolu_\#(turn)","content":"r\#(turn)"}"#)
        }
        try expectHistory(try Translating.toAnthropic(request(history)).root, turns: 3)
    }

    @Test("what OpenAI's library makes of a stream: strings of equal number joined, whatever they mean")
    func joinedByLibrary() throws {
        let context = try Translating.toAnthropic(request([])).context
        let bytes = Translating.stream(try frames(1), from: .anthropicMessages, to: .openAIChat, context)
        var details: [Int: [String: String]] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            guard let root = try? JSONDocument(Array(line.dropFirst(6).utf8)).root else { continue }
            let delta = root["choices"]?[0]?["delta"]
            for detail in delta?["reasoning_details"]?.elements ?? root.elements {
                let index = try #require(detail["index"]?.integer)
                for (name, value) in detail.members {
                    guard let name = name.string, let text = value.string else { continue }
                    let before = name == "type" ? "" : details[index]?[name] ?? ""
                    details[index, default: [:]][name] = before + text
                }
            }
        }
        var writer = JSONWriter()
        writer.array { items in
            for index in details.keys.sorted() {
                items.object { fields in
                    for (name, value) in details[index] ?? [:] { fields.string(name, value) }
                    fields.integer("index", index)
                }
            }
        }
        let message =
            #"{"role":"assistant","content":null,"reasoning_details":\#(String(decoding: writer.bytes, as: UTF8.self)),"tool_calls":[{"id":"toolu_1","type":"function","function":{"name":"f","arguments":"{\"turn\":1}"}}]}"#
        let root = try Translating.toAnthropic(request([message])).root
        let sent = try JSONDocument(Array("[\(blocks(1))]".utf8)).root
        let content = try #require(root["messages"]?[1]?["content"])
        #expect(content[0]?["thinking"]?.string == sent[0]?["thinking"]?.string)
        #expect(content[0]?["signature"]?.string == sent[0]?["signature"]?.string)
        #expect(content[1]?["data"]?.string == sent[1]?["data"]?.string)
    }

    /// The turn's answer as a stream, its thinking in pieces.
    private func frames(_ turn: Int) throws -> [[UInt8]] {
        var frames = [Translating.messageStart]
        let list = try JSONDocument(Array("[\(blocks(turn))]".utf8)).root
        for (index, block) in list.elements.enumerated() {
            func delta(_ json: String) -> [UInt8] {
                Translating.event(#"{"type":"content_block_delta","index":\#(index),"delta":\#(json)}"#)
            }
            var deltas: [[UInt8]] = []
            var start = block.json
            if let text = block["thinking"]?.string {
                start = #"{"type":"thinking","thinking":"","signature":""}"#
                for character in text {
                    var writer = JSONWriter()
                    writer.object { fields in
                        fields.string("type", "thinking_delta")
                        fields.string("thinking", String(character))
                    }
                    deltas.append(delta(String(decoding: writer.bytes, as: UTF8.self)))
                }
                let signature = block["signature"]?.json ?? ""
                deltas.append(delta(#"{"type":"signature_delta","signature":\#(signature)}"#))
            } else if let input = block["input"] {
                start = #"{"type":"tool_use","id":"toolu_\#(turn)","name":"f","input":{}}"#
                deltas.append(delta(#"{"type":"input_json_delta","partial_json":""}"#))
                var writer = JSONWriter()
                writer.string(input.json)
                let text = String(decoding: writer.bytes, as: UTF8.self)
                deltas.append(delta(#"{"type":"input_json_delta","partial_json":\#(text)}"#))
            }
            frames.append(
                Translating.event(#"{"type":"content_block_start","index":\#(index),"content_block":\#(start)}"#)
            )
            frames += deltas
            frames.append(Translating.event(#"{"type":"content_block_stop","index":\#(index)}"#))
        }
        return frames + Translating.messageEnd("tool_use")
    }

    @Test("a signature does not stand under a text that was changed on its way")
    func changedText() throws {
        let context = try Translating.context(.openAIChat)
        let bytes = Translating.stream(try frames(0), from: .anthropicMessages, to: .openAIChat, context) { event in
            guard case .text(let channel, let text) = event, channel.kind == .reasoning else { return [event] }
            return [.text(channel, text == "S" ? "*" : text)]
        }
        let grammar = StreamGrammar.openAI(bytes)
        #expect(grammar.problems == [])
        #expect(grammar.answer.reasoning.hasPrefix("*tep"))
        #expect(grammar.answer.signatures == [])
    }

    @Test("unsigned thinking with our mark leaves a request that stays in its dialect")
    func removal() throws {
        let json =
            #"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"thinking","thinking":"a","signature":"keirouter-unsigned"},{"type":"text","text":"t"},{"type":"thinking","thinking":"b","signature":"real"}]},{"role":"user","content":"y"},{"role":"assistant","content":[{"type":"thinking","thinking":"a","signature":"keirouter-unsigned"}]},{"role":"user","content":"z"}]}"#
        let document = try JSONDocument(Array(json.utf8))
        let facts = try RequestFacts.read(document, dialect: .anthropicMessages)
        let thinking = try #require(document.root["messages"]?[1]?["content"]?[0]?["thinking"])
        let text = try #require(document.root["messages"]?[1]?["content"]?[1]?["text"])
        let edits = UnsignedThinking.apply(
            to: [.replace(thinking, withString: "masked"), .replace(text, withString: "kept")],
            facts
        )
        let root = try JSONDocument(document.applying(edits)).root
        #expect(
            root["messages"]?[1]?["content"]?.json
                == #"[{"type":"text","text":"kept"},{"type":"thinking","thinking":"b","signature":"real"}]"#
        )
        #expect(root["messages"]?[3]?["content"]?[0]?["type"]?.string == "text")
        #expect(
            UnsignedThinking.apply(
                to: [],
                try RequestFacts.read(
                    JSONDocument(Array(#"{"model":"m","messages":[{"role":"user","content":"x"}]}"#.utf8)),
                    dialect: .openAIChat
                )
            ).isEmpty
        )
    }
}
