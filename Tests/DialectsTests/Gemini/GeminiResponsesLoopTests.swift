import Dialects
import JSON
import TestSupport
import Testing

/// What one family signs goes through the other's clients to its own provider byte for byte, and to no other.
@Suite("Reasoning over several turns, between Gemini and Responses")
struct GeminiResponsesLoopTests {
    private static let signatures = ["Eq+QB/CgIYAhIM==", "ErUBCkYIARg", "Em0KAhgC/9+a"]
    private static let encrypted = ["gAAAAABo/one+==", "gAAAAABo.two==", "gAAAAABo_three"]

    // MARK: A client of Responses at Gemini

    private func geminiAnswer(_ turn: Int) -> String {
        let second = turn == 0 ? #",{"functionCall":{"name":"g","args":{}}}"# : ""
        return
            #"{"candidates":[{"content":{"parts":[{"text":"Step \#(turn)","thought":true},{"text":"said"},{"functionCall":{"name":"f","args":{"turn":\#(turn)}},"thoughtSignature":"\#(Self.signatures[turn])"}\#(second)],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":1,"totalTokenCount":2},"modelVersion":"g","responseId":"r\#(turn)"}"#
    }

    private func expectGeminiHistory(_ root: JSONCursor, turns: Int) throws {
        let models = try #require(root["contents"]).elements.filter { $0["role"]?.string == "model" }
        #expect(models.count == turns)
        for (turn, content) in models.enumerated() {
            let parts = try #require(content["parts"]).elements.map { $0 }
            let calls = parts.filter { $0["functionCall"] != nil }
            #expect(calls.count == (turn == 0 ? 2 : 1))
            #expect(calls.first?["thoughtSignature"]?.string == Self.signatures[turn])
            #expect(calls.first?["functionCall"]?["args"]?["turn"]?.integer == turn)
            #expect(calls.dropFirst().allSatisfy { $0["thoughtSignature"] == nil })
            #expect(calls.allSatisfy { $0["functionCall"]?["id"] == nil })
            #expect(parts.contains { $0["text"]?.string == "said" })
        }
        #expect(!root.json.contains("keirouter"))
    }

    private func items(_ history: [String]) -> String {
        #"{"model":"m","reasoning":{"effort":"low"},"tools":[{"type":"function","name":"f"},{"type":"function","name":"g"}],"input":[{"role":"user","content":"go"}\#(history.map { "," + $0 }.joined())]}"#
    }

