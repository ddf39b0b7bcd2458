import Contracts
import Dialects
import JSON
import TestSupport
import Testing

@Suite("Signatures over several turns")
struct GeminiLoopTests {
    private static let signatures = ["Eq+QB/CgIYAhIM==", "ErUBCkYIARg", "Em0KAhgC/9+a"]

    private func answer(_ turn: Int) -> String {
        let calls =
            turn == 0
            ? #"{"functionCall":{"name":"f","args":{"turn":0}},"thoughtSignature":"\#(Self.signatures[0])"},{"functionCall":{"name":"g","args":{}}}"#
            : #"{"functionCall":{"name":"f","args":{"turn":\#(turn)}},"thoughtSignature":"\#(Self.signatures[turn])"}"#
        return
            #"{"candidates":[{"content":{"parts":[{"text":"Step \#(turn)","thought":true},{"text":"said"},\#(calls)],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":1,"totalTokenCount":2},"modelVersion":"g","responseId":"r"}"#
    }

    private func expectHistory(_ root: JSONCursor, turns: Int) throws {
        let models = try #require(root["contents"]).elements.filter { $0["role"]?.string == "model" }
        #expect(models.count == turns)
        for (turn, content) in models.enumerated() {
            let calls = try #require(content["parts"]).elements.filter { $0["functionCall"] != nil }
            #expect(calls.first?["thoughtSignature"]?.string == Self.signatures[turn])
            #expect(calls.dropFirst().allSatisfy { $0["thoughtSignature"] == nil })
            // The id was made here: the provider, who gave none, is told none.
            #expect(calls.allSatisfy { $0["functionCall"]?["id"] == nil })
            #expect(content["parts"]?.elements.contains { $0["text"]?.string == "said" } == true)
        }
    }

