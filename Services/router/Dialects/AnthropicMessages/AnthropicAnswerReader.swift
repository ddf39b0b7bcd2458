import Contracts
import JSON

/// Reads a whole answer of Anthropic's dialect.
enum AnthropicAnswerReader {
    static func read(_ document: JSONDocument) throws(UpstreamFault) -> CanonicalAnswer {
        let root = document.root
        guard let content = root.member("content"), content.kind == .array else {
            throw UpstreamFault(kind: .malformed, message: "the response has no content")
        }
        var answer = CanonicalAnswer(document, .anthropicMessages)
        answer.id = root.member("id")?.string
        answer.model = root.member("model")?.string
        if let usage = root.member("usage"), usage.kind == .object { answer.usage = AnthropicUsage(usage).tokens }
        answer.choices = [CanonicalChoice()]
        if let word = root.member("stop_reason")?.string {
            answer.choices[0].stop = StopReason(anthropic: word, sequence: root.member("stop_sequence")?.string)
        }
        for (index, block) in content.elements.enumerated() { read(block, index, into: &answer) }
        return answer
    }

    private static func read(_ block: JSONCursor, _ index: Int, into answer: inout CanonicalAnswer) {
        guard let type = block.member("type") else { return }
        if type.equals("text"), let value = block.member("text"), let text = WireText(value) {
            if let citations = block.member("citations"), citations.count > 0 { answer.lossy.add("citations") }
            add(.text(text), .text, value, index, into: &answer)
        } else if type.equals("thinking"), let value = block.member("thinking"), let text = WireText(value) {
            let signature = block.member("signature")
            let thinking = CanonicalThinking(text: text, signature: WireText(signature))
            add(.thinking(thinking), .reasoning, value, index, into: &answer)
            answer.places[answer.places.count - 1].signature = thinking.signature == nil ? nil : signature
        } else if type.equals("redacted_thinking"), let data = WireText(block.member("data")) {
            answer.choices[0].parts.append(.redactedThinking(data: data))
        } else if type.equals("tool_use") {
            let input = block.member("input")
            let call = CanonicalToolCall(
                id: block.member("id")?.string ?? "",
                name: block.member("name")?.string ?? "",
                arguments: input.map { input in WireText(input).map { .text($0) } ?? .json(input.raw) }
                    ?? .text(WireText("{}"))
            )
            if let input {
                add(.toolCall(call), .toolArguments, input, index, into: &answer)
            } else {
                answer.choices[0].parts.append(.toolCall(call))
            }
        } else {
            answer.lossy.add("content[].type")
            // What a tool of the provider was asked is the model's words too.
            if let input = block.member("input") { place(input, .toolArguments, index, nil, into: &answer) }
        }
    }

    private static func add(
        _ part: CanonicalPart,
        _ kind: SegmentKind,
        _ value: JSONCursor,
        _ index: Int,
        into answer: inout CanonicalAnswer
    ) {
        answer.choices[0].parts.append(part)
        place(value, kind, index, answer.choices[0].parts.count - 1, into: &answer)
    }

    private static func place(
        _ value: JSONCursor,
        _ kind: SegmentKind,
        _ index: Int,
        _ part: Int?,
        into answer: inout CanonicalAnswer
    ) {
        let channel = AnswerChannel(choice: 0, kind: kind, index: index)
        answer.places.append(AnswerPlace(channel: channel, value: value, signature: nil, choice: 0, part: part))
    }
}
