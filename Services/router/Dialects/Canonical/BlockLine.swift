import Contracts

/// The blocks of one choice in a stream whose texts follow one another: which is open, and how many have begun.
struct BlockLine: Sendable {
    let choice: Int
    private var channel: AnswerChannel?
    /// How many blocks have begun.
    private(set) var count = 0

    init(choice: Int = 0) {
        self.choice = choice
    }

    /// Adds a piece of text to the block that is open, or to a new one where that is of another kind.
    mutating func say(_ text: String, _ kind: SegmentKind, into events: inout [AnswerEvent]) {
        guard !text.isEmpty else { return }
        if let channel, channel.kind == kind {
            events.append(.text(channel, text))
            return
        }
        end(into: &events)
        let channel = next(kind)
        self.channel = channel
        events.append(.open(channel, AnswerBlock(kind: kind == .reasoning ? .reasoning : .text)))
        events.append(.text(channel, text))
    }

    /// Ends the block that is open.
    mutating func end(into events: inout [AnswerEvent]) {
        guard let channel else { return }
        self.channel = nil
        events.append(.close(channel))
    }

    /// Ends the block that is open and begins one that its caller fills and closes.
    mutating func begin(_ kind: SegmentKind, into events: inout [AnswerEvent]) -> AnswerChannel {
        end(into: &events)
        return next(kind)
    }

    /// A call that comes as a whole.
    mutating func call(
        _ name: String,
        arguments: String,
        into events: inout [AnswerEvent],
        id: (AnswerChannel) -> String
    ) {
        let channel = begin(.toolArguments, into: &events)
        events.append(.open(channel, AnswerBlock(kind: .toolCall(id: id(channel), name: name))))
        if !arguments.isEmpty { events.append(.text(channel, arguments)) }
        events.append(.close(channel))
    }

    private mutating func next(_ kind: SegmentKind) -> AnswerChannel {
        defer { count += 1 }
        return AnswerChannel(choice: choice, kind: kind, index: count)
    }
}
