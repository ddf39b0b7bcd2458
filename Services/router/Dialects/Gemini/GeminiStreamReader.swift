import Contracts
import JSON

/// Reads the frames of a Gemini stream into events, for clients of another dialect.
///
/// Text and thoughts come in pieces, calls always whole.
struct GeminiStreamReader: Sendable {
    /// More candidates than this are not read.
    private static let choiceLimit = 64

    private var hasStarted = false
    /// What the answer is called, or something else that no other is.
    private var answer = ""
    private var choices: [GeminiChoiceReader] = []

    /// Reads the payload of one event.
    mutating func read(_ payload: UnsafeRawBufferPointer, into events: inout [AnswerEvent]) {
        guard let root = try? JSONDocument(Array(payload)).root, root.kind == .object else { return }
        if !hasStarted {
            hasStarted = true
            answer = root.member("responseId")?.string ?? AnswerID.random()
            let start = AnswerStart(
                id: root.member("responseId")?.string,
                model: root.member("modelVersion")?.string
            )
            events.append(.start(start))
        }
        for (position, candidate) in (root.member("candidates")?.elements ?? root.elements).enumerated() {
            guard let place = place(of: candidate.member("index")?.integer ?? position) else { continue }
            choices[place].read(candidate, into: &events)
        }
        if root.member("promptFeedback")?.member("blockReason")?.kind == .string, choices.isEmpty {
            events.append(.finish(choice: 0, AnswerFinish(reason: .refusal)))
        }
    }

    private mutating func place(of index: Int) -> Int? {
        if let place = choices.firstIndex(where: { $0.index == index }) { return place }
        guard choices.count < Self.choiceLimit else { return nil }
        choices.append(GeminiChoiceReader(index: index, answer: answer))
        return choices.count - 1
    }

    /// Ends what is open when no more frames come.
    mutating func end(into events: inout [AnswerEvent]) {
        for place in choices.indices { choices[place].endLine(into: &events) }
    }
}

/// Reads the pieces of one candidate.
struct GeminiChoiceReader: Sendable {
    let index: Int
    private var line: BlockLine
    private let answer: String

    init(index: Int, answer: String) {
        self.index = index
        self.answer = answer
        line = BlockLine(choice: index)
    }

    mutating func read(_ candidate: JSONCursor, into events: inout [AnswerEvent]) {
        for part in candidate.member("content")?.member("parts")?.elements ?? candidate.elements {
            read(part: part, into: &events)
        }
        guard let word = candidate.member("finishReason")?.string, !word.isEmpty else { return }
        endLine(into: &events)
        events.append(.finish(choice: index, AnswerFinish(reason: StopReason(gemini: word))))
    }

    mutating func endLine(into events: inout [AnswerEvent]) {
        line.end(into: &events)
    }

    private mutating func read(part: JSONCursor, into events: inout [AnswerEvent]) {
        let signature = part.member("thoughtSignature")?.string ?? ""
        if let call = part.member("functionCall"), call.kind == .object {
            seal(signature, .call, into: &events)
            return read(call: call, into: &events)
        }
        let isThought = part.member("thought")?.boolean == true
        if let text = part.member("text")?.string, !text.isEmpty {
            line.say(text, isThought ? .reasoning : .text, into: &events)
        }
        seal(signature, isThought ? .thought : .text, into: &events)
    }

    /// A signature as sealed reasoning of its own, see ``GeminiSignature``.
    private mutating func seal(
        _ signature: String,
        _ place: GeminiSignature.Place,
        into events: inout [AnswerEvent]
    ) {
        guard !signature.isEmpty else { return }
        let channel = line.begin(.reasoning, into: &events)
        let data = GeminiSignature.sealed(signature, at: place)
        events.append(.open(channel, AnswerBlock(kind: .redactedReasoning(data: data))))
        events.append(.close(channel))
    }

    private mutating func read(call: JSONCursor, into events: inout [AnswerEvent]) {
        let id = call.member("id")?.string ?? ""
        let arguments = call.member("args").flatMap { $0.count > 0 ? String(decoding: $0.raw, as: UTF8.self) : nil }
        line.call(call.member("name")?.string ?? "", arguments: arguments ?? "", into: &events) { channel in
            id.isEmpty ? GeminiCallID.make(answer: answer, choice: index, block: channel.index) : id
        }
    }
}
