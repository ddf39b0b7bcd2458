import Contracts
import JSON

/// Writes events as an Anthropic stream.
///
/// The dialect's blocks follow one another: of blocks that are open at once the first is written and the others wait.
struct AnthropicStreamWriter: Sendable {
    private struct Block: Sendable {
        let channel: AnswerChannel
        let kind: AnswerBlock.Kind
        /// What was said before the block could begin.
        var waiting: [String] = []
        var signature: AnswerSignature?
        var isClosed = false
        var hash = TextHash()
    }

    /// More than this does not wait for a block to end: the block ends then.
    private static let waitingLimit = 16 << 20

    private let context: AnswerContext
    /// The first block is being written.
    private var blocks: ArraySlice<Block> = []
    /// How much text waits behind the first block.
    private var waitingBytes = 0
    private var hasRefusal = false
    private var nextIndex = 0
    private var hasStarted = false
    private var hasToolCalls = false
    private var hasEnded = false
    private var stop: StopReason?

    init(context: AnswerContext) {
        self.context = context
    }

    mutating func encode(_ event: AnswerEvent, into out: inout [UInt8]) {
        guard !hasEnded else { return }
        switch event {
        case .start(let start): begin(start, into: &out)
        case .open(let channel, let block): open(channel, block.kind, into: &out)
        case .text(let channel, let text): say(channel, text, into: &out)
        case .signature(let channel, let signature):
            guard let place = place(of: channel) else { return }
            blocks[place].signature = signature
        case .close(let channel):
            guard let place = place(of: channel) else { return }
            blocks[place].isClosed = true
            if place == blocks.startIndex { advance(into: &out) }
        case .finish(let choice, let finish):
            if choice == 0 { stop = finish.reason }
        case .native: return
        }
    }

    /// Writes the end, once.
    mutating func end(usage: TokenUsage, into out: inout [UInt8]) {
        guard !hasEnded else { return }
        begin(AnswerStart(), into: &out)
        for place in blocks.indices { blocks[place].isClosed = true }
        advance(into: &out)
        hasEnded = true
        var stop = (stop ?? .end).fitting(hasToolCalls: hasToolCalls)
        if hasRefusal, stop == .end { stop = .refusal }
        frame("message_delta", into: &out) { event in
            event.object("delta") { delta in
                delta.string("stop_reason", stop.anthropic)
                delta.string("stop_sequence", stop.sequence)
            }
            event.object("usage") { AnthropicAnswerWriter.write(usage, &$0) }
        }
        frame("message_stop", into: &out) { _ in }
    }

    /// An error has ended the stream: nothing follows it.
    mutating func fail() {
        hasEnded = true
    }

    // MARK: Blocks

    private mutating func begin(_ start: AnswerStart, into out: inout [UInt8]) {
        guard !hasStarted else { return }
        hasStarted = true
        let context = context
        frame("message_start", into: &out) { event in
            event.object("message") { message in
                message.string("id", AnthropicAnswerWriter.id(start.id))
                message.string("type", "message")
                message.string("role", "assistant")
                message.string("model", start.model.flatMap { $0.isEmpty ? nil : $0 } ?? context.requestedModel)
                message.array("content") { _ in }
                message.null("stop_reason")
                message.null("stop_sequence")
                // The upstream counts at its end; what the client sees until then is a guess.
                let usage = TokenUsage(input: context.estimatedInputTokens)
                message.object("usage") { AnthropicAnswerWriter.write(usage, &$0) }
            }
        }
    }

    private func place(of channel: AnswerChannel) -> Int? {
        if blocks.first?.channel == channel { return blocks.startIndex }
        return blocks.lastIndex { $0.channel == channel }
    }

    private mutating func open(_ channel: AnswerChannel, _ kind: AnswerBlock.Kind, into out: inout [UInt8]) {
        guard channel.choice == 0 else { return }
        begin(AnswerStart(), into: &out)
        if case .toolCall = kind { hasToolCalls = true }
        if case .refusal = kind { hasRefusal = true }
        blocks.append(Block(channel: channel, kind: kind))
        if blocks.count == 1 { start(into: &out) }
    }

