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
    /// The text that is open.
    private var channel: AnswerChannel?
    /// How many blocks it has begun.
    private var blocks = 0

    private let answer: String

    init(index: Int, answer: String) {
        self.index = index
        self.answer = answer
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
        guard let channel else { return }
        self.channel = nil
        events.append(.close(channel))
    }

    private mutating func next(_ kind: SegmentKind) -> AnswerChannel {
        defer { blocks += 1 }
        return AnswerChannel(choice: index, kind: kind, index: blocks)
    }

    private mutating func read(part: JSONCursor, into events: inout [AnswerEvent]) {
        let signature = part.member("thoughtSignature")?.string ?? ""
        if let call = part.member("functionCall"), call.kind == .object {
            seal(signature, .call, into: &events)
            return read(call: call, into: &events)
        }
        let isThought = part.member("thought")?.boolean == true
        if let text = part.member("text")?.string, !text.isEmpty {
            say(text, isThought ? .reasoning : .text, into: &events)
        }
        seal(signature, isThought ? .thought : .text, into: &events)
    }

    private mutating func say(_ text: String, _ kind: SegmentKind, into events: inout [AnswerEvent]) {
        if let channel, channel.kind == kind {
            events.append(.text(channel, text))
            return
        }
        endLine(into: &events)
        let channel = next(kind)
        self.channel = channel
        events.append(.open(channel, AnswerBlock(kind: kind == .reasoning ? .reasoning : .text)))
        events.append(.text(channel, text))
    }

    /// A signature as sealed reasoning of its own, see ``GeminiSignature``.
    private mutating func seal(
        _ signature: String,
        _ place: GeminiSignature.Place,
        into events: inout [AnswerEvent]
    ) {
        guard !signature.isEmpty else { return }
        endLine(into: &events)
        let channel = next(.reasoning)
        let data = GeminiSignature.sealed(signature, at: place)
        events.append(.open(channel, AnswerBlock(kind: .redactedReasoning(data: data))))
        events.append(.close(channel))
    }

    private mutating func read(call: JSONCursor, into events: inout [AnswerEvent]) {
        endLine(into: &events)
        let channel = next(.toolArguments)
        let id = call.member("id")?.string ?? ""
        let kind = AnswerBlock.Kind.toolCall(
            id: id.isEmpty ? GeminiCallID.make(answer: answer, choice: index, block: channel.index) : id,
            name: call.member("name")?.string ?? ""
        )
        events.append(.open(channel, AnswerBlock(kind: kind)))
        if let arguments = call.member("args"), arguments.count > 0 {
            events.append(.text(channel, String(decoding: arguments.raw, as: UTF8.self)))
        }
        events.append(.close(channel))
    }
}
