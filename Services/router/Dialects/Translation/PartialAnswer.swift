import Contracts
public import JSON

/// What a client has of a stream that broke off: text, and nothing but text.
public struct PartialAnswer: Sendable {
    /// Longer ones are not gone on with.
    static let limit = 256 << 10

    /// The text, as the model that goes on is given it: the white space at its end is not, which some models refuse there.
    public let text: String
    /// What was left away at its end.
    let space: String
    /// Tokens of the text by rule of thumb.
    let outputTokens: Int
    /// The text's channel.
    let channel: AnswerChannel
    /// What the client was told.
    let events: [AnswerEvent]

    /// Reads the frames that the client was sent, or whose translation it was sent.
    ///
    /// It is `nil` where there is something else than one text (a tool's call, reasoning, a second choice), where it has no
    /// name to go on under, or where nothing is missing.
    ///
    /// - Parameters:
    ///   - frames: In their order.
    ///   - upstream: The dialect in which they came.
    ///   - client: What the client speaks.
    ///   - context: What the request's translation left.
    public init?(
        _ frames: some Sequence<some Collection<UInt8>>,
        from upstream: Dialect,
        to client: Dialect,
        context: AnswerContext
    ) {
        // Its items have ids that are made anew by whoever writes them.
        guard client != .openAIResponses, upstream != .openAIResponses else { return nil }
        var reader = StreamTranslator(from: upstream, to: client, context: context, after: nil)
        var events: [AnswerEvent] = []
        for frame in frames { _ = reader.read(frame, into: &events) }
        var text = ""
        var channel: AnswerChannel?
        var hasStart = false
        for (place, event) in events.enumerated() {
            switch event {
            case .start(var start):
                guard start.id?.isEmpty == false || client == .gemini || client == .ollama else { return nil }
                start.isKnown = upstream == client
                events[place] = .start(start)
                hasStart = true
            case .open(let opened, let block):
                guard case .text = block.kind, opened.choice == 0, channel == nil || channel == opened else {
                    return nil
                }
                channel = opened
            case .text(let spoken, let piece):
                guard spoken.choice == 0, spoken.kind == .text, channel == nil || channel == spoken else { return nil }
                channel = spoken
                text += piece
            case .signature, .close, .finish, .native: return nil
            }
            guard text.utf8.count <= Self.limit else { return nil }
        }
        guard let channel, hasStart, !text.isEmpty else { return nil }
        let end = text.lastIndex { !$0.isWhitespace }.map(text.index(after:)) ?? text.startIndex
        guard end > text.startIndex else { return nil }
        self.text = String(text[..<end])
        space = String(text[end...])
        outputTokens = (text.utf8.count + 3) / 4
        self.channel = channel
        self.events = events
    }

    /// The edit that puts the text at the end of a request, as what its model has said so far.
    ///
    /// - Returns: `nil` where the request cannot take it: its last turn is the model's already.
    public func edit(_ facts: RequestFacts) -> JSONEdit? {
        let isGemini = facts.dialect == .gemini
        guard facts.dialect != .openAIResponses, let turns = facts.root[isGemini ? "contents" : "messages"],
            turns.count > 0, let role = turns[turns.count - 1]?["role"]?.string, role != "assistant", role != "model"
        else { return nil }
        var writer = JSONWriter()
        writer.object { turn in
            turn.string("role", isGemini ? "model" : "assistant")
            guard isGemini else { return turn.string("content", text) }
            turn.array("parts") { parts in parts.object { $0.string("text", text) } }
        }
        return .appendElement(writer.bytes, to: turns)
    }
}

/// Joins what a second upstream says to what the client has from the first.
struct AnswerSeam: Sendable {
    /// A repetition of less than this is no repetition.
    private static let shortestEcho = 16

    /// Tokens that the first upstream gave.
    let outputTokens: Int
    private let channel: AnswerChannel
    /// The second upstream's channel for the text that is gone on with.
    private var source: AnswerChannel?
    /// White space that the client has and the model was not given.
    private var space: Substring
    /// What the client has, to be told from what comes; empty once it is known to be no repetition.
    private var echo: [UInt8]
    /// How much of it has come once more.
    private var matched = 0

    init(_ partial: PartialAnswer) {
        outputTokens = partial.outputTokens
        channel = partial.channel
        space = partial.space[...]
        echo = partial.text.utf8.count < Self.shortestEcho ? [] : Array(partial.text.utf8)
    }

    /// Rewrites the events from a place on as those of one answer.
    mutating func join(_ events: inout [AnswerEvent], from place: Int) {
        guard place < events.count else { return }
        let new = events[place...]
        var joined: [AnswerEvent] = []
        for event in new {
            switch event {
            case .start: continue
            case .open(let opened, let block):
                if case .text = block.kind, source == nil || source == opened {
                    source = opened
                    continue
                }
                release(&joined)
                joined.append(event)
            case .text(let spoken, let text):
                guard spoken.kind == .text, source == nil || source == spoken else {
                    release(&joined)
                    joined.append(event)
                    continue
                }
                source = spoken
                say(text, &joined)
            case .close(let closed) where closed == source:
                release(&joined)
                joined.append(.close(channel))
            default:
                release(&joined)
                joined.append(event)
            }
        }
        events.replaceSubrange(place..., with: joined)
    }

    private mutating func say(_ text: String, _ joined: inout [AnswerEvent]) {
        var text = text[...]
        if !echo.isEmpty {
            let bytes = Array(text.utf8)
            let common = min(bytes.count, echo.count - matched)
            if echo[matched..<matched + common].elementsEqual(bytes[..<common]) {
                matched += common
                guard matched == echo.count else { return }
                // Some say all of it once more before they go on.
                text = String(decoding: bytes[common...], as: UTF8.self)[...]
            } else {
                text = (String(decoding: echo[..<matched], as: UTF8.self) + text)[...]
            }
            echo = []
        }
        while let next = space.first, let first = text.first, next == first {
            space.removeFirst()
            text.removeFirst()
        }
        if !text.isEmpty {
            space = ""
            joined.append(.text(channel, String(text)))
        }
    }

    /// What is held when something else comes was no repetition.
    private mutating func release(_ joined: inout [AnswerEvent]) {
        if matched > 0, !echo.isEmpty {
            joined.append(.text(channel, String(decoding: echo[..<matched], as: UTF8.self)))
        }
        echo = []
    }
}
