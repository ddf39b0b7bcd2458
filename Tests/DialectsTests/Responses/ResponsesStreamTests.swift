import Contracts
import Dialects
import JSON
import TestSupport
import Testing

@Suite("Streams from and to OpenAI's Responses")
struct ResponsesStreamTests {
    private static let recordings = [
        "openai-text", "openai-tools", "openai-reasoning", "anthropic-text", "anthropic-tools",
        "anthropic-thinking-cache", "responses-text", "responses-tools", "responses-reasoning", "responses-custom",
        "responses-refusal", "responses-incomplete",
    ]

    private func translate(_ bytes: [UInt8], _ name: String, to client: Dialect) throws -> [UInt8] {
        let frames = Self.frames(bytes)
        return Translating.stream(frames, from: Fixture.dialect(name), to: client, try Translating.context(client))
    }

    /// The frames as the relay cuts them: at blank lines, the last with or without one.
    private static func frames(_ bytes: [UInt8]) -> [[UInt8]] {
        let text = String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n")
        return text.split(separator: "\n\n", omittingEmptySubsequences: true).map { Array("\($0)\n\n".utf8) }
    }

    @Test("every recording is a sound stream of every other dialect", arguments: recordings, Dialect.clients)
    func pairs(name: String, client: Dialect) throws {
        let bytes = try Fixture.bytes("\(name).sse")
        let before = Translating.grammar(bytes, Fixture.dialect(name))
        #expect(before.problems == [])
        guard client != Fixture.dialect(name) else { return }
        let after = Translating.grammar(try translate(bytes, name, to: client), client)
        #expect(after.problems == [])
        // Anthropic's has no word of its own for a refusal's text.
        #expect(after.answer.text + after.answer.refusal == before.answer.text + before.answer.refusal)
        #expect(after.answer.toolCalls.map(\.name) == before.answer.toolCalls.map(\.name))
        #expect(after.answer.inputTokens != nil)
        #expect(after.answer.outputTokens == before.answer.outputTokens)
        if Fixture.dialect(name) == .openAIResponses {
            let parts = before.answer.reasoning
            #expect(after.answer.reasoning.replacing("\n\n", with: "") == parts)
        } else {
            #expect(after.answer.reasoning == before.answer.reasoning)
        }
        if name != "responses-custom" {
            #expect(after.answer.toolCalls.map(\.arguments) == before.answer.toolCalls.map(\.arguments))
        } else {
            let input = try JSONDocument(Array((after.answer.toolCalls.first?.arguments ?? "").utf8)).root["input"]
            #expect(input?.string == before.answer.toolCalls.first?.arguments)
        }
    }

    @Test("reasons to stop", arguments: ["responses-incomplete", "responses-refusal", "responses-tools"])
    func stops(name: String) throws {
        let bytes = try Fixture.bytes("\(name).sse")
        let chat = StreamGrammar.openAI(try translate(bytes, name, to: .openAIChat)).answer.stopReason
        let anthropic = StreamGrammar.anthropic(try translate(bytes, name, to: .anthropicMessages)).answer.stopReason
        switch name {
        case "responses-incomplete": #expect((chat, anthropic) == ("length", "max_tokens"))
        case "responses-refusal": #expect((chat, anthropic) == ("content_filter", "refusal"))
        default: #expect((chat, anthropic) == ("tool_calls", "tool_use"))
        }
    }

