import Contracts
import JSON

/// Writes events as a stream of OpenAI's Responses.
///
/// Each block is an item of the output or, where it is text, a part of a message; texts that follow one another are
/// parts of one. Items that are open at once keep their own places, as the dialect allows.
struct ResponsesStreamWriter: Sendable {
    private struct Message: Sendable {
        let id: String
        let output: Int
        var contents: [ResponsesOutputItem.Content] = []
        var parts = 0
    }

    private var frames: ResponsesFrames
    private let context: AnswerContext
    private var object: ResponsesObject?
    private var blocks: [ResponsesBlock] = []
    private var message: Message?
    /// By place; what is not whole yet is missing.
    private var items: [ResponsesOutputItem?] = []
    private var hasRefusal = false
    private var hasEnded = false
    private var stop: StopReason?

    init(context: AnswerContext) {
        self.context = context
        frames = ResponsesFrames()
    }

    /// Where the stream stands.
    var position: StreamPosition {
        var position = StreamPosition()
        position.sequence = frames.sequence
        position.id = object?.id
        position.model = object?.model
        position.created = object?.created
        return position
    }

    mutating func encode(_ event: AnswerEvent, into out: inout [UInt8]) {
        guard !hasEnded else { return }
        switch event {
        case .start(let start): _ = begin(start, into: &out)
        case .open(let channel, let block):
            if channel.choice == 0 { open(channel, block.kind, into: &out) }
        case .text(let channel, let text):
            if channel.choice == 0, !text.isEmpty { say(channel, text, into: &out) }
        case .signature(let channel, let signature):
            guard let place = blocks.lastIndex(where: { $0.channel == channel }) else { return }
            blocks[place].signature = signature
        case .close(let channel):
            guard let place = blocks.firstIndex(where: { $0.channel == channel }) else { return }
            close(place, into: &out)
        case .finish(let choice, let finish):
            if choice == 0 { stop = finish.reason }
        case .native: return
        }
    }

    /// Writes the end, once.
    mutating func end(usage: TokenUsage, into out: inout [UInt8]) {
        guard !hasEnded else { return }
        let object = begin(AnswerStart(), into: &out)
        let ending = ResponsesObject.Ending(stop, hasRefusal: hasRefusal)
        while !blocks.isEmpty { close(0, ending.itemStatus, into: &out) }
        endMessage(ending.itemStatus, into: &out)
        hasEnded = true
        let output = items.compactMap { $0 }
        frames.write("response.\(ending.status)", into: &out) { event in
            event.object("response") { object.write(ending, output, usage, &$0) }
        }
    }

    /// An error has ended the stream: nothing follows it.
    mutating func fail() {
        hasEnded = true
    }

    // MARK: Blocks

    private mutating func begin(_ start: AnswerStart, into out: inout [UInt8]) -> ResponsesObject {
        if let object { return object }
        let made = ResponsesObject(start, context)
        object = made
        for type in ["response.created", "response.in_progress"] {
            frames.write(type, into: &out) { event in
                event.object("response") { made.write(nil, [], nil, &$0) }
            }
        }
        return made
    }

    private mutating func open(_ channel: AnswerChannel, _ kind: AnswerBlock.Kind, into out: inout [UInt8]) {
        _ = begin(AnswerStart(), into: &out)
        switch kind {
        case .text, .refusal:
            if case .refusal = kind { hasRefusal = true }
            openPart(channel, kind, into: &out)
        case .reasoning: openItem(channel, .reasoning, .reasoning(text: nil, signature: nil), into: &out)
        case .redactedReasoning(let data):
            openItem(channel, .redacted, .redacted(WireText(data)), into: &out)
        case .toolCall(let id, let name):
            let call = ResponsesOutputItem.ToolCall(id: id, upstreamName: name, context)
            openItem(channel, call.isCustom ? .custom : .function, .call(call), into: &out)
        }
    }

    /// A part of the message, which begins with its first.
    private mutating func openPart(_ channel: AnswerChannel, _ kind: AnswerBlock.Kind, into out: inout [UInt8]) {
        if message == nil {
            let item = ResponsesOutputItem.message([])
            message = Message(id: item.id, output: items.count)
            items.append(nil)
            frames.added(item, at: items.count - 1, into: &out)
        }
        guard let message else { return }
        let line: ResponsesBlock.Line
        if case .refusal = kind { line = .refusal } else { line = .text }
        let block = ResponsesBlock(channel, line, item: .message([]), id: message.id, message.output, message.parts)
        self.message?.parts += 1
        frames.partAdded(block, into: &out)
        blocks.append(block)
    }

    private mutating func openItem(
        _ channel: AnswerChannel,
        _ line: ResponsesBlock.Line,
        _ item: ResponsesOutputItem,
        into out: inout [UInt8]
    ) {
        endMessage(.completed, into: &out)
        let block = ResponsesBlock(channel, line, item: item, id: item.id, items.count, 0)
        items.append(nil)
        frames.added(item, at: block.output, into: &out)
        blocks.append(block)
    }

    private mutating func say(_ channel: AnswerChannel, _ text: String, into out: inout [UInt8]) {
        guard let place = blocks.lastIndex(where: { $0.channel == channel }) else {
            return late(channel, text, into: &out)
        }
        blocks[place].say(text, &frames, into: &out)
    }

    /// Text that was held back past its block's end gets a block of its own; a tool's arguments have nowhere to go.
    private mutating func late(_ channel: AnswerChannel, _ text: String, into out: inout [UInt8]) {
        guard channel.kind != .toolArguments else { return }
        open(channel, channel.kind == .reasoning ? .reasoning : .text, into: &out)
        guard let place = blocks.lastIndex(where: { $0.channel == channel }) else { return }
        blocks[place].say(text, &frames, into: &out)
        close(place, into: &out)
    }

    private mutating func close(
        _ place: Int,
        _ status: ResponsesOutputItem.Status = .completed,
        into out: inout [UInt8]
    ) {
        var block = blocks.remove(at: place)
        block.finish(&frames, into: &out)
        if let content = block.content {
            message?.contents.append(content)
            return
        }
        let item = block.finishedItem
        items[block.output] = item
        frames.done(item, status, at: block.output, into: &out)
    }

    private mutating func endMessage(_ status: ResponsesOutputItem.Status, into out: inout [UInt8]) {
        guard message != nil else { return }
        while let place = blocks.firstIndex(where: \.isPart) { close(place, status, into: &out) }
        guard let ended = message else { return }
        message = nil
        let item = ResponsesOutputItem(id: ended.id, kind: .message(ended.contents))
        items[ended.output] = item
        frames.done(item, status, at: ended.output, into: &out)
    }
}