    @Test("Gemini's signatures through Responses", arguments: [false, true])
    func geminiThroughResponses(isStream: Bool) throws {
        var history: [String] = []
        func request(_ upstream: Dialect, _ model: String) throws -> (root: JSONCursor, context: AnswerContext) {
            let sent = try GeminiSample.request(items(history), from: .openAIResponses, to: upstream, model: model)
            return (sent.root, sent.context)
        }
        for turn in 0..<3 {
            let (root, context) = try request(.gemini, "gemini-3-pro-preview")
            try expectGeminiHistory(root, turns: turn)
            let output: JSONCursor?
            if isStream {
                let frame = Array("data: \(geminiAnswer(turn))\n\n".utf8)
                let bytes = Translating.stream([frame], from: .gemini, to: .openAIResponses, context)
                #expect(StreamGrammar.responses(bytes).problems == [])
                let last = try #require(String(decoding: bytes, as: UTF8.self).split(separator: "data: ").last)
                output = try JSONDocument(Array(last.utf8)).root["response"]?["output"]
            } else {
                output = try Translating.answer(geminiAnswer(turn), from: .gemini, to: .openAIResponses, context)
                    .root["output"]
            }
            let made = try #require(output).elements.map { $0 }
            history += made.map(\.json)
            for call in made where call["type"]?.string == "function_call" {
                let id = try #require(call["call_id"]?.string)
                history.append(#"{"type":"function_call_output","call_id":"\#(id)","output":"r"}"#)
            }
        }
        try expectGeminiHistory(request(.gemini, "gemini-3-pro-preview").root, turns: 3)
        for (upstream, model) in [(Dialect.anthropicMessages, "claude-sonnet-4-5"), (.openAIChat, "gpt-5")] {
            let sent = try request(upstream, model).root.json
            #expect(!sent.contains("keirouter") && !Self.signatures.contains { sent.contains($0) })
        }
        let document = try JSONDocument(Array(items(history).utf8))
        let facts = try RequestFacts.read(document, dialect: .openAIResponses)
        let native = String(decoding: try document.applying(UnsignedThinking.removals(facts)), as: UTF8.self)
        #expect(!native.contains("keirouter") && native.contains("function_call_output"))
        #expect((try? JSONDocument(Array(native.utf8))) != nil)
    }

    // MARK: A client of Gemini's at Responses

    private func response(_ turn: Int) -> String {
        let summary = turn == 1 ? "" : #"{"type":"summary_text","text":"Step \#(turn)"}"#
        return
            #"{"id":"resp_\#(turn)","object":"response","created_at":1,"status":"completed","model":"gpt-5","output":[{"type":"reasoning","id":"rs_\#(turn)","summary":[\#(summary)],"encrypted_content":"\#(Self.encrypted[turn])"},{"type":"message","id":"msg_\#(turn)","status":"completed","role":"assistant","content":[{"type":"output_text","text":"said","annotations":[]}]},{"type":"function_call","id":"fc_\#(turn)","call_id":"call_\#(turn)a","name":"f","arguments":"{\"turn\":\#(turn)}","status":"completed"},{"type":"function_call","id":"fd_\#(turn)","call_id":"call_\#(turn)b","name":"f","arguments":"{}","status":"completed"}],"usage":{"input_tokens":1,"output_tokens":1,"total_tokens":2}}"#
    }

    /// A server that says each item whole, and the response once more at its end.
    private func frames(_ turn: Int) throws -> [[UInt8]] {
        let root = try JSONDocument(Array(response(turn).utf8)).root
        var frames: [[UInt8]] = []
        func event(_ type: String, _ members: String) {
            frames.append(Array("event: \(type)\ndata: {\"type\":\"\(type)\",\(members)}\n\n".utf8))
        }
        event("response.created", #""response":{"id":"resp_\#(turn)","object":"response","model":"gpt-5","output":[]}"#)
        for (index, item) in try #require(root["output"]).elements.enumerated() {
            event("response.output_item.added", #""output_index":\#(index),"item":\#(item.json)"#)
            event("response.output_item.done", #""output_index":\#(index),"item":\#(item.json)"#)
        }
        event("response.completed", #""response":\#(root.json)"#)
        return frames
    }

    private func expectResponsesHistory(_ root: JSONCursor, turns: Int) throws {
        let items = try #require(root["input"]).elements.map { $0 }
        let reasoning = items.filter { $0["type"]?.string == "reasoning" }
        #expect(reasoning.map { $0["encrypted_content"]?.string } == Self.encrypted.prefix(turns).map { $0 })
        #expect(reasoning.map { $0["id"]?.string } == (0..<turns).map { "rs_\($0)" })
        let calls = items.filter { $0["type"]?.string == "function_call" }.compactMap { $0["call_id"]?.string }
        #expect(calls == (0..<turns).flatMap { ["call_\($0)a", "call_\($0)b"] })
        let results = items.filter { $0["type"]?.string == "function_call_output" }
        #expect(results.compactMap { $0["call_id"]?.string } == calls)
        let kinds = items.compactMap { $0["type"]?.string }
        for (index, kind) in kinds.enumerated() where kind == "reasoning" {
            #expect(items[index + 1]["role"]?.string == "assistant" || kinds[index + 1] == "function_call")
        }
        #expect(!root.json.contains("keirouter"))
    }

    private func contents(_ history: [String]) -> String {
        #"{"contents":[{"role":"user","parts":[{"text":"go"}]}\#(history.map { "," + $0 }.joined())],"tools":[{"functionDeclarations":[{"name":"f"}]}],"generationConfig":{"thinkingConfig":{"thinkingLevel":"LOW","includeThoughts":true}}}"#
    }

    @Test("OpenAI's encrypted reasoning through Gemini's clients", arguments: [false, true])
    func responsesThroughGemini(isStream: Bool) throws {
        var history: [String] = []
        func request(_ upstream: Dialect, _ model: String) throws -> (root: JSONCursor, context: AnswerContext) {
            let sent = try GeminiSample.request(contents(history), from: .gemini, to: upstream, model: model)
            return (sent.root, sent.context)
        }
        for turn in 0..<3 {
            let (root, context) = try request(.openAIResponses, "gpt-5")
            try expectResponsesHistory(root, turns: turn)
            var made: [JSONCursor] = []
            if isStream {
                let bytes = Translating.stream(try frames(turn), from: .openAIResponses, to: .gemini, context)
                #expect(StreamGrammar.gemini(bytes).problems == [])
                for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
                    let frame = try JSONDocument(Array(line.dropFirst(6).utf8)).root
                    made.append(try #require(frame["candidates"]?[0]?["content"]))
                }
            } else {
                let said = try Translating.answer(response(turn), from: .openAIResponses, to: .gemini, context).root
                made = [try #require(said["candidates"]?[0]?["content"])]
            }
            history += made.map(\.json)
            let calls = made.flatMap { $0["parts"]?.elements.compactMap { $0["functionCall"] } ?? [] }
            #expect(calls.count == 2)
            let results = calls.map {
                #"{"functionResponse":{"id":\#($0["id"]?.json ?? "null"),"name":"f","response":{"result":"r"}}}"#
            }
            history.append(#"{"role":"user","parts":[\#(results.joined(separator: ","))]}"#)
        }
        try expectResponsesHistory(request(.openAIResponses, "gpt-5").root, turns: 3)
        for (upstream, model) in [(Dialect.anthropicMessages, "claude-sonnet-4-5"), (.openAIChat, "gpt-5")] {
            let sent = try request(upstream, model).root.json
            #expect(!sent.contains("keirouter") && !Self.encrypted.contains { sent.contains($0) })
        }
        let document = try JSONDocument(Array(contents(history).utf8))
        let path = ModelPath(model: "g", action: .generate)
        let facts = try RequestFacts.read(document, dialect: .gemini, path: path)
        let native = String(decoding: try document.applying(UnsignedThinking.removals(facts)), as: UTF8.self)
        #expect(!native.contains("thoughtSignature") && native.contains("functionCall"))
        #expect((try? JSONDocument(Array(native.utf8))) != nil)
    }
}
