import Dialects
import TestSupport
import Testing

/// What every upstream says, every client must be told: in its own grammar, streamed and whole alike.
@Suite("Answers of every dialect for clients of every dialect")
struct AnswerConformanceTests {
    @Test("a dialect without recordings is not tested", arguments: Dialect.allCases)
    func recordings(dialect: Dialect) {
        let names = Recording.all.filter { $0.upstream == dialect }.map(\.name)
        #expect(names.count >= 12, "\(dialect.rawValue) has \(names)")
    }

    @Test("a stream says what was recorded", arguments: Pair.all)
    func streams(pair: Pair) throws {
        let expected = pair.recording.expected
        let frames = try StreamRun.frames(pair.recording)
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
        // Ollama's dialect has no place for what signs reasoning.
        let seals = pair.client == .ollama && !pair.isNative && pair.recording.expected.isSigned
        #expect(seals ? Set(lossy).isSubset(of: ["signature", "redacted_thinking"]) : lossy == [], "\(pair)")
        let whole = grammar(pair.client).answer(try WireValue(written))
        #expect(whole.problems == [], "\(pair)")
        check(whole.answer, pair)
        let frames = try StreamRun.frames(pair.recording)
        let (out, _) = StreamRun.translate(frames, pair, try pair.context())
        let streamed = grammar(pair.client).stream(out).answer
        #expect(comparable(whole.answer) == comparable(streamed), "\(pair)")
    }

    @Test("a whole answer put together of a stream says what was recorded", arguments: Pair.all)
    func assembled(pair: Pair) throws {
        let context = try pair.context()
        var assembler = StreamAssembler(from: pair.recording.upstream, context: context)
        var failure: UpstreamFault?
        for frame in try StreamRun.frames(pair.recording) {
            if case .failure(let fault) = frame.withUnsafeBytes({ assembler.read($0) }) { failure = failure ?? fault }
        }
        if failure == nil, case .failure(let fault) = assembler.finish() { failure = fault }
        #expect((failure != nil) == pair.recording.expected.fails, "\(pair)")
        guard failure == nil else { return }
        var lossy: [String] = []
        let body = AnswerTranslation.write(assembler.answer, as: pair.client, context, lossy: &lossy)
        let whole = grammar(pair.client).answer(try WireValue(body))
        #expect(whole.problems == [], "\(pair)")
        check(whole.answer, pair)
    }

    @Test("a stream made of a whole answer says what was recorded", arguments: Pair.all)
    func split(pair: Pair) throws {
        guard let body = pair.recording.whole else { return }
        let answer = try AnswerTranslation.read(body, from: pair.recording.upstream)
        var lossy: [String] = []
        let bytes = AnswerTranslation.stream(answer, as: pair.client, try pair.context(), lossy: &lossy)
        let said = grammar(pair.client).stream(bytes)
        #expect(said.problems == [], "\(pair)")
        check(said.answer, pair)
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
        // Ollama's dialect has no word for a refusal.
        let ending = pair.client == .ollama && expected.ending == .refusal ? .end : expected.ending
        #expect(Ending(answer) == ending, "\(pair)")
        let seals = (answer.signatures + answer.redacted).filter { $0 != "keirouter-unsigned" }
        #expect(seals.isEmpty == (!expected.isSigned || pair.client == .ollama), "\(pair): \(seals)")
        guard let counts = expected.counts else { return }
        #expect(answer.hasUsage, "\(pair)")
        #expect(answer.counts.prompt == counts["prompt"], "\(pair)")
        // Ollama's dialect counts input and output alone; two others have no word for one class each.
        let isPlain = pair.client == .ollama
        #expect(answer.counts.cacheRead == (isPlain ? 0 : counts["cache_read"]), "\(pair)")
        #expect(answer.counts.output == counts["output"], "\(pair)")
        let written = isPlain || pair.client == .gemini ? 0 : counts["cache_write"]
        #expect(answer.counts.cacheWrite == written, "\(pair)")
        let reasoning = isPlain || pair.client == .anthropicMessages ? 0 : counts["reasoning"]
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
