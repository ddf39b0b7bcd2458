import Contracts
import JSON

/// Takes the text out of an Anthropic stream for someone to look at; all else stays as it is.
struct AnthropicStreamSplitter: Sendable {
    private struct Block: Sendable {
        let channel: AnswerChannel
        var hash = TextHash()
    }

    private static let limit = 64

    private var open: [Block] = []

    mutating func read(
        _ payload: UnsafeRawBufferPointer,
        _ frame: UnsafeRawBufferPointer,
        into events: inout [AnswerEvent]
    ) {
        guard let event = AnthropicEvent(payload) else { return events.append(.native(NativeFrame(frame))) }
        switch event.kind {
        case .blockDelta:
            if !read(delta: event, into: &events) { events.append(.native(NativeFrame(frame))) }
        case .blockStart:
            end(into: &events)
            if !read(start: event, payload, into: &events) { events.append(.native(NativeFrame(frame))) }
        case .blockStop:
            if let place = open.lastIndex(where: { $0.channel.index == event.index }) {
                events.append(.close(open.remove(at: place).channel))
            }
            events.append(.native(NativeFrame(frame)))
        case .messageDelta:
            end(into: &events)
            events.append(.native(NativeFrame(frame)))
        case .messageStart, .messageStop, .other:
            events.append(.native(NativeFrame(frame)))
        }
    }

    mutating func end(into events: inout [AnswerEvent]) {
        for block in open { events.append(.close(block.channel)) }
        open = []
    }

    /// - Returns: Whether the delta is text; others pass as they are.
    private mutating func read(delta event: AnthropicEvent, into events: inout [AnswerEvent]) -> Bool {
        guard let delta = event.readDelta(), let text = delta.text else { return false }
        switch delta.kind {
        case .other: return false
        case .signature:
            let place = place(of: event.index, .reasoning, into: &events)
            let signature = AnswerSignature(text: text, hash: open[place].hash)
            events.append(.signature(open[place].channel, signature))
        case .text: say(text, at: place(of: event.index, .text, into: &events), into: &events)
        case .thinking: say(text, at: place(of: event.index, .reasoning, into: &events), into: &events)
        case .input: say(text, at: place(of: event.index, .toolArguments, into: &events), into: &events)
        }
        return true
    }

    private mutating func say(_ text: String, at place: Int, into events: inout [AnswerEvent]) {
        guard !text.isEmpty else { return }
        if open[place].channel.kind == .reasoning { open[place].hash.add(text) }
        events.append(.text(open[place].channel, text))
    }

    private mutating func place(of index: Int, _ kind: SegmentKind, into events: inout [AnswerEvent]) -> Int {
        if let place = open.lastIndex(where: { $0.channel.index == index && $0.channel.kind == kind }) { return place }
        // A sound stream has one block open.
        if open.count >= Self.limit { end(into: &events) }
        open.append(Block(channel: AnswerChannel(choice: 0, kind: kind, index: index)))
        return open.count - 1
    }

    /// Text that comes with the start of its block is said after it.
    ///
    /// - Returns: Whether there was any; starts without pass as they are.
    private mutating func read(
        start event: AnthropicEvent,
        _ payload: UnsafeRawBufferPointer,
        into events: inout [AnswerEvent]
    ) -> Bool {
        guard let range = event.block, let block = event.scanner.document(range)?.root else { return false }
        let isToolUse = block.member("type")?.equals("tool_use") == true
        let value: JSONCursor?
        let kind: SegmentKind
        if let text = block.member("text"), text.kind == .string {
            (value, kind) = (text, .text)
        } else if let thinking = block.member("thinking"), thinking.kind == .string {
            (value, kind) = (thinking, .reasoning)
        } else {
            (value, kind) = (isToolUse ? block.member("input") : nil, .toolArguments)
        }
        guard let value, value.kind == .string ? value.utf8Count != 0 : value.count > 0 else { return false }
        let text = value.string ?? String(decoding: value.raw, as: UTF8.self)
        var bytes = Array("event: content_block_start\ndata: ".utf8)
        let start = range.lowerBound + value.range.lowerBound
        bytes.append(contentsOf: payload[..<start])
        bytes.append(contentsOf: (value.kind == .string ? #""""# : "{}").utf8)
        bytes.append(contentsOf: payload[(range.lowerBound + value.range.upperBound)...])
        WireBytes.append("\n\n", to: &bytes)
        events.append(.native(NativeFrame(bytes: bytes)))
        say(text, at: place(of: event.index, kind, into: &events), into: &events)
        return true
    }
}