    private mutating func say(_ channel: AnswerChannel, _ text: String, into out: inout [UInt8]) {
        guard !text.isEmpty, channel.choice == 0 else { return }
        guard let place = place(of: channel) else { return late(channel, text, into: &out) }
        guard place > blocks.startIndex else { return delta(text, into: &out) }
        blocks[place].waiting.append(text)
        waitingBytes += text.utf8.count
        if waitingBytes > Self.waitingLimit {
            blocks[blocks.startIndex].isClosed = true
            advance(into: &out)
        }
    }

    /// Text that was held back past its block's end gets a block of its own; a tool's arguments have nowhere to go.
    private mutating func late(_ channel: AnswerChannel, _ text: String, into out: inout [UInt8]) {
        guard channel.kind != .toolArguments else { return }
        begin(AnswerStart(), into: &out)
        var block = Block(channel: channel, kind: channel.kind == .reasoning ? .reasoning : .text)
        block.isClosed = true
        if blocks.isEmpty {
            blocks.append(block)
            start(into: &out)
            delta(text, into: &out)
            advance(into: &out)
        } else {
            block.waiting.append(text)
            blocks.append(block)
        }
    }

    /// Ends the first block, if it is closed, and goes on with those behind it.
    private mutating func advance(into out: inout [UInt8]) {
        while let first = blocks.first, first.isClosed {
            finish(first, into: &out)
            blocks.removeFirst()
            guard let next = blocks.first else { return }
            start(into: &out)
            blocks[blocks.startIndex].waiting = []
            for text in next.waiting {
                waitingBytes -= text.utf8.count
                delta(text, into: &out)
            }
        }
    }

    private mutating func start(into out: inout [UInt8]) {
        let kind = blocks[blocks.startIndex].kind
        let context = context
        let index = nextIndex
        frame("content_block_start", into: &out) { event in
            event.integer("index", index)
            event.object("content_block") { block in
                switch kind {
                case .text, .refusal:
                    block.string("type", "text")
                    block.string("text", "")
                case .reasoning:
                    block.string("type", "thinking")
                    block.string("thinking", "")
                    block.string("signature", "")
                case .redactedReasoning(let data):
                    block.string("type", "redacted_thinking")
                    block.string("data", data)
                case .toolCall(let id, let name):
                    block.string("type", "tool_use")
                    block.string("id", AnthropicAnswerWriter.toolID(id))
                    block.string("name", context.clientName(name))
                    block.object("input") { _ in }
                }
            }
        }
    }

    private mutating func delta(_ text: String, into out: inout [UInt8]) {
        head(into: &out)
        switch blocks[blocks.startIndex].kind {
        case .text, .refusal: WireBytes.append(#"text_delta","text":"#, to: &out)
        case .reasoning:
            blocks[blocks.startIndex].hash.add(text)
            WireBytes.append(#"thinking_delta","thinking":"#, to: &out)
        case .redactedReasoning: WireBytes.append(#"unknown","text":"#, to: &out)
        case .toolCall: WireBytes.append(#"input_json_delta","partial_json":"#, to: &out)
        }
        WireBytes.appendQuoted(text, to: &out)
        WireBytes.append("}}\n\n", to: &out)
    }

    private func head(into out: inout [UInt8]) {
        WireBytes.append(
            "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":",
            to: &out
        )
        WireBytes.append(nextIndex, to: &out)
        WireBytes.append(#","delta":{"type":""#, to: &out)
    }

    private mutating func finish(_ block: Block, into out: inout [UInt8]) {
        if case .reasoning = block.kind {
            // A signature stands under the text that it was given for, or ours says that there is none.
            let signature = block.signature.flatMap { $0.hash == block.hash ? $0.text : nil }
            head(into: &out)
            WireBytes.append(#"signature_delta","signature":"#, to: &out)
            WireBytes.appendQuoted(signature ?? CanonicalThinking.ownSignature, to: &out)
            WireBytes.append("}}\n\n", to: &out)
        }
        let index = nextIndex
        frame("content_block_stop", into: &out) { $0.integer("index", index) }
        nextIndex += 1
    }

    private func frame(_ type: String, into out: inout [UInt8], _ body: (inout JSONFields) -> Void) {
        WireBytes.append("event: ", to: &out)
        out.append(contentsOf: type.utf8)
        WireBytes.append("\ndata: ", to: &out)
        var writer = JSONWriter()
        writer.object { event in
            event.string("type", type)
            body(&event)
        }
        out.append(contentsOf: writer.bytes)
        WireBytes.append("\n\n", to: &out)
    }
}
