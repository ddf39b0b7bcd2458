import Contracts
import JSON

/// Reads the events of a Cohere stream, for clients of another dialect.
///
/// Texts and plans follow one another; calls are told apart by their number. Citations have no place in other dialects.
struct CohereStreamReader: Sendable {
    /// More calls in one answer than this are not read.
    private static let callLimit = 1024

    private struct Call: Sendable {
        let index: Int
        let channel: AnswerChannel
    }

    private var hasStarted = false
    private var line = BlockLine()
    private var open: [Call] = []
    private var callCount = 0

    /// Reads the payload of one event.
    mutating func read(_ payload: UnsafeRawBufferPointer, into events: inout [AnswerEvent]) {
        guard let root = try? JSONDocument(Array(payload)).root, root.kind == .object else { return }
        let message = root.member("delta")?.member("message")
        let index = root.member("index")?.integer ?? 0
        switch root.member("type")?.string {
        case "message-start":
            guard !hasStarted else { return }
            hasStarted = true
            events.append(.start(AnswerStart(id: root.member("id")?.string, model: nil)))
        case "content-start", "content-delta":
            guard let content = message?.member("content") else { return }
            if let text = content.member("thinking")?.string { line.say(text, .reasoning, into: &events) }
            if let text = content.member("text")?.string { line.say(text, .text, into: &events) }
        case "content-end": line.end(into: &events)
        case "tool-plan-delta":
            if let text = message?.member("tool_plan")?.string { line.say(text, .reasoning, into: &events) }
        case "tool-call-start": if let call = message?.member("tool_calls") { begin(call, index, into: &events) }
        case "tool-call-delta":
            add(message?.member("tool_calls")?.member("function")?.member("arguments"), to: index, into: &events)
        case "tool-call-end": close(index, into: &events)
        case "message-end":
            end(into: &events)
            let word = root.member("delta")?.member("finish_reason")?.string ?? ""
            events.append(.finish(choice: 0, AnswerFinish(reason: StopReason(cohere: word))))
        default: return
        }
    }

    /// Ends what is open when no more frames come.
    mutating func end(into events: inout [AnswerEvent]) {
        line.end(into: &events)
        for call in open { events.append(.close(call.channel)) }
        open = []
    }

    private mutating func begin(_ call: JSONCursor, _ index: Int, into events: inout [AnswerEvent]) {
        guard callCount < Self.callLimit, let function = call.member("function") else { return }
        close(index, into: &events)
        callCount += 1
        let channel = line.begin(.toolArguments, into: &events)
        open.append(Call(index: index, channel: channel))
        let kind = AnswerBlock.Kind.toolCall(
            id: call.member("id")?.string ?? "",
            name: function.member("name")?.string ?? ""
        )
        events.append(.open(channel, AnswerBlock(kind: kind)))
        add(function.member("arguments"), to: index, into: &events)
    }

    private func add(_ arguments: JSONCursor?, to index: Int, into events: inout [AnswerEvent]) {
        guard let text = arguments?.string, !text.isEmpty, let call = open.last(where: { $0.index == index }) else {
            return
        }
        events.append(.text(call.channel, text))
    }

    private mutating func close(_ index: Int, into events: inout [AnswerEvent]) {
        guard let place = open.lastIndex(where: { $0.index == index }) else { return }
        events.append(.close(open.remove(at: place).channel))
    }
}