    @Test("through OpenAI's clients", arguments: [false, true])
    func openAI(stream: Bool) throws {
        var history: [String] = []
        func request() throws -> (root: JSONCursor, lossy: [String], context: AnswerContext) {
            try GeminiSample.request(
                #"{"model":"m","reasoning_effort":"low","tools":[{"type":"function","function":{"name":"f"}}],"messages":[{"role":"user","content":"go"}\#(history.map { "," + $0 }.joined())]}"#,
                from: .openAIChat,
                to: .gemini,
                model: "gemini-3-pro-preview"
            )
        }
        for turn in 0..<3 {
            let (root, _, context) = try request()
            try expectHistory(root, turns: turn)
            var ids: [String]
            if stream {
                let frame = Array("data: \(answer(turn))\n\n".utf8)
                let said = StreamGrammar.openAI(
                    Translating.stream([frame], from: .gemini, to: .openAIChat, context)
                ).answer
                ids = said.toolCalls.map(\.id)
                let details = said.redacted.map {
                    #"{"type":"reasoning.encrypted","data":"\#($0)","format":"anthropic-claude-v1"}"#
                }
                let calls = said.toolCalls.map {
                    #"{"id":"\#($0.id)","type":"function","function":{"name":"\#($0.name)","arguments":\#(MockQuote.quoted($0.arguments))}}"#
                }
                history.append(
                    #"{"role":"assistant","content":"said","reasoning_details":[\#(details.joined(separator: ","))],"tool_calls":[\#(calls.joined(separator: ","))]}"#
                )
            } else {
                let (said, _) = try Translating.answer(answer(turn), from: .gemini, to: .openAIChat, context)
                let message = try #require(said["choices"]?[0]?["message"])
                ids = try #require(message["tool_calls"]).elements.compactMap { $0["id"]?.string }
                history.append(message.json)
            }
            let asked = #"{"model":"m","messages":[\#(history.joined(separator: ","))]}"#
            let document = try JSONDocument(Array(asked.utf8))
            let facts = try RequestFacts.read(document, dialect: .openAIChat)
            let native = String(decoding: try document.applying(UnsignedThinking.removals(facts)), as: UTF8.self)
            #expect(asked.contains("keirouter:") && !native.contains("keirouter"))
            #expect((try? JSONDocument(Array(native.utf8))) != nil)
            history += ids.map { #"{"role":"tool","tool_call_id":"\#($0)","content":"r"}"# }
        }
        try expectHistory(request().root, turns: 3)
    }

    @Test("through Anthropic's clients, and no further", arguments: [Dialect.gemini, .anthropicMessages, .openAIChat])
    func anthropic(upstream: Dialect) throws {
        var history: [String] = []
        func request(_ upstream: Dialect) throws -> (root: JSONCursor, lossy: [String], context: AnswerContext) {
            try GeminiSample.request(
                #"{"model":"m","max_tokens":9000,"tools":[{"name":"f","input_schema":{"type":"object"}}],"messages":[{"role":"user","content":"go"}\#(history.map { "," + $0 }.joined())]}"#,
                from: .anthropicMessages,
                to: upstream,
                model: upstream == .gemini ? "gemini-3-pro-preview" : "claude-3-5"
            )
        }
        for turn in 0..<3 {
            let (root, _, context) = try request(.gemini)
            try expectHistory(root, turns: turn)
            let (said, _) = try Translating.answer(answer(turn), from: .gemini, to: .anthropicMessages, context)
            let content = try #require(said["content"])
            history.append(#"{"role":"assistant","content":\#(content.json)}"#)
            let ids = content.elements.filter { $0["type"]?.string == "tool_use" }.compactMap { $0["id"]?.string }
            let results = ids.map { #"{"type":"tool_result","tool_use_id":"\#($0)","content":"r"}"# }
            history.append(#"{"role":"user","content":[\#(results.joined(separator: ","))]}"#)
        }
        guard upstream != .anthropicMessages else {
            let json =
                #"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"go"}\#(history.map { "," + $0 }.joined())]}"#
            let document = try JSONDocument(Array(json.utf8))
            let facts = try RequestFacts.read(document, dialect: .anthropicMessages)
            let sent = try document.applying(UnsignedThinking.removals(facts))
            #expect(!String(decoding: sent, as: UTF8.self).contains("keirouter:"))
            return
        }
        let root = try request(upstream).root
        if upstream == .gemini { try expectHistory(root, turns: 3) } else { #expect(!root.json.contains("keirouter:")) }
    }

    @Test("OpenAI's encrypted reasoning through Gemini's clients")
    func encrypted() throws {
        let said =
            #"{"id":"resp_1","object":"response","status":"completed","model":"gpt-5","output":[{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"Hm"}],"encrypted_content":"gAAA+/=="},{"type":"function_call","id":"fc_1","call_id":"call_1","name":"f","arguments":"{\"a\":1}","status":"completed"}],"usage":{"input_tokens":1,"output_tokens":1,"total_tokens":2}}"#
        let (answer, _) = try Translating.answer(
            said,
            from: .openAIResponses,
            to: .gemini,
            try GeminiSample.context(.gemini, from: .openAIResponses)
        )
        let content = try #require(answer["candidates"]?[0]?["content"]).json
        let body =
            #"{"contents":[{"role":"user","parts":[{"text":"x"}]},\#(content),{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"result":"r"}}}]}],"tools":[{"functionDeclarations":[{"name":"f"}]}],"generationConfig":{"thinkingConfig":{"thinkingLevel":"HIGH","includeThoughts":true}}}"#
        let root = try GeminiSample.request(body, from: .gemini, to: .openAIResponses, model: "gpt-5").root
        let items = try #require(root["input"])
        let reasoning = items.elements.first { $0["type"]?.string == "reasoning" }
        #expect(reasoning?["encrypted_content"]?.string == "gAAA+/==" && reasoning?["id"]?.string == "rs_1")
        #expect(items.elements.contains { $0["call_id"]?.string == "call_1" && $0["type"]?.string == "function_call" })
    }

    @Test("Anthropic's own through Gemini's clients, in either alphabet", arguments: [false, true])
    func foreign(urlSafe: Bool) throws {
        let signature = "EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pkiMOYds+/=?>"
        let said =
            #"{"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[{"type":"thinking","thinking":"Hm \u00e9","signature":"\#(signature)"},{"type":"redacted_thinking","data":"RED+/=="},{"type":"tool_use","id":"toolu_1","name":"f","input":{"a":1}}],"stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}}"#
        let (answer, _) = try Translating.answer(
            said,
            from: .anthropicMessages,
            to: .gemini,
            try GeminiSample.context(.gemini, from: .anthropicMessages)
        )
        var content = try #require(answer["candidates"]?[0]?["content"]).json
        if urlSafe {
            for part in try #require(answer["candidates"]?[0]?["content"]?["parts"]).elements {
                guard let given = part["thoughtSignature"]?.string else { continue }
                let other = given.replacing("+", with: "-").replacing("/", with: "_")
                content = content.replacing(given, with: other)
            }
        }
        let body =
            #"{"contents":[{"role":"user","parts":[{"text":"x"}]},\#(content),{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"result":"r"}}}]}],"tools":[{"functionDeclarations":[{"name":"f"}]}],"generationConfig":{"thinkingConfig":{"thinkingBudget":2000}}}"#
        let root = try GeminiSample.request(body, from: .gemini, to: .anthropicMessages, model: "claude-sonnet-4-5")
            .root
        let blocks = try #require(root["messages"]?[1]?["content"])
        #expect(blocks[0]?["thinking"]?.string == "Hm é" && blocks[0]?["signature"]?.string == signature)
        #expect(blocks[1]?["data"]?.string == "RED+/==")
        #expect(blocks[2]?["id"]?.string == "toolu_1")
        #expect(root["thinking"]?["type"]?.string == "enabled")
        // Google never sees it.
        let document = try JSONDocument(Array(body.utf8))
        let facts = try RequestFacts.read(
            document,
            dialect: .gemini,
            path: ModelPath(model: "g", action: .generate)
        )
        let sent = String(decoding: try document.applying(UnsignedThinking.removals(facts)), as: UTF8.self)
        #expect(!sent.contains("thoughtSignature") && sent.contains("Hm") && sent.contains("functionCall"))
        #expect((try? JSONDocument(Array(sent.utf8))) != nil)
    }

    @Test("the same from a stream, whose pieces a client lines up as they come")
    func foreignStream() throws {
        let frames = try Fixture.frames("anthropic-thinking-cache.sse")
        let before = StreamGrammar.anthropic(frames.flatMap { $0 }).answer
        let context = try GeminiSample.context(.gemini, from: .anthropicMessages)
        let out = Translating.stream(frames, from: .anthropicMessages, to: .gemini, context)
        var contents: [String] = []
        for line in String(decoding: out, as: UTF8.self).split(separator: "\n") {
            let root = try JSONDocument(Array(line.dropFirst(6).utf8)).root
            contents.append(try #require(root["candidates"]?[0]?["content"]).json)
        }
        let body =
            #"{"contents":[{"role":"user","parts":[{"text":"x"}]},\#(contents.joined(separator: ",")),{"role":"user","parts":[{"text":"y"}]}]}"#
        let root = try GeminiSample.request(body, from: .gemini, to: .anthropicMessages).root
        let blocks = try #require(root["messages"]?[1]?["content"])
        #expect(blocks[0]?["thinking"]?.string == before.reasoning)
        #expect(blocks[0]?["signature"]?.string == before.signatures.first)
    }
}

enum MockQuote {
    static func quoted(_ text: String) -> String {
        var writer = JSONWriter()
        writer.string(text)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
