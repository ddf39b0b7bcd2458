import Contracts

/// Makes a whole answer of a stream, for a client that wants one from a provider that answers in streams alone.
public struct StreamAssembler: Sendable {
    /// What the client is told in one piece.
    private struct Choice: Sendable {
        let index: Int
        var parts: [Part] = []
        var stop: StopReason?

        /// Some dialects end a refusal as every other answer.
        var ending: StopReason? {
            let refuses = parts.contains { if case .refusal = $0.kind { !$0.text.isEmpty } else { false } }
            return refuses && (stop == nil || stop == .end) ? .refusal : stop
        }
    }

    private struct Part: Sendable {
        let kind: AnswerBlock.Kind
        var text = ""
        var signature: String?
    }

    private var translator: StreamTranslator
    private var events: [AnswerEvent] = []
    private var start = AnswerStart()
    private var choices: [Choice] = []
    /// Where the text of a channel goes: the choice's place and the part's.
    private var places: [AnswerChannel: (choice: Int, part: Int)] = [:]

    /// - Parameters:
    ///   - upstream: What the upstream speaks.
    ///   - context: What the request's translation left.
    public init(from upstream: Dialect, context: AnswerContext) {
        translator = StreamTranslator(reading: upstream, context: context)
    }

    /// The judge: usage, stop reason, whether there was content.
    public var machine: StreamMachine { translator.machine }

    /// Reads one frame, its blank line included or not.
    ///
    /// - Parameter frame: The frame's bytes, valid during the call.
    /// - Returns: The machine's verdict.
    public mutating func read(_ frame: UnsafeRawBufferPointer) -> FrameVerdict {
        let verdict = translator.read(frame, into: &events)
        gather()
        return verdict
    }

    /// Says how the stream ended, when the upstream sent its last byte.
    public mutating func finish() -> StreamEnd {
        let end = translator.finish(into: &events)
        gather()
        return end
    }

    /// The answer as far as it came, with the provider's count or one by rule of thumb.
    public var answer: CanonicalAnswer {
        var answer = CanonicalAnswer()
        answer.id = start.id
        answer.model = start.model
        answer.created = start.created
        answer.usage = translator.usage
        answer.choices = choices.sorted { $0.index < $1.index }.map { choice in
            CanonicalChoice(index: choice.index, parts: choice.parts.map(Self.part), stop: choice.ending)
        }
        if answer.choices.isEmpty { answer.choices = [CanonicalChoice()] }
        return answer
    }

    private static func part(_ part: Part) -> CanonicalPart {
        let text = WireText(part.text)
        return switch part.kind {
        case .text: .text(text)
        case .refusal: .refusal(text)
        case .reasoning: .thinking(CanonicalThinking(text: text, signature: part.signature.map { WireText($0) }))
        case .redactedReasoning(let data): .redactedThinking(data: WireText(data))
        case .toolCall(let id, let name):
            .toolCall(CanonicalToolCall(id: id, name: name, arguments: .text(text)))
        }
    }

    private mutating func gather() {
        for event in events {
            switch event {
            case .start(let start): self.start = start
            case .open(let channel, let block):
                let choice = place(of: channel.choice)
                places[channel] = (choice, choices[choice].parts.count)
                choices[choice].parts.append(Part(kind: block.kind))
            case .text(let channel, let text):
                if let place = places[channel] { choices[place.choice].parts[place.part].text += text }
            case .signature(let channel, let signature):
                if let place = places[channel] { choices[place.choice].parts[place.part].signature = signature.text }
            case .finish(let index, let finish): choices[place(of: index)].stop = finish.reason
            case .close, .native: continue
            }
        }
        events.removeAll(keepingCapacity: true)
    }

    private mutating func place(of index: Int) -> Int {
        if let place = choices.firstIndex(where: { $0.index == index }) { return place }
        choices.append(Choice(index: index))
        return choices.count - 1
    }
}
