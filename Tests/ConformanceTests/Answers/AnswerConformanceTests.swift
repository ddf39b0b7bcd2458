import Dialects
import TestSupport
import Testing

/// What every upstream says, every client must be told: in its own grammar, streamed and whole alike.
@Suite("Answers of every dialect for clients of every dialect")
struct AnswerConformanceTests {
    @Test("a dialect without recordings is not tested", arguments: Dialect.recorded)
    func recordings(dialect: Dialect) {
        let names = Recording.all.filter { $0.upstream == dialect }.map(\.name)
        #expect(names.count >= 12, "\(dialect.rawValue) has \(names)")
    }

    @Test("a stream says what was recorded", arguments: Pair.all)
    func streams(pair: Pair) throws {
        let expected = pair.recording.expected
        let frames = try StreamRun.frames(pair.recording.stream)
        let (out, isWhole) = StreamRun.translate(frames, pair, try pair.context())
        let said = grammar(pair.client).stream(out)
        #expect(said.problems == [], "\(pair)")
        #expect(isWhole == !expected.fails, "\(pair)")
        guard isWhole else {
            #expect(said.answer.error != nil, "\(pair): the failure is not told")
            #expect(said.answer.text == expected.says, "\(pair)")
            return
        }
        check(said.answer, pair)
    }

    @Test("a whole answer says what was recorded, and what the stream says", arguments: Pair.all)
    func wholeAnswers(pair: Pair) throws {
        guard let body = pair.recording.whole else { return }
        let answer = try AnswerTranslation.read(body, from: pair.recording.upstream)
        var lossy: [String] = []
        let written = AnswerTranslation.write(answer, as: pair.client, try pair.context(), lossy: &lossy)
        #expect(lossy == [], "\(pair)")
        let whole = grammar(pair.client).answer(try WireValue(written))
        #expect(whole.problems == [], "\(pair)")
        check(whole.answer, pair)
        let frames = try StreamRun.frames(pair.recording.stream)
        let (out, _) = StreamRun.translate(frames, pair, try pair.context())
        let streamed = grammar(pair.client).stream(out).answer
        #expect(comparable(whole.answer) == comparable(streamed), "\(pair)")
    }

    private func check(_ answer: StreamGrammar.Answer, _ pair: Pair) {
        let expected = pair.recording.expected
        let says = answer.text + answer.refusal
        // As arguments of a tool, a schema's answer may have lost its white space.
        let isJSON = expected.request == "structured"
        #expect(
            isJSON ? canonicalArguments(says) == canonicalArguments(expected.says) : says == expected.says,
            "\(pair)"
        )
        #expect(answer.reasoning == expected.reasoning, "\(pair)")
        let calls = answer.toolCalls.map { "\($0.name) \(canonicalArguments($0.arguments))" }
        #expect(calls == expected.calls, "\(pair)")
        #expect(Ending(answer) == expected.ending, "\(pair)")
        let seals = (answer.signatures + answer.redacted).filter { $0 != "keirouter-unsigned" }
        #expect(seals.isEmpty == !expected.isSigned, "\(pair): \(seals)")
        guard let counts = expected.counts else { return }
        #expect(answer.hasUsage, "\(pair)")
        #expect(answer.counts.prompt == counts["prompt"], "\(pair)")
        #expect(answer.counts.cacheRead == counts["cache_read"], "\(pair)")
        #expect(answer.counts.output == counts["output"], "\(pair)")
        // These two dialects have no word for one class each.
        let written = pair.client == .gemini ? 0 : counts["cache_write"]
        #expect(answer.counts.cacheWrite == written, "\(pair)")
        let reasoning = pair.client == .anthropicMessages ? 0 : counts["reasoning"]
        #expect(answer.counts.reasoning == reasoning, "\(pair)")
    }

    /// An answer without what differs between a stream and a whole answer by their form alone.
    private func comparable(_ answer: StreamGrammar.Answer) -> StreamGrammar.Answer {
        var answer = answer
        answer.toolCalls = answer.toolCalls.map { call in
            .init(id: call.id, name: call.name, arguments: canonicalArguments(call.arguments))
        }
        if (try? WireValue(Array(answer.text.utf8))) != nil { answer.text = canonicalArguments(answer.text) }
        answer.inputTokens = nil
        answer.outputTokens = nil
        return answer
    }
}
