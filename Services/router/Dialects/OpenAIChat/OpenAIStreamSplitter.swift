import Contracts
import JSON

/// Takes the text out of an OpenAI stream for someone to look at.
///
/// A chunk becomes its texts and the rest: the same bytes with the texts emptied, passed on where they still say
/// something. Probabilities of tokens are emptied too, since they repeat the text.
struct OpenAIStreamSplitter: Sendable {
    /// More texts than this are not told apart at a time.
    private static let limit = 256

    private(set) var head = OpenAIChunkHead()
    private var active: [AnswerChannel] = []
    private var hashes: [AnswerChannel: TextHash] = [:]

    mutating func read(
        _ payload: UnsafeRawBufferPointer,
        _ frame: UnsafeRawBufferPointer,
        into events: inout [AnswerEvent]
    ) {
        guard let chunk = OpenAIChunk(payload, head: &head) else { return events.append(.native(NativeFrame(frame))) }
        for channel in chunk.begun { close(before: channel, into: &events) }
        let textsFirst = chunk.ends || chunk.signed != nil
        if textsFirst {
            for choice in chunk.roles where !chunk.texts.isEmpty {
                events.append(.native(NativeFrame(bytes: head.roleFrame(choice))))
            }
        } else {
            pass(chunk, payload, into: &events)
        }
        for (channel, text) in chunk.texts { say(channel, text, into: &events) }
        if textsFirst {
            for choice in chunk.ended { close(choice: choice, into: &events) }
            pass(chunk, payload, into: &events)
        }
    }

    mutating func end(into events: inout [AnswerEvent]) {
        for channel in active { events.append(.close(channel)) }
        active = []
    }

    private mutating func say(_ channel: AnswerChannel, _ text: String, into events: inout [AnswerEvent]) {
        close(before: channel, into: &events)
        if active.last != channel, !active.contains(channel) {
            if active.count >= Self.limit { end(into: &events) }
            active.append(channel)
        }
        if channel.kind == .reasoning { hashes[channel, default: TextHash()].add(text) }
        events.append(.text(channel, text))
    }

    /// Ends what a text or a call comes after: reasoning before all else, text before a call; calls may take turns.
    private mutating func close(before channel: AnswerChannel, into events: inout [AnswerEvent]) {
        guard !active.isEmpty, channel.kind != .reasoning else { return }
        active.removeAll { other in
            guard other.choice == channel.choice, other != channel else { return false }
            let isOver = other.kind == .reasoning || (channel.kind == .toolArguments && other.kind == .text)
            if isOver { events.append(.close(other)) }
            return isOver
        }
    }

    private mutating func close(choice: Int, into events: inout [AnswerEvent]) {
        active.removeAll { channel in
            if channel.choice == choice { events.append(.close(channel)) }
            return channel.choice == choice
        }
    }

    private mutating func pass(
        _ chunk: OpenAIChunk,
        _ payload: UnsafeRawBufferPointer,
        into events: inout [AnswerEvent]
    ) {
        guard chunk.says else { return }
        var frame = NativeFrame(bytes: chunk.rest(of: payload))
        if let channel = chunk.signed {
            if active.contains(channel) {
                active.removeAll { $0 == channel }
                events.append(.close(channel))
            }
            frame.signs = (channel, hashes.removeValue(forKey: channel) ?? TextHash())
        }
        events.append(.native(frame))
    }
}
