import Contracts

/// Writes events back in the dialect they came in: frames as they are, and text in frames of its own.
struct NativeStreamWriter: Sendable {
    private let dialect: Dialect
    /// What was written of texts that may be signed.
    private var hashes: [AnswerChannel: TextHash] = [:]
    private var hasEnded = false

    init(dialect: Dialect) {
        self.dialect = dialect
    }

    mutating func encode(_ event: AnswerEvent, head: OpenAIChunkHead?, into out: inout [UInt8]) {
        guard !hasEnded else { return }
        switch event {
        case .native(let frame):
            if let signs = frame.signs, hashes.removeValue(forKey: signs.channel) ?? TextHash() != signs.hash { return }
            out.append(contentsOf: frame.bytes)
        case .text(let channel, let text):
            guard !text.isEmpty else { return }
            if channel.kind == .reasoning { hashes[channel, default: TextHash()].add(text) }
            switch dialect {
            case .openAIChat: head?.write(channel, text, into: &out)
            case .anthropicMessages: Self.delta(channel, text, into: &out)
            case .openAIResponses, .gemini, .ollama, .cohere, .bedrock: return
            }
        case .signature(let channel, let signature):
            let isSame = (hashes.removeValue(forKey: channel) ?? TextHash()) == signature.hash
            Self.sign(channel, isSame ? signature.text : CanonicalThinking.ownSignature, into: &out)
        case .close(let channel):
            // The other dialect signs after the text has ended.
            if dialect == .anthropicMessages { hashes[channel] = nil }
        case .start, .open, .finish: return
        }
    }

    mutating func end(into out: inout [UInt8]) {
        guard !hasEnded else { return }
        hasEnded = true
        switch dialect {
        case .openAIChat: WireBytes.append("data: [DONE]\n\n", to: &out)
        case .anthropicMessages:
            WireBytes.append("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n", to: &out)
        // These streams have writers of their own.
        case .openAIResponses, .gemini, .ollama, .cohere, .bedrock: return
        }
    }

    mutating func fail() {
        hasEnded = true
    }

    private static func delta(_ channel: AnswerChannel, _ text: String, into out: inout [UInt8]) {
        head(channel, into: &out)
        if channel.kind == .reasoning {
            WireBytes.append(#"thinking_delta","thinking":"#, to: &out)
        } else if channel.kind == .toolArguments {
            WireBytes.append(#"input_json_delta","partial_json":"#, to: &out)
        } else {
            WireBytes.append(#"text_delta","text":"#, to: &out)
        }
        WireBytes.appendQuoted(text, to: &out)
        WireBytes.append("}}\n\n", to: &out)
    }

    private static func sign(_ channel: AnswerChannel, _ signature: String, into out: inout [UInt8]) {
        head(channel, into: &out)
        WireBytes.append(#"signature_delta","signature":"#, to: &out)
        WireBytes.appendQuoted(signature, to: &out)
        WireBytes.append("}}\n\n", to: &out)
    }

    private static func head(_ channel: AnswerChannel, into out: inout [UInt8]) {
        WireBytes.append(
            "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":",
            to: &out
        )
        WireBytes.append(channel.index, to: &out)
        WireBytes.append(#","delta":{"type":""#, to: &out)
    }
}

extension NativeFrame {
    /// The frame as it came, with the blank line that the last of a stream may lack.
    init(_ frame: UnsafeRawBufferPointer) {
        bytes = Array(frame)
        while let last = bytes.last, last == 0x0A || last == 0x0D { bytes.removeLast() }
        WireBytes.append("\n\n", to: &bytes)
    }
}
