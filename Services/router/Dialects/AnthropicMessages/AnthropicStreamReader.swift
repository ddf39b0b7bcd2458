import Contracts
import JSON

/// Reads the events of an Anthropic stream, for clients of another dialect.
struct AnthropicStreamReader: Sendable {
    private enum Line: Sendable {
        case text
        case reasoning
        case tool
        /// Nothing that another dialect has a word for.
        case skipped

        var kind: SegmentKind {
            switch self {
            case .text, .skipped: .text
            case .reasoning: .reasoning
            case .tool: .toolArguments
            }
        }
    }

    private struct Block: Sendable {
        let index: Int
        let line: Line
        let channel: AnswerChannel
        var hash = TextHash()
        /// A tool's input that came with the block's start, used when no pieces follow.
        var input = ""
    }

    /// The tool whose input is the answer's text.
    private let formatTool: String?
    private var open: [Block] = []
    private var hasStarted = false

    init(formatTool: String?) {
        self.formatTool = formatTool
    }

    /// Reads the payload of one event.
    mutating func read(_ payload: UnsafeRawBufferPointer, into events: inout [AnswerEvent]) {
        guard let event = AnthropicEvent(payload) else { return }
        switch event.kind {
        case .blockDelta: read(delta: event, into: &events)
        case .blockStart: begin(event, into: &events)
        case .blockStop:
            guard let place = open.lastIndex(where: { $0.index == event.index }) else { return }
            close(place, into: &events)
        case .messageStart:
            guard !hasStarted, let message = event.message.flatMap({ event.scanner.document($0)?.root }) else { return }
            hasStarted = true
            let start = AnswerStart(id: message.member("id")?.string, model: message.member("model")?.string)
            events.append(.start(start))
        case .messageDelta:
            guard let delta = event.delta.flatMap({ event.scanner.document($0)?.root }),
                let word = delta.member("stop_reason")?.string
            else { return }
            end(into: &events)
            let reason = StopReason(anthropic: word, sequence: delta.member("stop_sequence")?.string)
            events.append(.finish(choice: 0, AnswerFinish(reason: reason)))
        case .messageStop, .other: return
        }
    }

    /// Ends what is open when no more frames come.
    mutating func end(into events: inout [AnswerEvent]) {
        while !open.isEmpty { close(0, into: &events) }
    }

    // MARK: Blocks

    private mutating func begin(_ event: AnthropicEvent, into events: inout [AnswerEvent]) {
        guard let block = event.block.flatMap({ event.scanner.document($0)?.root }),
            let type = block.member("type")
        else { return }
        if type.equals("text") {
            begin(event.index, .text, AnswerBlock(kind: .text), into: &events)
            say(block.member("text")?.string, into: &events)
        } else if type.equals("thinking") {
            begin(event.index, .reasoning, AnswerBlock(kind: .reasoning), into: &events)
            say(block.member("thinking")?.string, into: &events)
        } else if type.equals("redacted_thinking"), let data = block.member("data")?.string {
            begin(event.index, .reasoning, AnswerBlock(kind: .redactedReasoning(data: data)), into: &events)
        } else if type.equals("tool_use") {
            let name = block.member("name")?.string ?? ""
            if name == formatTool {
                begin(event.index, .text, AnswerBlock(kind: .text), into: &events)
            } else {
                let kind = AnswerBlock.Kind.toolCall(id: block.member("id")?.string ?? "", name: name)
                begin(event.index, .tool, AnswerBlock(kind: kind), into: &events)
            }
            guard let input = block.member("input"), input.count > 0 else { return }
            open[open.count - 1].input = String(decoding: input.raw, as: UTF8.self)
        } else {
            end(into: &events)
            open.append(Block(index: event.index, line: .skipped, channel: channel(.skipped, event.index)))
        }
    }

    private func channel(_ line: Line, _ index: Int) -> AnswerChannel {
        AnswerChannel(choice: 0, kind: line.kind, index: index)
    }

    private mutating func begin(
        _ index: Int,
        _ line: Line,
        _ block: AnswerBlock,
        into events: inout [AnswerEvent]
    ) {
        // The dialect's blocks do not overlap, whatever a server forgot to end.
        end(into: &events)
        let channel = channel(line, index)
        open.append(Block(index: index, line: line, channel: channel))
        events.append(.open(channel, block))
    }

    /// Says text that came with the start of the last block.
    private mutating func say(_ text: String?, into events: inout [AnswerEvent]) {
        guard let text, !text.isEmpty, let place = open.indices.last else { return }
        say(text, at: place, into: &events)
    }

    private mutating func say(_ text: String, at place: Int, into events: inout [AnswerEvent]) {
        open[place].input = ""
        if open[place].line == .reasoning { open[place].hash.add(text) }
        events.append(.text(open[place].channel, text))
    }

    private mutating func close(_ place: Int, into events: inout [AnswerEvent]) {
        let input = open[place].input
        if !input.isEmpty { say(input, at: place, into: &events) }
        let block = open.remove(at: place)
        if block.line != .skipped { events.append(.close(block.channel)) }
    }

    private mutating func read(delta event: AnthropicEvent, into events: inout [AnswerEvent]) {
        guard let delta = event.readDelta() else { return }
        guard let place = place(of: event.index, delta.kind, into: &events), open[place].line != .skipped else {
            return
        }
        switch delta.kind {
        case .text, .thinking, .input:
            if let text = delta.text, !text.isEmpty { say(text, at: place, into: &events) }
        case .signature:
            guard let text = delta.text, !text.isEmpty else { return }
            let signature = AnswerSignature(text: text, hash: open[place].hash)
            events.append(.signature(open[place].channel, signature))
        case .other: return
        }
    }

    /// The delta's block; one whose start never came begins with it.
    private mutating func place(
        of index: Int,
        _ kind: AnthropicEvent.Delta.Kind,
        into events: inout [AnswerEvent]
    ) -> Int? {
        if let place = open.lastIndex(where: { $0.index == index }) { return place }
        switch kind {
        case .text: begin(index, .text, AnswerBlock(kind: .text), into: &events)
        case .thinking: begin(index, .reasoning, AnswerBlock(kind: .reasoning), into: &events)
        case .input, .signature, .other: return nil
        }
        return open.count - 1
    }
}
