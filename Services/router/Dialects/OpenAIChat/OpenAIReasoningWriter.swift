import JSON

/// Writes a turn's reasoning into an assistant message of OpenAI's dialect, see ``OpenAIReasoning``.
struct OpenAIReasoningWriter {
    /// The format's name in `reasoning_details`.
    static let format = "anthropic-claude-v1"

    private let texts: [WireText]
    private let details: [CanonicalPart]
    /// Whether there was reasoning that the model would not take.
    let isDropped: Bool

    /// What goes upstream: only what the model takes.
    init(model: OpenAIModel, parts: [CanonicalPart]) {
        let reasoning = parts.filter(\.isThinking)
        texts = model.takesReasoningContent ? Self.texts(reasoning) : []
        details = model.takesReasoningDetails ? reasoning.filter(\.isSignedThinking) : []
        isDropped = !reasoning.isEmpty && texts.isEmpty && details.isEmpty
    }

    /// What goes to a client: all of it.
    init(answer parts: [CanonicalPart]) {
        let reasoning = parts.filter(\.isThinking)
        texts = Self.texts(reasoning)
        details = reasoning.contains(where: \.isKeptThinking) ? reasoning : []
        isDropped = false
    }

    var isEmpty: Bool { texts.isEmpty && details.isEmpty }

    private static func texts(_ parts: [CanonicalPart]) -> [WireText] {
        parts.compactMap { part in
            guard case .thinking(let thinking) = part, !thinking.text.isEmpty else { return nil }
            return thinking.text
        }
    }

    func write(_ message: inout JSONFields) {
        if !texts.isEmpty { message.text("reasoning_content", WireText(joining: texts, by: "")) }
        guard !details.isEmpty else { return }
        message.array("reasoning_details") { list in
            for (index, part) in details.enumerated() {
                list.object { detail in
                    switch part {
                    case .thinking(let thinking):
                        detail.string("type", "reasoning.text")
                        detail.text("text", thinking.text)
                        if let signature = thinking.signature { detail.text("signature", signature) }
                    case .redactedThinking(let data):
                        detail.string("type", "reasoning.encrypted")
                        detail.text("data", data)
                    case .text, .refusal, .image, .file, .toolCall, .toolResult, .cacheMark: break
                    }
                    detail.string("format", Self.format)
                    detail.integer("index", index)
                }
            }
        }
    }
}

extension CanonicalPart {
    /// Whether a client has to bring it back as it is.
    var isKeptThinking: Bool {
        if case .thinking(let thinking) = self { thinking.isKept } else { isSignedThinking }
    }

    /// Whether a provider of Anthropic's dialect will know it again.
    var isSignedThinking: Bool {
        switch self {
        case .thinking(let thinking): thinking.isSigned
        case .redactedThinking: true
        case .text, .refusal, .image, .file, .toolCall, .toolResult, .cacheMark: false
        }
    }
}
