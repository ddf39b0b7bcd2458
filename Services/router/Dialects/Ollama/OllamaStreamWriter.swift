import Contracts
import JSON

/// Writes events as an Ollama stream, each line in a frame of its own.
///
/// The dialect has calls whole, so arguments are gathered until their call is complete. What signs reasoning has no place
/// in it.
struct OllamaStreamWriter: Sendable {
    private let context: AnswerContext
    /// What every line begins with.
    private var head: [UInt8] = []
    private var stop: StopReason?
    private var calls = WholeCalls()
    private var callCount = 0
    private var hasEnded = false

    init(context: AnswerContext) {
        self.context = context
    }

    mutating func encode(_ event: AnswerEvent, into out: inout [UInt8]) {
        guard !hasEnded else { return }
        switch event {
        case .start(let start): begin(start)
        case .open(let channel, let block):
            if case .toolCall(let id, let name) = block.kind {
                calls.open(channel, id: id, name: context.clientName(name))
            }
        case .text(let channel, let text):
            guard channel.choice == 0, !text.isEmpty else { return }
            if channel.kind == .toolArguments { return calls.add(text, to: channel) }
            line(into: &out) { bytes in
                let isThought = channel.kind == .reasoning
                if isThought { WireBytes.append(#""","thinking":"#, to: &bytes) }
                WireBytes.appendQuoted(text, to: &bytes)
            }
        case .close(let channel): if calls.close(channel) { writeCalls(into: &out) }
        case .finish(let choice, let finish): if choice == 0 { stop = finish.reason }
        case .signature, .native: return
        }
    }

    /// Writes the end, once.
    ///
    /// - Parameters:
    ///   - usage: What was used.
    ///   - last: The last line's members where the upstream speaks the dialect too, see ``OllamaStreamReader/last``.
    ///   - out: Takes the frame.
    mutating func end(usage: TokenUsage, last: [UInt8]?, into out: inout [UInt8]) {
        guard !hasEnded else { return }
        calls.closeAll()
        writeCalls(into: &out)
        begin(AnswerStart())
        hasEnded = true
        out.append(contentsOf: head)
        WireBytes.append(#""message":{"role":"assistant","content":""},"done":true"#, to: &out)
        if let last {
            out.append(contentsOf: last)
        } else {
            var writer = JSONWriter()
            writer.object { fields in
                fields.string("done_reason", (stop ?? .end).ollama)
                OllamaUsage.write(usage, &fields)
            }
            out.append(UInt8(ascii: ","))
            out.append(contentsOf: writer.bytes.dropFirst().dropLast())
        }
        WireBytes.append("}\n\n", to: &out)
    }

    /// An error has ended the stream: nothing follows it.
    mutating func fail() {
        hasEnded = true
    }

    private mutating func begin(_ start: AnswerStart) {
        guard head.isEmpty else { return }
        let model = start.model.flatMap { $0.isEmpty ? nil : $0 }
        WireBytes.append(#"data: {"model":"#, to: &head)
        WireBytes.appendQuoted(model ?? context.requestedModel, to: &head)
        WireBytes.append(#","created_at":"#, to: &head)
        WireBytes.appendQuoted(CivilTime.iso8601(context.created), to: &head)
        WireBytes.append(",", to: &head)
    }

    /// One line whose message is completed behind `"content":`.
    private mutating func line(into out: inout [UInt8], _ content: (inout [UInt8]) -> Void) {
        begin(AnswerStart())
        out.append(contentsOf: head)
        WireBytes.append(#""message":{"role":"assistant","content":"#, to: &out)
        content(&out)
        WireBytes.append("},\"done\":false}\n\n", to: &out)
    }

    private mutating func writeCalls(into out: inout [UInt8]) {
        while let call = calls.next() {
            var writer = JSONWriter()
            writer.object { item in
                item.string("id", call.id.isEmpty ? GeminiCallID.make() : call.id)
                item.object("function") { function in
                    function.integer("index", callCount)
                    function.string("name", call.name)
                    let arguments = CanonicalArguments.text(WireText(call.arguments)).object
                    function.raw("arguments", WireBytes.oneLine(arguments))
                }
            }
            callCount += 1
            line(into: &out) { bytes in
                WireBytes.append(#""","tool_calls":["#, to: &bytes)
                bytes.append(contentsOf: writer.bytes)
                bytes.append(UInt8(ascii: "]"))
            }
        }
    }
}
