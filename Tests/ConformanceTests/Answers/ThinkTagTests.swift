import Dialects
import TestSupport
import Testing

/// Reasoning between tags, in pieces of every length.
@Suite("Reasoning between tags")
struct ThinkTagTests {
    static let answers: [(content: String, reasoning: String, text: String)] = [
        ("<think>a</think>b", "a", "b"),
        ("\n\n<think>\na <b> </thin\n</think>\n\nb </think> <think>c", "a <b> </thin\n", "b </think> <think>c"),
        ("<think></think>b", "", "b"),
        ("<think>\n\n</think>\n\nb", "", "b"),
        ("<think>never closed </thi", "never closed </thi", ""),
        ("`<think>` is a tag</think>", "", "`<think>` is a tag</think>"),
        ("```\n<think>x</think>\n```", "", "```\n<think>x</think>\n```"),
        ("<thinking>no</thinking>", "", "<thinking>no</thinking>"),
        ("<thi", "", "<thi"),
        ("  plain", "", "  plain"),
        ("<think>é🙂</think>é🙂", "é🙂", "é🙂"),
        ("<think>a<</think", "a<</think", ""),
        ("<think>a</think>\u{301}b", "a", "\u{301}b"),
    ]

    private func frames(_ content: String, size: Int) -> [[UInt8]] {
        var pieces: [String] = []
        var rest = content[...]
        while !rest.isEmpty {
            pieces.append(String(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        let head = #"{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":"#
        let chunks = pieces.map { piece in
            let text = piece.replacing("\n", with: #"\n"#)
            return Array(
                "data: \(head){\"role\":\"assistant\",\"content\":\"\(text)\"},\"finish_reason\":null}]}\n\n".utf8
            )
        }
        return chunks + [
            Array("data: \(head){},\"finish_reason\":\"stop\"}]}\n\n".utf8), Array("data: [DONE]\n\n".utf8),
        ]
    }

    private func said(_ content: String, size: Int, model: String) throws -> (reasoning: String, text: String) {
        let request = try RequestFile(.anthropicMessages, "hello").translated(.openAIChat, model: model)
        var translator = StreamTranslator(from: .openAIChat, to: .anthropicMessages, context: request.context)
        var events: [AnswerEvent] = []
        var out: [UInt8] = []
        for frame in frames(content, size: size) { _ = translator.read(frame, into: &events) }
        for event in events { translator.encode(event, into: &out) }
        translator.encodeEnd(into: &out)
        let grammar = MessagesGrammar().stream(out)
        #expect(grammar.problems == [])
        return (grammar.answer.reasoning, grammar.answer.text)
    }

    @Test("pieces of every length say the same", arguments: answers.indices)
    func pieces(number: Int) throws {
        let answer = Self.answers[number]
        for size in 1...answer.content.count {
            let said = try said(answer.content, size: size, model: "qwen3-32b")
            #expect(said.reasoning == answer.reasoning, "pieces of \(size)")
            #expect(said.text == answer.text, "pieces of \(size)")
        }
    }

    @Test("models that do not write them keep their tags")
    func others() throws {
        let said = try said("<think>a</think>b", size: 3, model: "gpt-4o")
        #expect(said.reasoning.isEmpty && said.text == "<think>a</think>b")
    }
}
