import Contracts
import JSON

/// Reads the lines of an Ollama stream into events.
///
/// Text and thinking come in pieces, calls always whole.
struct OllamaStreamReader: Sendable {
    /// The members of the last line that a writer of the same dialect says again, each with a comma before it.
    private(set) var last: [UInt8]?
    private var hasStarted = false
    private var line = BlockLine()
    /// Set where content may begin with reasoning.
    private var tags: ThinkTags?

    init(readsThinkTags: Bool = false) {
        tags = readsThinkTags ? ThinkTags() : nil
    }

    /// Reads one line.
    mutating func read(_ payload: UnsafeRawBufferPointer, into events: inout [AnswerEvent]) {
        guard let root = try? JSONDocument(Array(payload)).root, root.kind == .object else { return }
        if !hasStarted {
            hasStarted = true
            events.append(.start(AnswerStart(id: nil, model: root.member("model")?.string)))
        }
        if let message = root.member("message"), message.kind == .object { read(message, into: &events) }
        guard root.member("done")?.boolean == true else { return }
        end(into: &events)
        last = Self.kept(root)
        let reason = root.member("done_reason")?.string.map { StopReason(ollama: $0) } ?? .end
        events.append(.finish(choice: 0, AnswerFinish(reason: reason)))
    }

    private mutating func read(_ message: JSONCursor, into events: inout [AnswerEvent]) {
        if let text = message.member("thinking")?.string, !text.isEmpty {
            endTags(into: &events)
            line.say(text, .reasoning, into: &events)
        }
        if let text = message.member("content")?.string { say(content: text, into: &events) }
        for call in message.member("tool_calls")?.listed ?? [] {
            guard let function = call.member("function"), function.kind == .object else { continue }
            endTags(into: &events)
            let arguments = function.member("arguments")
            let id = call.member("id")?.string ?? ""
            line.call(
                function.member("name")?.string ?? "",
                arguments: arguments.map { $0.string ?? String(decoding: $0.raw, as: UTF8.self) } ?? "",
                into: &events
            ) { _ in
                id.isEmpty ? GeminiCallID.make() : id
            }
        }
    }

    private mutating func say(content text: String, into events: inout [AnswerEvent]) {
        guard tags != nil else { return line.say(text, .text, into: &events) }
        for piece in tags?.read(text) ?? [] { say(piece, into: &events) }
        if tags?.isThrough == true { tags = nil }
    }

    private mutating func say(_ piece: ThinkTags.Piece, into events: inout [AnswerEvent]) {
        line.say(piece.text, piece.isReasoning ? .reasoning : .text, into: &events)
    }

    /// What comes next is no content: what waits is said.
    private mutating func endTags(into events: inout [AnswerEvent]) {
        for piece in tags?.end() ?? [] { say(piece, into: &events) }
        tags = nil
    }

    /// Ends what is open when no more lines come.
    mutating func end(into events: inout [AnswerEvent]) {
        endTags(into: &events)
        line.end(into: &events)
    }

    /// All but what the writer says itself; probabilities would tell what a mask hides.
    private static func kept(_ root: JSONCursor) -> [UInt8] {
        var bytes: [UInt8] = []
        for (name, value) in root.members {
            let isOwn = ["model", "created_at", "message", "done", "logprobs"].contains { name.equals($0) }
            if !isOwn { GeminiStreamSplitter.append(name, value, to: &bytes) }
        }
        return bytes
    }
}
