import Contracts
import JSON

/// One text of a stream that is written: a part of a message, a reasoning or a call's arguments.
struct ResponsesBlock: Sendable {
    enum Line: Sendable {
        case text
        case refusal
        case reasoning
        case redacted
        case function
        case custom
    }

    let channel: AnswerChannel
    let line: Line
    let item: ResponsesOutputItem
    let itemID: String
    let output: Int
    let part: Int
    var signature: AnswerSignature?
    private var text = ""
    private var hash = TextHash()
    private var input = CustomInputReader()
    /// A delta's frame up to the text.
    private let head: [UInt8]

    init(
        _ channel: AnswerChannel,
        _ line: Line,
        item: ResponsesOutputItem,
        id: String,
        _ output: Int,
        _ part: Int
    ) {
        self.channel = channel
        self.line = line
        self.item = item
        itemID = id
        self.output = output
        self.part = part
        head = Self.head(line, id, output, part)
    }

    var isPart: Bool { line == .text || line == .refusal }

    // MARK: Deltas

    private static func head(_ line: Line, _ id: String, _ output: Int, _ part: Int) -> [UInt8] {
        guard let type = deltaType(line) else { return [] }
        var head: [UInt8] = []
        WireBytes.append("event: ", to: &head)
        WireBytes.append(type, to: &head)
        WireBytes.append("\ndata: {\"type\":\"", to: &head)
        WireBytes.append(type, to: &head)
        WireBytes.append(#"","item_id":"#, to: &head)
        WireBytes.appendQuoted(id, to: &head)
        WireBytes.append(#","output_index":"#, to: &head)
        WireBytes.append(output, to: &head)
        if line == .reasoning {
            WireBytes.append(#","summary_index":"#, to: &head)
            WireBytes.append(part, to: &head)
        } else if line == .text || line == .refusal {
            WireBytes.append(#","content_index":"#, to: &head)
            WireBytes.append(part, to: &head)
        }
        if line == .text { WireBytes.append(#","logprobs":[]"#, to: &head) }
        WireBytes.append(#","delta":"#, to: &head)
        return head
    }

    private static func deltaType(_ line: Line) -> StaticString? {
        switch line {
        case .text: "response.output_text.delta"
        case .refusal: "response.refusal.delta"
        case .reasoning: "response.reasoning_summary_text.delta"
        case .function: "response.function_call_arguments.delta"
        case .custom: "response.custom_tool_call_input.delta"
        case .redacted: nil
        }
    }

    mutating func say(_ piece: String, _ frames: inout ResponsesFrames, into out: inout [UInt8]) {
        if line == .reasoning { hash.add(piece) }
        add(line == .custom ? input.push(piece) : piece, &frames, into: &out)
    }

    private mutating func add(_ piece: String, _ frames: inout ResponsesFrames, into out: inout [UInt8]) {
        guard !piece.isEmpty, !head.isEmpty else { return }
        if line == .reasoning, text.isEmpty { summaryAdded(&frames, into: &out) }
        text += piece
        out.append(contentsOf: head)
        WireBytes.appendQuoted(piece, to: &out)
        frames.endFrame(into: &out)
    }

    private func summaryAdded(_ frames: inout ResponsesFrames, into out: inout [UInt8]) {
        frames.write("response.reasoning_summary_part.added", into: &out) { event in
            place(&event)
            event.object("part") { part in
                part.string("type", "summary_text")
                part.string("text", "")
            }
        }
    }

    // MARK: The end

    mutating func finish(_ frames: inout ResponsesFrames, into out: inout [UInt8]) {
        if line == .custom { add(input.finish(), &frames, into: &out) }
        // A call without arguments has an empty object of them.
        if line == .function, text.isEmpty { add("{}", &frames, into: &out) }
        let text = text
        switch line {
        case .redacted: return
        case .reasoning where text.isEmpty: return
        case .text:
            frames.write("response.output_text.done", into: &out) { event in
                place(&event)
                event.array("logprobs") { _ in }
                event.string("text", text)
            }
        case .refusal:
            frames.write("response.refusal.done", into: &out) { event in
                place(&event)
                event.string("refusal", text)
            }
        case .reasoning:
            frames.write("response.reasoning_summary_text.done", into: &out) { event in
                place(&event)
                event.string("text", text)
            }
            frames.write("response.reasoning_summary_part.done", into: &out) { event in
                place(&event)
                event.object("part") { part in
                    part.string("type", "summary_text")
                    part.string("text", text)
                }
            }
        case .function:
            frames.write("response.function_call_arguments.done", into: &out) { event in
                place(&event)
                if case .call(let call) = item.kind { event.string("name", call.name) }
                event.string("arguments", text)
            }
        case .custom:
            frames.write("response.custom_tool_call_input.done", into: &out) { event in
                place(&event)
                event.string("input", text)
            }
        }
        if let content {
            frames.write("response.content_part.done", into: &out) { event in
                place(&event)
                event.object("part") { content.write(&$0) }
            }
        }
    }

    func place(_ event: inout JSONFields) {
        event.string("item_id", itemID)
        event.integer("output_index", output)
        if isPart { event.integer("content_index", part) }
        if line == .reasoning { event.integer("summary_index", part) }
    }

    /// What it is of its message; `nil` for what is an item of its own.
    var content: ResponsesOutputItem.Content? {
        switch line {
        case .text: .text(WireText(text))
        case .refusal: .refusal(WireText(text))
        case .reasoning, .redacted, .function, .custom: nil
        }
    }

    /// The item with its text.
    var finishedItem: ResponsesOutputItem {
        switch item.kind {
        case .call(var call):
            call.input = WireText(text)
            return ResponsesOutputItem(id: item.id, kind: .call(call))
        case .reasoning where line == .reasoning:
            // A signature stands with the text that it was given for.
            let signature = signature.flatMap { $0.hash == hash ? WireText($0.text) : nil }
            let encrypted = ForeignSignature.encryptedContent(signature)
            return ResponsesOutputItem(id: item.id, kind: .reasoning(text: WireText(text), encrypted: encrypted))
        case .reasoning, .message: return item
        }
    }
}

/// Numbers events and writes them as frames.
struct ResponsesFrames: Sendable {
    /// The number of the next event.
    private(set) var sequence = 0

    /// Writes an event.
    mutating func write(_ type: String, into out: inout [UInt8], _ body: (inout JSONFields) -> Void) {
        WireBytes.append("event: ", to: &out)
        out.append(contentsOf: type.utf8)
        WireBytes.append("\ndata: ", to: &out)
        let number = sequence
        sequence += 1
        var writer = JSONWriter()
        writer.object { event in
            event.string("type", type)
            body(&event)
            event.integer("sequence_number", number)
        }
        out.append(contentsOf: writer.bytes)
        WireBytes.append("\n\n", to: &out)
    }

    /// Ends a frame that was begun by hand, behind its last member.
    mutating func endFrame(into out: inout [UInt8]) {
        WireBytes.append(#","sequence_number":"#, to: &out)
        WireBytes.append(sequence, to: &out)
        sequence += 1
        WireBytes.append("}\n\n", to: &out)
    }

    mutating func added(_ item: ResponsesOutputItem, at output: Int, into out: inout [UInt8]) {
        write("response.output_item.added", into: &out) { event in
            event.integer("output_index", output)
            event.object("item") { item.write(.inProgress, &$0) }
        }
    }

    mutating func done(
        _ item: ResponsesOutputItem,
        _ status: ResponsesOutputItem.Status,
        at output: Int,
        into out: inout [UInt8]
    ) {
        write("response.output_item.done", into: &out) { event in
            event.integer("output_index", output)
            event.object("item") { item.write(status, &$0) }
        }
    }

    mutating func partAdded(_ block: ResponsesBlock, into out: inout [UInt8]) {
        let empty: ResponsesOutputItem.Content =
            block.line == .refusal ? .refusal(WireText("")) : .text(WireText(""))
        write("response.content_part.added", into: &out) { event in
            block.place(&event)
            event.object("part") { empty.write(&$0) }
        }
    }
}
