import Contracts
import JSON

/// Reads a whole answer in the dialect of OpenAI's Responses.
enum ResponsesAnswerReader {
    /// Reads it; for a guard also the texts that no part carries.
    static func read(_ document: JSONDocument, findsEveryText: Bool) throws(UpstreamFault) -> CanonicalAnswer {
        let root = document.root
        guard let output = root.member("output"), output.kind == .array else {
            throw UpstreamFault(kind: .malformed, message: "the response has no output")
        }
        var answer = CanonicalAnswer(document, .openAIResponses)
        answer.id = root.member("id")?.string
        answer.model = root.member("model")?.string
        answer.created = root.member("created_at")?.double.flatMap { Int(exactly: $0.rounded()) }
        if let usage = root.member("usage"), usage.kind == .object { answer.usage = ResponsesUsage(usage).tokens }
        answer.choices = [CanonicalChoice()]
        answer.choices[0].stop = StopReason(responses: root)
        for (index, item) in output.elements.enumerated() {
            var reader = ItemReader(index: index, findsEveryText: findsEveryText)
            reader.read(item, into: &answer)
        }
        guard findsEveryText else { return answer }
        var rest = ResponsesPlaces()
        if let text = root.member("output_text") { rest.add(ResponsesPlaces.leaf(0, "output_text"), text) }
        for place in rest.places { add(place, part: nil, signature: nil, to: &answer) }
        return answer
    }

    private static func add(
        _ place: ResponsesPlaces.Place,
        part: Int?,
        signature: JSONCursor?,
        to answer: inout CanonicalAnswer
    ) {
        answer.places.append(
            AnswerPlace(channel: place.channel, value: place.value, signature: signature, choice: 0, part: part)
        )
    }

    /// Reads one item.
    private struct ItemReader {
        let index: Int
        let findsEveryText: Bool

        mutating func read(_ item: JSONCursor, into answer: inout CanonicalAnswer) {
            let type = item.member("type")
            let count = answer.places.count
            defer { if findsEveryText { readRest(item, from: count, into: &answer) } }
            if type?.equals("message") == true {
                readMessage(item, into: &answer)
            } else if type?.equals("reasoning") == true {
                readReasoning(item, into: &answer)
            } else if type?.equals("function_call") == true {
                let value = item.member("arguments")
                let arguments = OpenAIMessageReader.arguments(value)
                add(call: item, arguments, ResponsesPlaces.arguments(index), value, into: &answer)
            } else if type?.equals("custom_tool_call") == true {
                let value = item.member("input")
                let arguments = CustomTools.arguments(WireText(value) ?? WireText(escaped: []))
                add(call: item, .json(arguments), ResponsesPlaces.input(index), value, into: &answer)
            } else {
                // What a tool of the provider was asked, and said, is to be looked at too.
                answer.lossy.add("output[].type")
            }
        }

        /// Whatever texts the item has beside those that were read.
        private func readRest(_ item: JSONCursor, from first: Int, into answer: inout CanonicalAnswer) {
            var places = ResponsesPlaces()
            places.read(item: item, index)
            let known = Set(answer.places[first...].map(\.value.range.lowerBound))
            for place in places.places where !known.contains(place.value.range.lowerBound) {
                ResponsesAnswerReader.add(place, part: nil, signature: nil, to: &answer)
            }
        }

        private func readMessage(_ item: JSONCursor, into answer: inout CanonicalAnswer) {
            guard let content = item.member("content") else { return }
            for (place, part) in content.elements.enumerated() {
                if let annotations = part.member("annotations"), annotations.count > 0 {
                    answer.lossy.add("annotations")
                }
                if let logprobs = part.member("logprobs"), logprobs.count > 0 { answer.lossy.add("logprobs") }
                let channel = ResponsesPlaces.text(index, place)
                if let value = part.member("refusal"), let text = WireText(value) {
                    add(.refusal(text), channel, value, into: &answer)
                    if answer.choices[0].stop == .end { answer.choices[0].stop = .refusal }
                } else if let value = part.member("text") ?? part.member("transcript"), let text = WireText(value) {
                    add(.text(text), channel, value, into: &answer)
                }
            }
        }

        /// One part for all of its texts; where there are several, and one may be replaced, a part for each.
        private func readReasoning(_ item: JSONCursor, into answer: inout CanonicalAnswer) {
            var places = ResponsesPlaces()
            places.read(item: item, index)
            let encrypted = item.member("encrypted_content")
            var signature: WireText?
            if let content = WireText(encrypted), !content.isEmpty {
                signature = ForeignSignature.responses(id: item.member("id")?.string ?? "", content: content)
            }
            places.dropOnce()
            let isOne = places.places.count == 1
            if let only = places.places.first, isOne, let text = WireText(only.value) {
                answer.choices[0].parts.append(.thinking(CanonicalThinking(text: text, signature: signature)))
                let part = answer.choices[0].parts.count - 1
                let under = signature == nil ? nil : encrypted
                return ResponsesAnswerReader.add(only, part: part, signature: under, to: &answer)
            }
            for place in places.places {
                guard let text = WireText(place.value) else { continue }
                answer.choices[0].parts.append(.thinking(CanonicalThinking(text: text, signature: nil)))
                let part = answer.choices[0].parts.count - 1
                ResponsesAnswerReader.add(place, part: part, signature: nil, to: &answer)
            }
            guard let signature else { return }
            let thinking = CanonicalThinking(text: WireText(escaped: []), signature: signature)
            answer.choices[0].parts.append(.thinking(thinking))
        }

        private func add(
            call item: JSONCursor,
            _ arguments: CanonicalArguments,
            _ channel: AnswerChannel,
            _ value: JSONCursor?,
            into answer: inout CanonicalAnswer
        ) {
            let name = item.member("name")?.string ?? ""
            let call = CanonicalToolCall(
                id: item.member("call_id")?.string ?? item.member("id")?.string ?? "",
                name: NamespacedTool.joined(item.member("namespace")?.string, name),
                arguments: arguments
            )
            if let value, !value.isNull {
                add(.toolCall(call), channel, value, into: &answer)
            } else {
                answer.choices[0].parts.append(.toolCall(call))
            }
        }

        private func add(
            _ part: CanonicalPart,
            _ channel: AnswerChannel,
            _ value: JSONCursor,
            into answer: inout CanonicalAnswer
        ) {
            answer.choices[0].parts.append(part)
            let place = ResponsesPlaces.Place(channel: channel, value: value)
            ResponsesAnswerReader.add(place, part: answer.choices[0].parts.count - 1, signature: nil, to: &answer)
        }
    }
}

extension StopReason {
    /// Why a response ended.
    init(responses response: JSONCursor) {
        guard let status = response.member("status") else {
            self = .end
            return
        }
        if status.equals("incomplete") {
            let reason = response.member("incomplete_details")?.member("reason")
            self = reason?.equals("content_filter") == true ? .refusal : .length
        } else {
            self = .end
        }
    }
}
