import Contracts
import JSON

/// Reads the events of a Bedrock stream, for clients of another dialect.
///
/// Text blocks have no start. Signatures and sealed reasoning may come in pieces and are told when their block ends.
struct BedrockStreamReader: Sendable {
    private struct Block: Sendable {
        let index: Int
        /// `nil` while only sealed reasoning has come.
        var channel: AnswerChannel?
        var hash = TextHash()
        var signature = ""
        var sealed = ""
    }

    /// The tool whose input is the answer's text.
    private let formatTool: String?
    private var hasStarted = false
    private var open: Block?
    /// How many blocks have begun.
    private var count = 0

    init(formatTool: String?) {
        self.formatTool = formatTool
    }

    /// Reads the payload of one event.
    mutating func read(_ payload: UnsafeRawBufferPointer, into events: inout [AnswerEvent]) {
        guard let root = try? JSONDocument(Array(payload)).root, root.kind == .object else { return }
        let index = root.member("contentBlockIndex")?.integer ?? 0
        switch root.member("type")?.string {
        case "messageStart":
            guard !hasStarted else { return }
            hasStarted = true
            events.append(.start(AnswerStart()))
        case "contentBlockStart":
            if let use = root.member("start")?.member("toolUse") { begin(use, index, into: &events) }
        case "contentBlockDelta": if let delta = root.member("delta") { read(delta, index, into: &events) }
        case "contentBlockStop": if open?.index == index { end(into: &events) }
        case "messageStop":
            end(into: &events)
            let word = root.member("stopReason")?.string ?? ""
            events.append(.finish(choice: 0, AnswerFinish(reason: StopReason(bedrock: word))))
        default: return
        }
    }

    /// Ends what is open when no more frames come.
    mutating func end(into events: inout [AnswerEvent]) {
        guard let block = open else { return }
        open = nil
        if !block.sealed.isEmpty {
            let channel = next(.reasoning)
            events.append(.open(channel, AnswerBlock(kind: .redactedReasoning(data: block.sealed))))
            events.append(.close(channel))
        }
        guard let channel = block.channel else { return }
        if !block.signature.isEmpty {
            events.append(.signature(channel, AnswerSignature(text: block.signature, hash: block.hash)))
        }
        events.append(.close(channel))
    }

    private mutating func next(_ kind: SegmentKind) -> AnswerChannel {
        defer { count += 1 }
        return AnswerChannel(kind: kind, index: count)
    }

    private mutating func begin(_ use: JSONCursor, _ index: Int, into events: inout [AnswerEvent]) {
        let name = use.member("name")?.string ?? ""
        guard name != formatTool else { return begin(index, .text, .text, into: &events) }
        begin(index, .toolArguments, .toolCall(id: use.member("toolUseId")?.string ?? "", name: name), into: &events)
    }

    /// The dialect's blocks do not overlap, whatever a server forgot to end.
    private mutating func begin(
        _ index: Int,
        _ kind: SegmentKind,
        _ block: AnswerBlock.Kind,
        into events: inout [AnswerEvent]
    ) {
        end(into: &events)
        let channel = next(kind)
        open = Block(index: index, channel: channel)
        events.append(.open(channel, AnswerBlock(kind: block)))
    }

    private mutating func read(_ delta: JSONCursor, _ index: Int, into events: inout [AnswerEvent]) {
        if let text = delta.member("text")?.string {
            if open?.index != index { begin(index, .text, .text, into: &events) }
            say(text, into: &events)
        } else if let input = delta.member("toolUse")?.member("input") {
            // One whose start never came belongs to no call.
            guard open?.index == index else { return }
            say(input.string ?? String(decoding: input.raw, as: UTF8.self), into: &events)
        } else if let reasoning = delta.member("reasoningContent") {
            read(reasoning: reasoning, index, into: &events)
        }
    }

    private mutating func read(reasoning: JSONCursor, _ index: Int, into events: inout [AnswerEvent]) {
        if let data = reasoning.member("redactedContent")?.string {
            if open?.index != index {
                end(into: &events)
                open = Block(index: index)
            }
            open?.sealed += data
            return
        }
        if open?.index != index || open?.channel == nil { begin(index, .reasoning, .reasoning, into: &events) }
        if let text = reasoning.member("text")?.string {
            open?.hash.add(text)
            say(text, into: &events)
        }
        if let signature = reasoning.member("signature")?.string { open?.signature += signature }
    }

    private func say(_ text: String, into events: inout [AnswerEvent]) {
        guard !text.isEmpty, let channel = open?.channel else { return }
        events.append(.text(channel, text))
    }
}