    @Test("a cut answer is incomplete and says why")
    func incomplete() throws {
        let frames = [Translating.chunk(#"{"role":"assistant","content":"cut"}"#, finish: "length"), Translating.done]
        let context = try Translating.context(.openAIResponses)
        let out = Translating.stream(frames, from: .openAIChat, to: .openAIResponses, context)
        let grammar = StreamGrammar.responses(out)
        #expect(grammar.problems == [])
        #expect(grammar.answer.stopReason == "max_output_tokens")
        #expect(grammar.events.last == "response.incomplete")
    }

    @Test("calls whose pieces come in turns keep their places")
    func parallel() throws {
        func piece(_ index: Int, _ json: String) -> [UInt8] {
            Translating.chunk(#"{"tool_calls":[{"index":\#(index),\#(json)}]}"#)
        }
        let frames = [
            piece(0, #""id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":"}"#),
            piece(1, #""id":"b","type":"function","function":{"name":"g","arguments":"{\"y\":"}"#),
            piece(0, #""function":{"arguments":"1}"}"#), piece(1, #""function":{"arguments":"2}"}"#),
            Translating.chunk("{}", finish: "tool_calls"), Translating.done,
        ]
        let context = try Translating.context(.openAIResponses)
        let out = Translating.stream(frames, from: .openAIChat, to: .openAIResponses, context)
        let grammar = StreamGrammar.responses(out)
        #expect(grammar.problems == [])
        #expect(Set(grammar.answer.toolCalls.map(\.arguments)) == [#"{"x":1}"#, #"{"y":2}"#])
    }

    @Test("CRLF, comments, no spaces and no last blank line change nothing", arguments: recordings)
    func shapes(name: String) throws {
        let text = String(decoding: try Fixture.bytes("\(name).sse"), as: UTF8.self)
        let variants = [
            text.replacing("\n", with: "\r\n"), text.replacing("data: ", with: "data:"),
            text.replacing("\n\n", with: "\n\n: ping\n\n"), String(text.trimmingSuffix { $0.isNewline }),
        ]
        for client in Dialect.clients where client != Fixture.dialect(name) {
            let plain = Self.stable(try translate(Array(text.utf8), name, to: client))
            for variant in variants {
                #expect(Self.stable(try translate(Array(variant.utf8), name, to: client)) == plain)
            }
        }
    }

    /// A stream without the ids that are made anew for each.
    private static func stable(_ bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self).replacing(/(msg|rs_keirouter|fc|ctc|resp|call)_[0-9a-f]{24}/, with: "ID")
            .replacing(/"created(_at)?":("[^"]*"|[0-9]+)/, with: "T")
    }

    @Test(
        "a stream that fails is a failure",
        arguments: [
            ("responses-cut", FailureKind.truncated), ("responses-failed", .serverError),
            ("responses-error-first", .rateLimited),
        ]
    )
    func failures(name: String, kind: FailureKind) throws {
        var machine = StreamMachine(dialect: .openAIResponses)
        var fault: UpstreamFault?
        for frame in try Fixture.frames("\(name).sse") {
            if case .failure(let found) = machine.read(frame) { fault = found }
        }
        if case .failure(let found) = machine.finish(), fault == nil { fault = found }
        #expect(fault?.kind == kind)
        for client in Dialect.clients {
            let out = try translate(Fixture.bytes("\(name).sse"), name, to: client)
            let grammar = Translating.grammar(out, client)
            #expect(grammar.problems == [])
            #expect(grammar.answer.error != nil)
        }
    }

    @Test("the machine counts and ends as the dialect says")
    func machine() throws {
        var machine = StreamMachine(dialect: .openAIResponses)
        var verdicts: [FrameVerdict] = []
        for frame in try Fixture.frames("responses-reasoning.sse") { verdicts.append(machine.read(frame)) }
        #expect(verdicts.last == .terminal)
        #expect(verdicts.dropLast().allSatisfy { $0 == .forward || $0 == .content })
        #expect(machine.usage == TokenUsage(input: 56, cacheRead: 64, output: 200, reasoning: 128))
        #expect(machine.isUsageComplete)
        #expect(machine.stopReason == "completed")
        #expect(machine.read(Array("data: [DONE]\n\n".utf8)) == .drop)
        #expect(machine.finish() == .complete)
        var early = StreamMachine(dialect: .openAIResponses)
        #expect(early.read(Array("data: [DONE]\n\n".utf8)) == .drop)
        #expect(early.finish() != .complete)
    }

    @Test("an error after the beginning is numbered and named as the stream was")
    func errorPosition() throws {
        let frames = try Fixture.frames("openai-cut.sse")
        let context = try Translating.context(.openAIResponses)
        let out = Translating.stream(frames, from: .openAIChat, to: .openAIResponses, context)
        let grammar = StreamGrammar.responses(out)
        #expect(grammar.problems == [])
        #expect(grammar.events.suffix(2) == ["error", "response.failed"])
        let text = String(decoding: out, as: UTF8.self)
        let ids = Set(text.matches(of: /"response":\{"id":"([^"]*)"/).map(\.output.1))
        #expect(ids.count == 1)
    }
}

extension String {
    fileprivate func trimmingSuffix(while isTrimmed: (Character) -> Bool) -> Substring {
        var rest = self[...]
        while let last = rest.last, isTrimmed(last) { rest.removeLast() }
        return rest
    }
}
