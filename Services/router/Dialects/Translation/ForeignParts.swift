import JSON

/// Takes out of a request what the upstream would refuse it for: another family's sealed reasoning, and media that it has
/// no word for.
enum ForeignParts {
    static func drop(from request: inout CanonicalRequest, for upstream: Dialect, _ lossy: inout LossyNames) {
        for place in request.turns.indices {
            drop(from: &request.turns[place].parts, for: upstream, request.names.recording, &lossy)
        }
    }

    private static func drop(
        from parts: inout [CanonicalPart],
        for upstream: Dialect,
        _ name: String,
        _ lossy: inout LossyNames
    ) {
        guard parts.contains(where: { isSuspect($0) }) else { return }
        var kept: [CanonicalPart] = []
        for part in parts {
            switch part {
            case .redactedThinking(let data):
                if GeminiSignature.isSealed(data) == (upstream == .gemini) { kept.append(part) }
            case .file(let media, _):
                if takes(media, upstream) { kept.append(part) } else { lossy.add(name) }
            case .toolResult(var result):
                drop(from: &result.parts, for: upstream, name, &lossy)
                kept.append(.toolResult(result))
            case .text, .refusal, .image, .thinking, .toolCall: kept.append(part)
            }
        }
        parts = kept
    }

    private static func isSuspect(_ part: CanonicalPart) -> Bool {
        switch part {
        case .redactedThinking, .file, .toolResult: true
        case .text, .refusal, .image, .thinking, .toolCall: false
        }
    }

    private static func takes(_ media: CanonicalMedia, _ upstream: Dialect) -> Bool {
        guard case .base64(let type, _) = media, upstream != .gemini else { return true }
        let word = type.string
        if word.hasPrefix("audio/") { return upstream == .openAIChat && media.audioFormat != nil }
        return !word.hasPrefix("video/")
    }
}

extension CanonicalMedia {
    /// OpenAI's word for a recording's format; `nil` for other media.
    var audioFormat: String? {
        guard case .base64(let type, _) = self else { return nil }
        return switch type.string {
        case "audio/wav", "audio/x-wav", "audio/wave": "wav"
        case "audio/mp3", "audio/mpeg": "mp3"
        default: nil
        }
    }
}
