import Contracts
import JSON

/// Reads a whole answer of Gemini's dialect.
enum GeminiAnswerReader {
    static func read(_ document: JSONDocument) throws(UpstreamFault) -> CanonicalAnswer {
        let root = document.root
        let candidates = root.member("candidates")
        let refusal = root.member("promptFeedback")?.member("blockReason")?.string
        guard candidates?.kind == .array || refusal != nil else {
            throw UpstreamFault(kind: .malformed, message: "the response has no candidates")
        }
        var answer = CanonicalAnswer(document, .gemini)
        answer.id = root.member("responseId")?.string
        answer.model = root.member("modelVersion")?.string
        if let usage = root.member("usageMetadata"), usage.kind == .object { answer.usage = GeminiUsage(usage).tokens }
        for (place, candidate) in (candidates?.listed ?? []).enumerated() {
            var reader = CandidateReader(
                choice: place,
                index: candidate.member("index")?.integer ?? place,
                blocks: answer.places.count,
                answer: answer.id ?? AnswerID.random()
            )
            reader.read(candidate)
            answer.choices.append(reader.result)
            answer.places += reader.places
            answer.repeats += reader.repeats
            for name in reader.lossy.names { answer.lossy.add(name) }
        }
        if answer.choices.isEmpty {
            var choice = CanonicalChoice()
            choice.stop = .refusal
            answer.choices = [choice]
        }
        return answer
    }

    /// Reads one candidate.
    private struct CandidateReader {
        let choice: Int
        var result: CanonicalChoice
        var places: [AnswerPlace] = []
        /// What says the texts again and goes when one of them changes.
        var repeats: [JSONEdit] = []
        var lossy = LossyNames()
        private let blocks: Int
        private let answer: String

        init(choice: Int, index: Int, blocks: Int, answer: String) {
            self.answer = answer
            self.choice = choice
            self.blocks = blocks
            result = CanonicalChoice(index: index)
        }

        mutating func read(_ candidate: JSONCursor) {
            if let word = candidate.member("finishReason")?.string { result.stop = StopReason(gemini: word) }
            for part in candidate.member("content")?.member("parts")?.listed ?? [] { read(part: part) }
            if let message = candidate.member("finishMessage") { place(message, .text, nil) }
            if candidate.member("logprobsResult") != nil {
                lossy.add("logprobsResult")
                if let edit = JSONEdit.removeMember("logprobsResult", from: candidate) { repeats.append(edit) }
            }
            if candidate.member("citationMetadata") != nil { lossy.add("citationMetadata") }
            guard let grounding = candidate.member("groundingMetadata"), grounding.kind == .object else { return }
            lossy.add("groundingMetadata")
            for support in grounding.member("groundingSupports")?.listed ?? [] {
                if let text = support.member("segment")?.member("text") { place(text, .text, nil) }
            }
            for query in grounding.member("webSearchQueries")?.listed ?? [] { place(query, .text, nil) }
        }

        private mutating func read(part: JSONCursor) {
            let signature = WireText(part.member("thoughtSignature")).flatMap { $0.isEmpty ? nil : $0 }
            if let call = part.member("functionCall"), call.kind == .object {
                seal(signature, .call)
                return read(call: call)
            }
            let isThought = part.member("thought")?.boolean == true
            if let value = part.member("text"), let text = WireText(value) {
                if !text.isEmpty {
                    let part: CanonicalPart =
                        isThought ? .thinking(CanonicalThinking(text: text, signature: nil)) : .text(text)
                    result.parts.append(part)
                    place(value, isThought ? .reasoning : .text, result.parts.count - 1)
                }
            } else if let data = part.member("inlineData") {
                lossy.add("candidates[].content.parts[].inlineData")
                if let text = data.member("displayName") { place(text, .text, nil) }
            } else if let code = part.member("executableCode") {
                lossy.add("candidates[].content.parts[].executableCode")
                if let text = code.member("code") { place(text, .text, nil) }
            } else if let outcome = part.member("codeExecutionResult") {
                lossy.add("candidates[].content.parts[].codeExecutionResult")
                if let text = outcome.member("output") { place(text, .text, nil) }
            } else if signature == nil {
                lossy.add("candidates[].content.parts[]")
            }
            seal(signature, isThought ? .thought : .text)
        }

        private mutating func read(call: JSONCursor) {
            let arguments = call.member("args")
            let id = call.member("id")?.string ?? ""
            let canonical = CanonicalToolCall(
                id: id.isEmpty ? GeminiCallID.make(answer: answer, choice: choice, block: result.parts.count) : id,
                name: call.member("name")?.string ?? "",
                arguments: .json(arguments?.raw ?? Array("{}".utf8)[...])
            )
            result.parts.append(.toolCall(canonical))
            if let arguments, !arguments.isNull { place(arguments, .toolArguments, result.parts.count - 1) }
        }

        private mutating func seal(_ signature: WireText?, _ place: GeminiSignature.Place) {
            guard let signature else { return }
            result.parts.append(.redactedThinking(data: GeminiSignature.sealed(signature, at: place)))
        }

        private mutating func place(_ value: JSONCursor, _ kind: SegmentKind, _ part: Int?) {
            guard value.kind == .string || value.kind == .object || value.kind == .array else { return }
            let channel = AnswerChannel(choice: result.index, kind: kind, index: blocks + places.count)
            places.append(AnswerPlace(channel: channel, value: value, signature: nil, choice: choice, part: part))
        }
    }
}

extension StopReason {
    /// Gemini's word; an unknown one is a plain end.
    init(gemini word: String) {
        switch word {
        case "MAX_TOKENS": self = .length
        case "SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY",
            "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION", "MODEL_ARMOR":
            self = .refusal
        default: self = .end
        }
    }

    var gemini: String {
        switch self {
        case .end, .toolCalls, .stopSequence, .pause: "STOP"
        case .length: "MAX_TOKENS"
        case .refusal: "SAFETY"
        }
    }
}
