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

    /// Reads one line.
    mutating func read(_ payload: UnsafeRawBufferPointer, into events: inout [AnswerEvent]) {
        guard let root = try? JSONDocument(Array(payload)).root, root.kind == .object else { return }
        if !hasStarted {
            hasStarted = true
            events.append(.start(AnswerStart(id: nil, model: root.member("model")?.string)))
        }
        if let message = root.member("message"), message.kind == .object { read(message, into: &events) }
        guard root.member("done")?.boolean == true else { return }
        line.end(into: &events)
        last = Self.kept(root)
        let reason = root.member("done_reason")?.string.map { StopReason(ollama: $0) } ?? .end
        events.append(.finish(choice: 0, AnswerFinish(reason: reason)))
    }

    private mutating func read(_ message: JSONCursor, into events: inout [AnswerEvent]) {
        if let text = message.member("thinking")?.string { line.say(text, .reasoning, into: &events) }
        if let text = message.member("content")?.string { line.say(text, .text, into: &events) }
        for call in message.member("tool_calls")?.listed ?? [] {
            guard let function = call.member("function"), function.kind == .object else { continue }
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

    /// Ends what is open when no more lines come.
    mutating func end(into events: inout [AnswerEvent]) {
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
