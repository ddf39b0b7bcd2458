import Contracts
import JSON

/// Reads a whole answer of OpenAI's dialect.
enum OpenAIAnswerReader {
    static func read(_ document: JSONDocument) throws(UpstreamFault) -> CanonicalAnswer {
        let root = document.root
        guard let choices = root.member("choices"), choices.kind == .array else {
            throw UpstreamFault(kind: .malformed, message: "the response has no choices")
        }
        var answer = CanonicalAnswer(document, .openAIChat)
        answer.id = root.member("id")?.string
        answer.model = root.member("model")?.string
        answer.created = root.member("created")?.integer
        if let usage = root.member("usage"), usage.kind == .object { answer.usage = OpenAIUsage(usage).tokens }
        for (place, value) in choices.elements.enumerated() {
            var reader = ChoiceReader(choice: place, index: value.member("index")?.integer ?? place)
            reader.read(value)
            answer.choices.append(reader.result)
            answer.places += reader.places
            // Probabilities say the tokens again.
            if value.member("logprobs")?.kind == .object, let edit = JSONEdit.removeMember("logprobs", from: value) {
                answer.repeats.append(edit)
            }
            for name in reader.lossy.names { answer.lossy.add(name) }
        }
        return answer
    }

    /// Reads one choice.
    private struct ChoiceReader {
        let choice: Int
        var result: CanonicalChoice
        var places: [AnswerPlace] = []
        var lossy = LossyNames()

        init(choice: Int, index: Int) {
            self.choice = choice
            result = CanonicalChoice(index: index)
        }

        mutating func read(_ value: JSONCursor) {
            if let word = value.member("finish_reason")?.string { result.stop = StopReason(openAI: word) }
            if let logprobs = value.member("logprobs"), logprobs.kind == .object { lossy.add("logprobs") }
            guard let message = value.member("message") else { return }
            readReasoning(message)
            if let content = message.member("content") { read(content: content) }
            if let refusal = message.member("refusal"), let text = WireText(refusal), !text.isEmpty {
                add(.refusal(text), .text, refusal)
                if result.stop == nil || result.stop == .end { result.stop = .refusal }
            }
            if let audio = message.member("audio"), audio.kind == .object {
                lossy.add("audio")
                if let transcript = audio.member("transcript") { add(nil, .text, transcript) }
            }
            if let annotations = message.member("annotations"), annotations.count > 0 { lossy.add("annotations") }
            if let calls = message.member("tool_calls") { for call in calls.elements { read(call: call) } }
            if let function = message.member("function_call"), function.kind == .object {
                result.usesFunctions = true
                add(function: function, id: "")
            }
        }

        private mutating func readReasoning(_ message: JSONCursor) {
            var read: [JSONCursor] = []
            for piece in OpenAIReasoning.read(message) {
                read += piece.texts
                guard piece.texts.count > 1 else {
                    result.parts.append(piece.part)
                    guard let value = piece.texts.first else { continue }
                    add(place: value, .reasoning, part: result.parts.count - 1, signature: piece.signature)
                    continue
                }
                // A text in several pieces, each of which may be replaced: a part for each.
                for value in piece.texts {
                    guard let text = WireText(value) else { continue }
                    result.parts.append(.thinking(CanonicalThinking(text: text, signature: nil)))
                    add(place: value, .reasoning, part: result.parts.count - 1, signature: nil)
                }
            }
            for name in ["reasoning_content", "reasoning"] {
                guard let value = message[name], value.kind == .string,
                    !read.contains(where: { $0.range == value.range })
                else { continue }
                add(place: value, .reasoning, part: nil, signature: nil)
            }
        }

        private mutating func read(content: JSONCursor) {
            if let text = WireText(content) {
                if !text.isEmpty { add(.text(text), .text, content) }
                return
            }
            for part in content.elements {
                if let value = part.member("text"), let text = WireText(value) {
                    add(.text(text), .text, value)
                } else if let value = part.member("refusal"), let text = WireText(value) {
                    add(.refusal(text), .text, value)
                } else if let thinking = part.member("thinking") {
                    for inner in thinking.elements {
                        guard let value = inner.member("text"), let text = WireText(value) else { continue }
                        add(.thinking(CanonicalThinking(text: text, signature: nil)), .reasoning, value)
                    }
                } else {
                    lossy.add("content[].type")
                }
            }
        }

        private mutating func read(call: JSONCursor) {
            let id = call.member("id")?.string ?? ""
            if let function = call.member("function"), function.kind == .object {
                add(function: function, id: id)
            } else if let custom = call.member("custom"), custom.kind == .object {
                let name = custom.member("name")?.string ?? ""
                let input = custom.member("input")
                let call = CanonicalToolCall(id: id, name: name, arguments: OpenAIMessageReader.arguments(input))
                add(.toolCall(call), .toolArguments, input)
            }
        }

        private mutating func add(function: JSONCursor, id: String) {
            let value = function.member("arguments")
            let call = CanonicalToolCall(
                id: id,
                name: function.member("name")?.string ?? "",
                arguments: OpenAIMessageReader.arguments(value)
            )
            add(.toolCall(call), .toolArguments, value)
        }

        private mutating func add(_ part: CanonicalPart?, _ kind: SegmentKind, _ value: JSONCursor?) {
            if let part { result.parts.append(part) }
            guard let value, !value.isNull else { return }
            add(place: value, kind, part: part == nil ? nil : result.parts.count - 1, signature: nil)
        }

        private mutating func add(
            place value: JSONCursor,
            _ kind: SegmentKind,
            part: Int?,
            signature: JSONCursor?
        ) {
            let channel = AnswerChannel(choice: result.index, kind: kind, index: places.count)
            places.append(
                AnswerPlace(channel: channel, value: value, signature: signature, choice: choice, part: part)
            )
        }
    }
}
