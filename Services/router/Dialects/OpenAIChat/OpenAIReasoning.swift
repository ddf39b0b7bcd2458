import JSON

/// Reasoning in OpenAI's dialect, which has no words for it: those that its servers and clients have agreed upon.
///
/// `reasoning_content` (or `reasoning`) is text for people. `reasoning_details` is OpenRouter's array, which keeps
/// signatures and encrypted reasoning, so that they can go back to the provider byte for byte. Clients that collect a
/// stream's pieces of it one after the other are understood too.
enum OpenAIReasoning {
    /// One reasoning part, and the strings that it was read from.
    struct Piece {
        var part: CanonicalPart
        var texts: [JSONCursor] = []
        var signature: JSONCursor?
        /// OpenRouter's number of the block.
        var index: Int?
    }

    static func read(_ message: JSONCursor) -> [Piece] {
        if let details = message.member("reasoning_details"), details.kind == .array, details.count > 0 {
            let pieces = read(details: details)
            if !pieces.isEmpty { return pieces }
        }
        if let blocks = message.member("thinking_blocks"), blocks.kind == .array, blocks.count > 0 {
            return read(details: blocks)
        }
        for value in [message.member("reasoning_content"), message.member("reasoning")] {
            guard let value, let text = WireText(value), !text.isEmpty else { continue }
            return [Piece(part: .thinking(CanonicalThinking(text: text, signature: nil)), texts: [value])]
        }
        return []
    }

    private static func read(details: JSONCursor) -> [Piece] {
        var pieces: [Piece] = []
        for detail in details.elements {
            guard let type = detail.member("type") else { continue }
            let isOurs = isOurs(detail.member("format"))
            if type.equals("reasoning.text") || type.equals("thinking") {
                add(text: detail, isOurs, to: &pieces)
            } else if type.equals("reasoning.encrypted") || type.equals("redacted_thinking") {
                guard isOurs, let data = WireText(detail.member("data")), !data.isEmpty else { continue }
                pieces.append(Piece(part: .redactedThinking(data: data)))
            } else if type.equals("reasoning.summary"), let value = detail.member("summary"),
                let text = WireText(value)
            {
                pieces.append(
                    Piece(part: .thinking(CanonicalThinking(text: text, signature: nil)), texts: [value])
                )
            }
        }
        return pieces
    }

    /// Adds a text, to the block before where it is a further piece of it.
    private static func add(text detail: JSONCursor, _ isOurs: Bool, to pieces: inout [Piece]) {
        let value = detail.member("text") ?? detail.member("thinking")
        let text = WireText(value) ?? WireText(escaped: [])
        let signatureValue = isOurs ? detail.member("signature") : nil
        let signature = WireText(signatureValue).flatMap { $0.isEmpty ? nil : $0 }
        let index = detail.member("index")?.integer
        if let last = pieces.indices.last, case .thinking(var thinking) = pieces[last].part,
            thinking.signature == nil, pieces[last].index == index
        {
            thinking.text = WireText(joining: [thinking.text, text], by: "")
            thinking.signature = signature
            pieces[last].part = .thinking(thinking)
            pieces[last].signature = signature == nil ? nil : signatureValue
            if let value, value.kind == .string { pieces[last].texts.append(value) }
            return
        }
        guard !text.isEmpty || signature != nil else { return }
        pieces.append(
            Piece(
                part: .thinking(CanonicalThinking(text: text, signature: signature)),
                texts: value?.kind == .string ? [value].compactMap { $0 } : [],
                signature: signature == nil ? nil : signatureValue,
                index: index
            )
        )
    }

    /// What another family of models has encrypted or signed is nothing to Anthropic's.
    ///
    /// OpenAI's library joins the pieces of a stream's strings, those that never change included.
    static func isOurs(_ format: JSONCursor?) -> Bool {
        guard let format = format?.string else { return true }
        return format.hasPrefix(OpenAIReasoningWriter.format) || format == "unknown"
    }
}
