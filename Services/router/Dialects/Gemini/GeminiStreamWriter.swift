import Contracts
import JSON

/// Writes events as a Gemini stream.
///
/// The dialect has calls whole, so arguments are gathered until their call is complete; calls keep the order in which
/// they began. Each frame stands for itself; the last one says why each answer ended and what was used.
struct GeminiStreamWriter: Sendable {
    private struct Choice: Sendable {
        let index: Int
        var stop: StopReason?
        var hasRefusal = false
    }

    private let context: AnswerContext
    /// What every frame repeats behind its candidates.
    private var tail: [UInt8] = []
    private var choices: [Choice] = []
    private var calls = WholeCalls()
    private var hashes: [AnswerChannel: TextHash] = [:]
    private var hasEnded = false

    init(context: AnswerContext) {
        self.context = context
    }

    mutating func encode(_ event: AnswerEvent, into out: inout [UInt8]) {
        guard !hasEnded else { return }
        switch event {
        case .start(let start): begin(start)
        case .open(let channel, let block): open(channel, block.kind, into: &out)
        case .text(let channel, let text): say(channel, text, into: &out)
        case .signature(let channel, let signature):
            // A signature stands under the text that it was given for.
            guard (hashes.removeValue(forKey: channel) ?? TextHash()) == signature.hash else { return }
            frame(channel.choice, into: &out) { bytes in
                WireBytes.append(#"{"thought":true,"thoughtSignature":"#, to: &bytes)
                WireBytes.appendQuoted(GeminiSignature.wrapped(.signature(signature.text)), to: &bytes)
                WireBytes.append("}", to: &bytes)
            }
        case .close(let channel):
            hashes[channel] = nil
            if calls.close(channel) { writeCalls(into: &out) }
        case .finish(let index, let finish): choices[choice(index)].stop = finish.reason
        case .native: return
        }
    }

    /// Writes the end, once.
    mutating func end(usage: TokenUsage, into out: inout [UInt8]) {
        guard !hasEnded else { return }
        calls.closeAll()
        writeCalls(into: &out)
        _ = choice(0)
        hasEnded = true
        var writer = JSONWriter()
        writer.object { GeminiAnswerWriter.write(usage, &$0) }
        for choice in choices {
            var stop = choice.stop ?? .end
            if choice.hasRefusal, stop == .end { stop = .refusal }
            let isLast = choice.index == choices.last?.index
            // Google's own library takes a frame without parts for a broken one.
            frame(choice.index, stop: stop.gemini, usage: isLast ? writer.bytes : [], into: &out) { bytes in
                WireBytes.append(#"{"text":""}"#, to: &bytes)
            }
        }
    }

    /// An error has ended the stream: nothing follows it.
    mutating func fail() {
        hasEnded = true
    }

    // MARK: Frames

    private mutating func begin(_ start: AnswerStart) {
        guard tail.isEmpty else { return }
        let model = start.model.flatMap { $0.isEmpty ? nil : $0 }
        WireBytes.append(#","modelVersion":"#, to: &tail)
        WireBytes.appendQuoted(model ?? context.requestedModel, to: &tail)
        WireBytes.append(#","responseId":"#, to: &tail)
        WireBytes.appendQuoted(start.id.flatMap { $0.isEmpty ? nil : $0 } ?? AnswerID.random(), to: &tail)
    }

    private mutating func choice(_ index: Int) -> Int {
        if let place = choices.firstIndex(where: { $0.index == index }) { return place }
        choices.append(Choice(index: index))
        return choices.count - 1
    }

    private mutating func frame(
        _ choice: Int,
        stop: String? = nil,
        usage: [UInt8] = [],
        into out: inout [UInt8],
        _ part: (inout [UInt8]) -> Void
    ) {
        begin(AnswerStart())
        WireBytes.append(#"data: {"candidates":[{"content":{"parts":["#, to: &out)
        part(&out)
        WireBytes.append(#"],"role":"model"},"#, to: &out)
        if let stop {
            WireBytes.append(#""finishReason":"#, to: &out)
            WireBytes.appendQuoted(stop, to: &out)
            WireBytes.append(",", to: &out)
        }
        WireBytes.append(#""index":"#, to: &out)
        WireBytes.append(choice, to: &out)
        WireBytes.append("}]", to: &out)
        if !usage.isEmpty {
            WireBytes.append(#","usageMetadata":"#, to: &out)
            out.append(contentsOf: usage)
        }
        out.append(contentsOf: tail)
        WireBytes.append("}\n\n", to: &out)
    }

    // MARK: Parts

    private mutating func open(_ channel: AnswerChannel, _ kind: AnswerBlock.Kind, into out: inout [UInt8]) {
        let place = choice(channel.choice)
        switch kind {
        case .text, .reasoning: return
        case .refusal: choices[place].hasRefusal = true
        case .redactedReasoning(let data):
            var writer = JSONWriter()
            writer.object { GeminiAnswerWriter.writeSeal(data, &$0) }
            frame(channel.choice, into: &out) { $0.append(contentsOf: writer.bytes) }
        case .toolCall(let id, let name):
            calls.open(channel, id: id, name: context.clientName(name))
        }
    }

    private mutating func say(_ channel: AnswerChannel, _ text: String, into out: inout [UInt8]) {
        guard !text.isEmpty else { return }
        if channel.kind == .toolArguments { return calls.add(text, to: channel) }
        _ = choice(channel.choice)
        let isThought = channel.kind == .reasoning
        if isThought { hashes[channel, default: TextHash()].add(text) }
        frame(channel.choice, into: &out) { bytes in
            WireBytes.append(#"{"text":"#, to: &bytes)
            WireBytes.appendQuoted(text, to: &bytes)
            if isThought { WireBytes.append(#","thought":true"#, to: &bytes) }
            WireBytes.append("}", to: &bytes)
        }
    }

    /// Writes the calls at the front that are complete.
    private mutating func writeCalls(into out: inout [UInt8]) {
        while let call = calls.next() {
            var writer = JSONWriter()
            writer.object { part in
                part.object("functionCall") { function in
                    function.string("id", call.id.isEmpty ? GeminiCallID.make() : call.id)
                    function.string("name", call.name)
                    let arguments = CanonicalArguments.text(WireText(call.arguments)).object
                    function.raw("args", WireBytes.oneLine(arguments))
                }
            }
            frame(call.channel.choice, into: &out) { $0.append(contentsOf: writer.bytes) }
        }
    }
}
