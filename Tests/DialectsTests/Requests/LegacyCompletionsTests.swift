import Dialects
import JSON
import Testing

@Suite("Legacy completions")
struct LegacyCompletionsTests {
    private func chat(_ json: String) throws -> JSONCursor {
        try JSONDocument(LegacyCompletions.chatRequest(JSONDocument(Array(json.utf8)))).root
    }

    @Test("a prompt is what the user says, all else stays", arguments: [#""Say \"é\"""#, #"["Say \"é\""]"#])
    func request(prompt: String) throws {
        let root = try chat(
            #"{"model":"m","prompt":\#(prompt),"max_tokens":5,"stop":["x"],"stream":true,"n":2,"best_of":2,"echo":false,"suffix":"","logprobs":null,"user":"u"}"#
        )
        #expect(root["messages"]?.json == #"[{"role":"user","content":"Say \"é\""}]"#)
        #expect(root["max_tokens"]?.integer == 5)
        #expect(root["stop"]?.json == #"["x"]"#)
        #expect(root["stream"]?.boolean == true)
        #expect(root["user"]?.string == "u")
        for name in ["prompt", "best_of", "echo", "suffix", "logprobs"] { #expect(root[name] == nil) }
        let facts = try RequestFacts.read(JSONDocument(Array(root.json.utf8)), dialect: .openAIChat)
        #expect(facts.stream)
        #expect(facts.choiceCount == 2)
    }

    @Test(
        "what chat has no word for is refused",
        arguments: [
            (#"{"model":"m"}"#, "prompt"), (#"{"model":"m","prompt":[1,2]}"#, "prompt"),
            (#"{"model":"m","prompt":["a","b"]}"#, "prompt"), (#"{"model":"m","prompt":"a","suffix":"b"}"#, "suffix"),
            (#"{"model":"m","prompt":"a","echo":true}"#, "echo"),
            (#"{"model":"m","prompt":"a","best_of":3}"#, "best_of"),
            (#"{"model":"m","prompt":"a","logprobs":1}"#, "logprobs"), ("[]", ""),
        ]
    )
    func refused(json: String, parameter: String) {
        let error = #expect(throws: DialectError.self) { try chat(json) }
        #expect(error?.parameter == parameter)
    }

    @Test("a whole answer")
    func answer() throws {
        let root = try JSONDocument(LegacyCompletions.answer(try Fixture.bytes("openai-text.json"))).root
        let chat = try JSONDocument(Fixture.bytes("openai-text.json")).root
        #expect(root["id"]?.string?.hasPrefix("cmpl") == true)
        #expect(root["object"]?.string == "text_completion")
        #expect(root["choices"]?[0]?["text"]?.string == chat["choices"]?[0]?["message"]?["content"]?.string)
        #expect(root["choices"]?[0]?["finish_reason"]?.string == "stop")
        #expect(root["usage"]?.json == chat["usage"]?.json)
        // Errors have the same shape in both.
        let error = Array(#"{"error":{"message":"m"}}"#.utf8)
        #expect(LegacyCompletions.answer(error) == error)
    }

    @Test("a stream, frame by frame and all at once", arguments: ["\n", "\r\n"])
    func stream(line: String) throws {
        let text = String(decoding: try Fixture.bytes("openai-text.sse"), as: UTF8.self).replacing("\n", with: line)
        let whole = LegacyCompletions.frames(Array((": ping" + line + line + text).utf8))
        let single = try Fixture.frames("openai-text.sse").flatMap { LegacyCompletions.frames($0) }
        var said = ""
        var reasons: [String] = []
        let lines = String(decoding: whole, as: UTF8.self).split(whereSeparator: \.isNewline)
        #expect(lines.first == ": ping")
        #expect(lines.last == "data: [DONE]")
        #expect(String(decoding: single, as: UTF8.self).split(whereSeparator: \.isNewline) == Array(lines.dropFirst()))
        for line in lines where line.hasPrefix("data: {") {
            let root = try JSONDocument(Array(line.dropFirst(6).utf8)).root
            #expect(root["object"]?.string == "text_completion")
            said += root["choices"]?[0]?["text"]?.string ?? ""
            if let reason = root["choices"]?[0]?["finish_reason"]?.string { reasons.append(reason) }
        }
        let chat = try Fixture.frames("openai-text.sse").compactMap { frame -> String? in
            let line = String(decoding: frame, as: UTF8.self).dropFirst(6)
            return (try? JSONDocument(Array(line.utf8)))?.root["choices"]?[0]?["delta"]?["content"]?.string
        }
        #expect(said == chat.joined())
        #expect(reasons == ["stop"])
        #expect(!lines.contains { $0.contains("delta") })
    }
}
