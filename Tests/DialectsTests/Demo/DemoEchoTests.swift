import Contracts
import Dialects
import JSON
import Testing

@Suite("Demo echo")
struct DemoEchoTests {
    /// The dialects whose bodies name the model.
    private static let bodies = [Dialect.openAIChat, .anthropicMessages, .openAIResponses, .ollama]

    static func answer(_ body: String, _ dialect: Dialect) throws -> DemoEcho.Answer {
        let body = dialect == .openAIResponses ? body.replacing(#""messages":"#, with: #""input":"#) : body
        let facts = try RequestFacts.read(JSONDocument(Array(body.utf8)), dialect: dialect)
        return DemoEcho.answer(to: facts, id: "abc", created: 1_700_000_000)
    }

    static func body(_ text: String, stream: Bool, extra: String = "") -> String {
        #"{"model":"echo","messages":[{"role":"user","content":"first"},{"role":"assistant","content":"x"},{"role":"user","content":\#(text)}],"stream":\#(stream)\#(extra)}"#
    }

    @Test("the answer repeats the last user text, says it is a demo, and has usage", arguments: bodies)
    func unary(dialect: Dialect) throws {
        guard case .body(let bytes) = try Self.answer(Self.body(#""hello 🙂 \"you\"""#, stream: false), dialect) else {
            Issue.record("not a body")
            return
        }
        let root = try JSONDocument(bytes).root
        let text =
            switch dialect {
            case .openAIChat: root["choices"]?[0]?["message"]?["content"]?.string
            case .anthropicMessages: root["content"]?[0]?["text"]?.string
            case .openAIResponses: root["output"]?[0]?["content"]?[0]?["text"]?.string
            case .ollama: root["message"]?["content"]?.string
            case .gemini, .cohere, .bedrock: String?.none
            }
        #expect(text?.contains("demo") == true)
        #expect(text?.hasSuffix("hello 🙂 \"you\"") == true)
        #expect(root["model"]?.string == "echo")
        let facts = UnaryFacts.read(bytes, dialect: dialect)
        #expect(facts.fault == nil)
        #expect((facts.usage?.input ?? 0) > 0)
        #expect((facts.usage?.output ?? 0) > 0)
    }

    @Test("a stream is whole, says the same and counts the same", arguments: bodies)
    func stream(dialect: Dialect) throws {
        let said = #""one two  three\nfour 🙂""#
        let usage = #","stream_options":{"include_usage":true}"#
        guard case .frames(let frames) = try Self.answer(Self.body(said, stream: true, extra: usage), dialect),
            case .body(let whole) = try Self.answer(Self.body(said, stream: false), dialect)
        else {
            Issue.record("not a stream")
            return
        }
        var machine = StreamMachine(dialect: dialect)
        var text = ""
        for line in frames {
            // Lines have no frames of their own.
            let frame = dialect == .ollama ? Array("data: ".utf8) + line : line
            let verdict = machine.read(frame)
            guard verdict == .content else { continue }
            let line = frame.split(separator: 0x0A).last ?? []
            let root = try JSONDocument(Array(line.dropFirst(6))).root
            let delta = dialect == .openAIResponses ? root["delta"] : root["delta"]?["text"]
            text += (delta ?? root["message"]?["content"] ?? root["choices"]?[0]?["delta"]?["content"])?.string ?? ""
        }
        let root = try JSONDocument(whole).root
        let block = root["content"]?[0] ?? root["output"]?[0]?["content"]?[0]
        let message = root["message"] ?? root["choices"]?[0]?["message"]
        #expect(text == (block?["text"] ?? message?["content"])?.string)
        #expect(machine.finish() == .complete)
        #expect(machine.hasContent)
        #expect(machine.usage == UnaryFacts.read(whole, dialect: dialect).usage)
    }

    @Test("Gemini's dialect, whose path names the model")
    func gemini() throws {
        let body = #"{"contents":[{"role":"user","parts":[{"text":"one two"}]}]}"#
        func answer(_ action: ModelPath.Action) throws -> DemoEcho.Answer {
            let path = ModelPath(model: "echo", action: action)
            let facts = try RequestFacts.read(JSONDocument(Array(body.utf8)), dialect: .gemini, path: path)
            return DemoEcho.answer(to: facts, id: "abc", created: 1)
        }
        guard case .body(let whole) = try answer(.generate), case .frames(let frames) = try answer(.stream) else {
            Issue.record("another form")
            return
        }
        let text = try JSONDocument(whole).root["candidates"]?[0]?["content"]?["parts"]?[0]?["text"]?.string
        #expect(text?.hasSuffix("one two") == true)
        var machine = StreamMachine(dialect: .gemini)
        for frame in frames { #expect(machine.read(frame) == .content) }
        #expect(machine.finish() == .complete && machine.isUsageComplete)
        #expect(machine.usage == UnaryFacts.read(whole, dialect: .gemini).usage)
    }

    @Test("an OpenAI stream reports usage only when asked")
    func usageOnRequest() throws {
        guard case .frames(let frames) = try Self.answer(Self.body(#""hi""#, stream: true), .openAIChat) else {
            Issue.record("not a stream")
            return
        }
        #expect(!frames.contains { String(decoding: $0, as: UTF8.self).contains("usage") })
    }

    @Test("an Anthropic stream keeps the event grammar")
    func grammar() throws {
        guard case .frames(let frames) = try Self.answer(Self.body(#""hi""#, stream: true), .anthropicMessages) else {
            Issue.record("not a stream")
            return
        }
        let names = frames.map { frame in
            String(decoding: frame.prefix { $0 != 0x0A }.dropFirst(7), as: UTF8.self)
        }
        let deltas = names.filter { $0 == "content_block_delta" }.count
        #expect(deltas > 0)
        #expect(
            names
                == ["message_start", "content_block_start"]
                + Array(repeating: "content_block_delta", count: deltas)
                + ["content_block_stop", "message_delta", "message_stop"]
        )
    }

    @Test("text in blocks is echoed, a long text is cut, and no text has an answer of its own")
    func texts() throws {
        func text(_ content: String) throws -> String {
            guard case .body(let bytes) = try Self.answer(Self.body(content, stream: false), .openAIChat) else {
                return ""
            }
            return try JSONDocument(bytes).root["choices"]?[0]?["message"]?["content"]?.string ?? ""
        }
        #expect(
            try text(#"[{"type":"text","text":"a"},{"type":"image_url"},{"type":"text","text":"b"}]"#).hasSuffix("a\nb")
        )
        #expect(try text("\"\(String(repeating: "x y ", count: 20_000))\"").count < 2200)
        #expect(try text("null").contains("demo"))
        #expect(try text("7").contains("demo"))
    }

    @Test("a stream has a bounded number of frames", arguments: bodies)
    func frameLimit(dialect: Dialect) throws {
        let said = "\"\(String(repeating: "x ", count: 1000))\""
        guard case .frames(let frames) = try Self.answer(Self.body(said, stream: true), dialect) else {
            Issue.record("not a stream")
            return
        }
        // The texts, and what the dialect puts around them.
        #expect(frames.count <= (dialect == .openAIResponses ? 209 : 206))
    }
}
