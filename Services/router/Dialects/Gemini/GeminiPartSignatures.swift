import JSON

/// Which part of the model's turn each of Gemini's signatures belongs to.
///
/// It stands beside its part where the client kept the order; OpenAI's clients have all reasoning before the text and
/// the calls.
struct GeminiPartSignatures {
    typealias Seal = (place: GeminiSignature.Place, signature: WireText)

    /// By the place of the part.
    private(set) var ofPart: [Int: WireText] = [:]
    /// Those whose part is not there, by their own place.
    private(set) var alone: [Int: Seal] = [:]

    init(_ parts: [CanonicalPart]) {
        var apart: [(index: Int, seal: Seal)] = []
        for (index, part) in parts.enumerated() {
            guard case .redactedThinking(let data) = part, let seal = GeminiSignature.opened(data) else { continue }
            let neighbor = seal.place == .call ? index + 1 : index - 1
            if parts.indices.contains(neighbor), Self.takes(parts[neighbor], seal.place), ofPart[neighbor] == nil {
                ofPart[neighbor] = seal.signature
            } else {
                apart.append((index, seal))
            }
        }
        for (index, seal) in apart {
            let open = parts.indices.filter { ofPart[$0] == nil && Self.takes(parts[$0], seal.place) }
            // The first call is signed, and the last text.
            if let place = seal.place == .call ? open.first : open.last {
                ofPart[place] = seal.signature
            } else {
                alone[index] = seal
            }
        }
    }

    private static func takes(_ part: CanonicalPart, _ place: GeminiSignature.Place) -> Bool {
        switch (part, place) {
        case (.toolCall, .call), (.text, .text), (.refusal, .text), (.thinking, .thought): true
        default: false
        }
    }
}
