import Contracts
import JSON

/// Reads a whole answer of Cohere's dialect.
enum CohereAnswerReader {
    static func read(_ document: JSONDocument) throws(UpstreamFault) -> CanonicalAnswer {
        let root = document.root
        guard let message = root.member("message"), message.kind == .object else {
            throw UpstreamFault(kind: .malformed, message: "the response has no message")
        }
        var answer = CanonicalAnswer(document, .cohere)
        answer.id = root.member("id")?.string
        if let usage = root.member("usage"), usage.kind == .object { answer.usage = CohereUsage(usage).tokens }
        var reader = MessageReader()
        reader.read(message)
        reader.result.stop = root.member("finish_reason")?.string.map { StopReason(cohere: $0) }
        answer.choices = [reader.result]
        answer.places = reader.places
        if message.member("citations")?.count ?? 0 > 0 { answer.lossy.add("citations") }
        if let logprobs = root.member("logprobs"), !logprobs.isNull { answer.lossy.add("logprobs") }
        return answer
    }

    private struct MessageReader {
        var result = CanonicalChoice()
        var places: [AnswerPlace] = []

        mutating func read(_ message: JSONCursor) {
            // The plan for calls is what the model thought before them.
            if let value = message.member("tool_plan"), let text = WireText(value), !text.isEmpty {
                add(.thinking(CanonicalThinking(text: text, signature: nil)), .reasoning, value)
            }
            for block in message.member("content")?.listed ?? [] {
                if let value = block.member("thinking"), let text = WireText(value), !text.isEmpty {
                    add(.thinking(CanonicalThinking(text: text, signature: nil)), .reasoning, value)
                } else {
                    let value = block.kind == .string ? block : block.member("text")
                    if let value, let text = WireText(value), !text.isEmpty { add(.text(text), .text, value) }
                }
            }
            for item in message.member("tool_calls")?.listed ?? [] {
                guard let function = item.member("function"), function.kind == .object else { continue }
                let value = function.member("arguments")
                let call = CanonicalToolCall(
                    id: item.member("id")?.string ?? "",
                    name: function.member("name")?.string ?? "",
                    arguments: OpenAIMessageReader.arguments(value)
                )
                add(.toolCall(call), .toolArguments, value)
            }
        }

        private mutating func add(_ part: CanonicalPart, _ kind: SegmentKind, _ value: JSONCursor?) {
            result.parts.append(part)
            guard let value, !value.isNull else { return }
            let channel = AnswerChannel(kind: kind, index: places.count)
            places.append(
                AnswerPlace(channel: channel, value: value, signature: nil, choice: 0, part: result.parts.count - 1)
            )
        }
    }
}
