import Dialects
import JSON
import TestSupport
import Testing

/// What a client is given as reasoning reaches its own provider again byte for byte, and no other.
@Suite("Reasoning over several turns, through Responses")
struct ResponsesLoopTests {
    private static let signatures = ["EqQBCgIYAhIM+/=é", "ErUBCkYIARgCIkD==", "Em0KAhgC/9+a"]
    private static let encrypted = ["gAAAAABo/one+==", "gAAAAABo.two==", "gAAAAABo_three"]

    // MARK: A client of Responses at Anthropic's

    private func blocks(_ turn: Int) -> String {
        let redacted = turn == 1 ? #"{"type":"redacted_thinking","data":"RED/ACTED=="},"# : ""
        return #"{"type":"thinking","thinking":"Step \#(turn): \"q\" é","signature":"\#(Self.signatures[turn])"},"#
            + redacted + #"{"type":"tool_use","id":"toolu_\#(turn)","name":"f","input":{"turn":\#(turn)}}"#
    }

    private func anthropicStream(_ turn: Int) throws -> [[UInt8]] {
        var frames = [Translating.messageStart]
        for (index, block) in try JSONDocument(Array("[\(blocks(turn))]".utf8)).root.elements.enumerated() {
            func event(_ json: String) { frames.append(Translating.event(json)) }
            switch block["type"]?.string {
            case "thinking":
                event(
                    #"{"type":"content_block_start","index":\#(index),"content_block":{"type":"thinking","thinking":"","signature":""}}"#
                )
                event(
                    #"{"type":"content_block_delta","index":\#(index),"delta":{"type":"thinking_delta","thinking":\#(block["thinking"]?.json ?? "")}}"#
                )
                event(
                    #"{"type":"content_block_delta","index":\#(index),"delta":{"type":"signature_delta","signature":\#(block["signature"]?.json ?? "")}}"#
                )
            case "redacted_thinking":
                event(#"{"type":"content_block_start","index":\#(index),"content_block":\#(block.json)}"#)
            default:
                event(
                    #"{"type":"content_block_start","index":\#(index),"content_block":{"type":"tool_use","id":"toolu_\#(turn)","name":"f","input":{}}}"#
                )
                event(
                    #"{"type":"content_block_delta","index":\#(index),"delta":{"type":"input_json_delta","partial_json":"{\"turn\":\#(turn)}"}}"#
                )
            }
            event(#"{"type":"content_block_stop","index":\#(index)}"#)
        }
        return frames + Translating.messageEnd("tool_use")
    }

    private func request(_ items: [String]) -> String {
        #"{"model":"m","reasoning":{"effort":"low"},"tools":[{"type":"function","name":"f"}],"input":[{"role":"user","content":"go"}\#(items.map { "," + $0 }.joined())]}"#
    }

    @Test("Anthropic's signed and redacted thinking", arguments: [false, true])
    func anthropicLoop(isStream: Bool) throws {
        var items: [String] = []
        for turn in 0..<3 {
            let (root, lossy, context) = try Translating.request(
                request(items),
                from: .openAIResponses,
                to: .anthropicMessages,
                model: "claude-sonnet-4-5"
            )
            #expect(lossy.isEmpty)
            #expect(root["thinking"] != nil)
            for earlier in 0..<turn {
                let sent = try JSONDocument(Array("[\(blocks(earlier))]".utf8)).root
                let content = try #require(root["messages"]?[1 + earlier * 2]?["content"])
                #expect(content.elements.map { $0["thinking"]?.string } == sent.elements.map { $0["thinking"]?.string })
                #expect(
                    content.elements.map { $0["signature"]?.string } == sent.elements.map { $0["signature"]?.string }
                )
                #expect(content.elements.map { $0["data"]?.string } == sent.elements.map { $0["data"]?.string })
            }
            let output: JSONCursor?
            if isStream {
                let bytes = Translating.stream(
                    try anthropicStream(turn),
                    from: .anthropicMessages,
                    to: .openAIResponses,
                    context
                )
                #expect(StreamGrammar.responses(bytes).problems == [])
                let last = String(decoding: bytes, as: UTF8.self).split(separator: "data: ").last ?? ""
                output = try JSONDocument(Array(last.utf8)).root["response"]?["output"]
            } else {
                let json =
                    #"{"id":"msg_1","type":"message","role":"assistant","model":"c","content":[\#(blocks(turn))],"stop_reason":"tool_use"}"#
                output = try Translating.answer(json, from: .anthropicMessages, to: .openAIResponses, context).root[
                    "output"
                ]
            }
            // Item for item, as the loops of OpenAI's guide do it.
            items += try #require(output?.elements.map(\.json))
            items.append(#"{"type":"function_call_output","call_id":"toolu_\#(turn)","output":"r"}"#)
        }
        // Another family's provider sees none of it.
        let chat = try Translating.request(request(items), from: .openAIResponses, to: .openAIChat).root.json
        #expect(!chat.contains("keirouter-"))
        let document = try JSONDocument(Array(request(items).utf8))
        let facts = try RequestFacts.read(document, dialect: .openAIResponses)
        let edits = UnsignedThinking.apply(to: [], facts)
        let own = String(decoding: try document.applying(edits), as: UTF8.self)
        #expect(!own.contains("keirouter-"))
        #expect(own.contains("toolu_2"))
        #expect(try JSONDocument(Array(own.utf8)).root["input"]?.count == 7)
    }

    @Test("a provider's own reasoning items stay where they stand")
    func ownItems() throws {
        let json = String(decoding: try Fixture.bytes("responses-request.json"), as: UTF8.self)
        let facts = try RequestFacts.read(JSONDocument(Array(json.utf8)), dialect: .openAIResponses)
        #expect(UnsignedThinking.removals(facts).isEmpty)
    }

    // MARK: Clients of the others at a provider of Responses

    private func response(_ turn: Int) -> String {
        let summary = turn == 2 ? "" : #"{"type":"summary_text","text":"Think \#(turn)"}"#
        return
            #"{"id":"resp_\#(turn)","object":"response","status":"completed","model":"gpt-5","output":[{"id":"rs_\#(turn)","type":"reasoning","summary":[\#(summary)],"encrypted_content":"\#(Self.encrypted[turn])"},{"id":"fc_\#(turn)","type":"function_call","call_id":"call_\#(turn)","name":"f","arguments":"{\"turn\":\#(turn)}"}]}"#
    }

    private func stream(_ turn: Int) throws -> [[UInt8]] {
        let response = try JSONDocument(Array(response(turn).utf8)).root
        var frames: [[UInt8]] = []
        func event(_ type: String, _ members: String) {
            frames.append(Array("event: \(type)\ndata: {\"type\":\"\(type)\",\(members)}\n\n".utf8))
        }
        event("response.created", #""response":{"id":"resp_\#(turn)","model":"gpt-5","output":[]}"#)
        for (index, item) in try #require(response["output"]).elements.enumerated() {
            event("response.output_item.done", #""output_index":\#(index),"item":\#(item.json)"#)
        }
        event("response.completed", #""response":\#(response.json)"#)
        return frames
    }

    private func expectHistory(_ root: JSONCursor, turns: Int) throws {
        let items = try #require(root["input"]?.elements.map { $0 })
        let reasoning = items.filter { $0["type"]?.string == "reasoning" }
        #expect(reasoning.map { $0["encrypted_content"]?.string } == Self.encrypted.prefix(turns).map { $0 })
        #expect(reasoning.map { $0["id"]?.string } == (0..<turns).map { "rs_\($0)" })
        for (place, item) in items.enumerated() where item["type"]?.string == "reasoning" {
            #expect(items[place + 1]["type"]?.string == "function_call")
        }
    }

    @Test("encrypted reasoning for Messages clients", arguments: [false, true])
    func messagesLoop(isStream: Bool) throws {
        var history = ""
        for turn in 0..<3 {
            let json =
                #"{"model":"m","max_tokens":100,"tools":[{"name":"f","input_schema":{"type":"object"}}],"messages":[{"role":"user","content":"go"}\#(history)]}"#
            let (root, _, context) = try Translating.request(
                json,
                from: .anthropicMessages,
                to: .openAIResponses,
                model: "gpt-5"
            )
            try expectHistory(root, turns: turn)
            var content: [String] = []
            if isStream {
                let bytes = Translating.stream(
                    try stream(turn),
                    from: .openAIResponses,
                    to: .anthropicMessages,
                    context
                )
                let grammar = StreamGrammar.anthropic(bytes)
                #expect(grammar.problems == [])
                let text = JSONWriter.quoted(grammar.answer.reasoning)
                let signature = JSONWriter.quoted(grammar.answer.signatures.first ?? "")
                content = [
                    #"{"type":"thinking","thinking":\#(text),"signature":\#(signature)}"#,
                    #"{"type":"tool_use","id":"call_\#(turn)","name":"f","input":{"turn":\#(turn)}}"#,
                ]
            } else {
                let answer = try Translating.answer(
                    response(turn),
                    from: .openAIResponses,
                    to: .anthropicMessages,
                    context
                )
                content = answer.root["content"]?.elements.map(\.json) ?? []
            }
            history +=
                #",{"role":"assistant","content":[\#(content.joined(separator: ","))]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"call_\#(turn)","content":"r"}]}"#
            let document = try JSONDocument(Array(json.utf8))
            let facts = try RequestFacts.read(document, dialect: .anthropicMessages)
            let own = String(decoding: try document.applying(UnsignedThinking.apply(to: [], facts)), as: UTF8.self)
            #expect(!own.contains("keirouter-"))
        }
    }

    @Test("encrypted reasoning for Chat Completions clients")
    func chatLoop() throws {
        var history = ""
        for turn in 0..<3 {
            let json =
                #"{"model":"m","tools":[{"type":"function","function":{"name":"f"}}],"messages":[{"role":"user","content":"go"}\#(history)]}"#
            let (root, _, context) = try Translating.request(
                json,
                from: .openAIChat,
                to: .openAIResponses,
                model: "gpt-5"
            )
            try expectHistory(root, turns: turn)
            let answer = try Translating.answer(response(turn), from: .openAIResponses, to: .openAIChat, context)
            history += ",\(answer.root["choices"]?[0]?["message"]?.json ?? "")"
            history += #",{"role":"tool","tool_call_id":"call_\#(turn)","content":"r"}"#
        }
    }
}

extension JSONWriter {
    fileprivate static func quoted(_ text: String) -> String {
        var writer = JSONWriter()
        writer.string(text)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
