import Contracts
import JSON

/// Reads a whole answer of Bedrock's dialect.
enum BedrockAnswerReader {
    static func read(_ document: JSONDocument) throws(UpstreamFault) -> CanonicalAnswer {
        let root = document.root
        guard let message = root.member("output")?.member("message"), message.kind == .object else {
            throw UpstreamFault(kind: .malformed, message: "the response has no message")
        }
        var answer = CanonicalAnswer(document, .bedrock)
        if let usage = root.member("usage"), usage.kind == .object { answer.usage = BedrockUsage(usage).tokens }
        answer.choices = [CanonicalChoice()]
        answer.choices[0].stop = root.member("stopReason")?.string.map { StopReason(bedrock: $0) }
        for block in message.member("content")?.listed ?? [] { read(block, into: &answer) }
        return answer
    }

    private static func read(_ block: JSONCursor, into answer: inout CanonicalAnswer) {
        if let value = block.member("text"), let text = WireText(value) {
            add(.text(text), .text, value, into: &answer)
        } else if let use = block.member("toolUse"), use.kind == .object {
            let input = use.member("input")
            let call = CanonicalToolCall(
                id: use.member("toolUseId")?.string ?? "",
                name: use.member("name")?.string ?? "",
                arguments: OpenAIMessageReader.arguments(input)
            )
            add(.toolCall(call), .toolArguments, input, into: &answer)
        } else if let reasoning = block.member("reasoningContent"), reasoning.kind == .object {
            if let value = reasoning.member("reasoningText")?.member("text"), let text = WireText(value) {
                let signature = reasoning.member("reasoningText")?.member("signature")
                let thinking = CanonicalThinking(text: text, signature: WireText(signature))
                add(.thinking(thinking), .reasoning, value, into: &answer)
                answer.places[answer.places.count - 1].signature = thinking.signature == nil ? nil : signature
            } else if let data = WireText(reasoning.member("redactedContent")) {
                answer.choices[0].parts.append(.redactedThinking(data: data))
            }
        } else {
            answer.lossy.add("output.message.content[]")
        }
    }

    private static func add(
        _ part: CanonicalPart,
        _ kind: SegmentKind,
        _ value: JSONCursor?,
        into answer: inout CanonicalAnswer
    ) {
        answer.choices[0].parts.append(part)
        guard let value, !value.isNull else { return }
        let channel = AnswerChannel(kind: kind, index: answer.places.count)
        let place = answer.choices[0].parts.count - 1
        answer.places.append(AnswerPlace(channel: channel, value: value, signature: nil, choice: 0, part: place))
    }
}
