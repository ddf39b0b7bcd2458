import Contracts
import Dialects
import Testing

@Suite("Recorded streams")
struct RecordedStreamTests {
    struct Recording: Sendable, CustomTestStringConvertible {
        let name: String
        let dialect: Dialect
        let contentFrames: Int
        let stopReason: String
        let usage: TokenUsage
        var testDescription: String { name }
    }

    static let recordings = [
        Recording(
            name: "openai-text",
            dialect: .openAIChat,
            contentFrames: 12,
            stopReason: "stop",
            usage: TokenUsage(input: 86, cacheRead: 1920, output: 300)
        ),
        Recording(
            name: "openai-tools",
            dialect: .openAIChat,
            contentFrames: 6,
            stopReason: "tool_calls",
            usage: TokenUsage(input: 82, output: 17)
        ),
        Recording(
            name: "openai-reasoning",
            dialect: .openAIChat,
            contentFrames: 9,
            stopReason: "stop",
            usage: TokenUsage(input: 16, cacheRead: 1024, output: 96, reasoning: 71)
        ),
        Recording(
            name: "anthropic-text",
            dialect: .anthropicMessages,
            contentFrames: 8,
            stopReason: "end_turn",
            usage: TokenUsage(input: 25, output: 15)
        ),
        Recording(
            name: "anthropic-tools",
            dialect: .anthropicMessages,
            contentFrames: 5,
            stopReason: "tool_use",
            usage: TokenUsage(input: 472, output: 89)
        ),
        Recording(
            name: "anthropic-thinking-cache",
            dialect: .anthropicMessages,
            contentFrames: 5,
            stopReason: "end_turn",
            usage: TokenUsage(input: 12, cacheRead: 21_000, cacheWrite5m: 456, cacheWrite1h: 1044, output: 210)
        ),
    ]

    @Test("a stream counts what the whole answer counts", arguments: recordings)
    func streamEqualsUnary(recording: Recording) throws {
        var machine = StreamMachine(dialect: recording.dialect)
        let verdicts = try Fixture.frames("\(recording.name).sse").map { machine.read($0) }
        let unary = UnaryFacts.read(try Fixture.bytes("\(recording.name).json"), dialect: recording.dialect)
        #expect(machine.usage == recording.usage)
        #expect(unary.usage == recording.usage)
        #expect(machine.stopReason == recording.stopReason)
        #expect(unary.stopReason == recording.stopReason)
        #expect(unary.fault == nil)
        #expect(verdicts.count { $0 == .content } == recording.contentFrames)
        #expect(verdicts.last == .terminal)
        #expect(!verdicts.contains(.drop))
        #expect(machine.finish() == .complete)
    }

    @Test("line ends, missing spaces and split data lines change nothing", arguments: recordings)
    func framingVariants(recording: Recording) throws {
        let frames = try Fixture.frames("\(recording.name).sse")
        var plain = StreamMachine(dialect: recording.dialect)
        let expected = frames.map { plain.read($0) }
        let variants: [(String) -> String] = [
            { $0.replacing("\n", with: "\r\n") },
            { $0.replacing("\n", with: "\r") },
            { $0.replacing("data: ", with: "data:").replacing("event: ", with: "event:") },
            { ": a comment\nid: 7\n" + $0 },
            { String($0.dropLast(2)) },
            // A data line may be cut wherever JSON allows white space.
            { $0.replacing(",\"", with: ",\ndata: \"", maxReplacements: 1) },
        ]
        for variant in variants {
            var machine = StreamMachine(dialect: recording.dialect)
            let verdicts = frames.map { machine.read(Array(variant(String(decoding: $0, as: UTF8.self)).utf8)) }
            #expect(verdicts == expected)
            #expect(machine.usage == recording.usage)
            #expect(machine.contentBytes == plain.contentBytes)
        }
    }

    @Test(
        "the usage frame that the router asked for is dropped, and no other",
        arguments: ["openai-text", "openai-tools"]
    )
    func hiddenUsage(name: String) throws {
        let frames = try Fixture.frames("\(name).sse")
        var shown = StreamMachine(dialect: .openAIChat)
        var hidden = StreamMachine(dialect: .openAIChat, hidesUsage: true)
        let shownVerdicts = frames.map { shown.read($0) }
        let hiddenVerdicts = frames.map { hidden.read($0) }
        let differing = shownVerdicts.indices.filter { shownVerdicts[$0] != hiddenVerdicts[$0] }
        #expect(differing == [frames.count - 2])
        #expect(hiddenVerdicts[frames.count - 2] == .drop)
        #expect(hidden.usage == shown.usage)
    }

    @Test("usage beside a choice is forwarded even when the router asked for it")
    func usageBesideChoice() throws {
        var machine = StreamMachine(dialect: .openAIChat, hidesUsage: true)
        let verdicts = try Fixture.frames("openai-reasoning.sse").map { machine.read($0) }
        #expect(!verdicts.contains(.drop))
        #expect(machine.usage?.output == 96)
    }

    @Test(
        "an error inside a stream is a failure of its kind, before and after the first content",
        arguments: [
            ("openai-error-first", Dialect.openAIChat, FailureKind.rateLimited, false),
            ("openai-error-midway", .openAIChat, .serverError, true),
            ("anthropic-overloaded-first", .anthropicMessages, .overloaded, false),
            ("anthropic-overloaded-midway", .anthropicMessages, .overloaded, true),
        ]
    )
    func errorsInside(name: String, dialect: Dialect, kind: FailureKind, hasContent: Bool) throws {
        var machine = StreamMachine(dialect: dialect)
        let verdicts = try Fixture.frames("\(name).sse").map { machine.read($0) }
        guard case .failure(let fault) = verdicts.last else {
            Issue.record("no failure: \(verdicts)")
            return
        }
        #expect(fault.kind == kind)
        #expect(fault.message?.isEmpty == false)
        #expect(machine.hasContent == hasContent)
        #expect(machine.isFinished)
        #expect(machine.read(Array("data: {\"choices\":[]}\n\n".utf8)) == .drop)
    }

    @Test(
        "a stream that breaks off is a failure",
        arguments: [("openai-cut", Dialect.openAIChat), ("anthropic-cut", .anthropicMessages)]
    )
    func cutStreams(name: String, dialect: Dialect) throws {
        var machine = StreamMachine(dialect: dialect)
        for frame in try Fixture.frames("\(name).sse") { _ = machine.read(frame) }
        guard case .failure(let fault) = machine.finish() else {
            Issue.record("a cut stream passed for whole")
            return
        }
        #expect(fault.kind == .truncated)
        #expect(machine.estimatedOutputTokens > 0)
    }

    @Test("an empty stream is a failure", arguments: Dialect.allCases)
    func emptyStream(dialect: Dialect) {
        var machine = StreamMachine(dialect: dialect)
        guard case .failure = machine.finish() else {
            Issue.record("an empty stream passed for whole")
            return
        }
    }

    @Test("an OpenAI stream without [DONE] is whole once every choice has ended")
    func withoutDone() throws {
        var machine = StreamMachine(dialect: .openAIChat)
        for frame in try Fixture.frames("openai-without-done.sse") { _ = machine.read(frame) }
        #expect(machine.finish() == .complete)

        var partial = StreamMachine(dialect: .openAIChat)
        _ = partial.read(Array(#"data: {"choices":[{"index":1,"delta":{"content":"b"}}]}"#.utf8))
        _ = partial.read(Array(#"data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#.utf8))
        #expect(partial.finish() != .complete)
    }
}
