import Contracts
import JSON

/// Reads a whole answer of Ollama's dialect.
enum OllamaAnswerReader {
    static func read(_ document: JSONDocument) throws(UpstreamFault) -> CanonicalAnswer {
        let root = document.root
        guard let message = root.member("message"), message.kind == .object else {
            throw UpstreamFault(kind: .malformed, message: "the response has no message")
        }
        var answer = CanonicalAnswer(document, .ollama)
        answer.model = root.member("model")?.string
        answer.usage = OllamaUsage(root)?.tokens
        var choice = CanonicalChoice()
        choice.stop = root.member("done_reason")?.string.map { StopReason(ollama: $0) }
        func add(_ part: CanonicalPart, _ kind: SegmentKind, _ value: JSONCursor?) {
            choice.parts.append(part)
            guard let value, !value.isNull else { return }
            let channel = AnswerChannel(kind: kind, index: answer.places.count)
            answer.places.append(
                AnswerPlace(channel: channel, value: value, signature: nil, choice: 0, part: choice.parts.count - 1)
            )
        }
        if let value = message.member("thinking"), let text = WireText(value), !text.isEmpty {
            add(.thinking(CanonicalThinking(text: text, signature: nil)), .reasoning, value)
        }
        if let value = message.member("content"), let text = WireText(value), !text.isEmpty {
            add(.text(text), .text, value)
        }
        for item in message.member("tool_calls")?.listed ?? [] {
            guard let function = item.member("function"), function.kind == .object else { continue }
            let arguments = function.member("arguments")
            let id = item.member("id")?.string ?? ""
            let call = CanonicalToolCall(
                id: id.isEmpty ? GeminiCallID.make() : id,
                name: function.member("name")?.string ?? "",
                arguments: OpenAIMessageReader.arguments(arguments)
            )
            add(.toolCall(call), .toolArguments, arguments)
        }
        if let logprobs = root.member("logprobs"), !logprobs.isNull {
            answer.lossy.add("logprobs")
            // Probabilities say the tokens again.
            if let edit = JSONEdit.removeMember("logprobs", from: root) { answer.repeats.append(edit) }
        }
        answer.choices = [choice]
        return answer
    }
}

/// Writes a whole answer in Ollama's dialect.
struct OllamaAnswerWriter {
    let context: AnswerContext

    func write(_ answer: CanonicalAnswer, _ lossy: inout LossyNames) -> [UInt8] {
        var content: [WireText] = []
        var thinking: [WireText] = []
        var calls: [CanonicalToolCall] = []
        for part in answer.choices.first?.parts ?? [] {
            switch part {
            case .text(let text), .refusal(let text): content.append(text)
            case .thinking(let thought):
                thinking.append(thought.text)
                if thought.isKept { lossy.add("signature") }
            case .redactedThinking: lossy.add("redacted_thinking")
            case .toolCall(let call):
                if call.name == context.formatTool { content.append(call.arguments.text) } else { calls.append(call) }
            case .image, .file, .toolResult, .cacheMark: continue
            }
        }
        var writer = JSONWriter(capacity: answer.size + 512)
        writer.object { body in
            body.string("model", answer.model ?? context.requestedModel)
            body.string("created_at", CivilTime.iso8601(answer.created ?? context.created))
            body.object("message") { message in
                message.string("role", "assistant")
                message.text("content", WireText(joining: content, by: ""))
                if !thinking.isEmpty { message.text("thinking", WireText(joining: thinking, by: "")) }
                OllamaCall.write(calls, names: context.toolNames, &message)
            }
            body.boolean("done", true)
            body.string("done_reason", (answer.choices.first?.stop ?? .end).ollama)
            OllamaUsage.write(answer.usage ?? TokenUsage(input: context.estimatedInputTokens), &body)
        }
        return writer.bytes
    }
}
