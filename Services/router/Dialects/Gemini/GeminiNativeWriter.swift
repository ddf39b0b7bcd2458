import Contracts
import JSON

/// Writes the events of a Gemini stream back in Gemini's dialect: text in frames of its own, parts that are whole with
/// what was released of them, all else as it is.
struct GeminiNativeWriter: Sendable {
    /// What was released of parts that go on as a whole.
    private var held: [AnswerChannel: String] = [:]
    /// What was written of texts that may be signed.
    private var hashes: [AnswerChannel: TextHash] = [:]
    private var hasEnded = false

    mutating func encode(_ event: AnswerEvent, tail: [UInt8], into out: inout [UInt8]) {
        guard !hasEnded else { return }
        switch event {
        case .open(let channel, _): held[channel] = ""
        case .text(let channel, let text):
            guard !text.isEmpty else { return }
            if held[channel] != nil {
                held[channel]? += text
            } else {
                hashes[channel, default: TextHash()].add(text)
                Self.write(channel, text, tail, into: &out)
            }
        case .native(let frame): write(frame, into: &out)
        case .start, .signature, .close, .finish: return
        }
    }

    mutating func end() {
        hasEnded = true
    }

    private mutating func write(_ frame: NativeFrame, into out: inout [UInt8]) {
        if let signs = frame.signs, hashes.removeValue(forKey: signs.channel) ?? TextHash() != signs.hash { return }
        guard let hole = frame.hole else { return out.append(contentsOf: frame.bytes) }
        let text = held.removeValue(forKey: hole.channel) ?? ""
        out.append(contentsOf: frame.bytes[..<hole.place])
        if hole.isString {
            WireBytes.appendQuoted(text, to: &out)
        } else {
            out.append(contentsOf: WireBytes.oneLine(CanonicalArguments.text(WireText(text)).object))
        }
        out.append(contentsOf: frame.bytes[hole.place...])
    }

    private static func write(_ channel: AnswerChannel, _ text: String, _ tail: [UInt8], into out: inout [UInt8]) {
        WireBytes.append(#"data: {"candidates":[{"content":{"parts":[{"text":"#, to: &out)
        WireBytes.appendQuoted(text, to: &out)
        if channel.kind == .reasoning { WireBytes.append(#","thought":true"#, to: &out) }
        WireBytes.append(#"}],"role":"model"},"index":"#, to: &out)
        WireBytes.append(channel.choice, to: &out)
        WireBytes.append("}]", to: &out)
        out.append(contentsOf: tail)
        WireBytes.append("}\n\n", to: &out)
    }
}
