import JSON

/// Takes out of a request what the upstream would refuse it for: another family's sealed reasoning, media that it has no
/// word for, and marks for a cache that it does not have.
struct ForeignParts {
    private let upstream: Dialect
    private let recording: String
    private let marks: CacheMarks
    private var lossy: LossyNames

    static func drop(
        from request: inout CanonicalRequest,
        for upstream: Dialect,
        model: String,
        _ lossy: inout LossyNames
    ) {
        let marks: CacheMarks =
            switch upstream {
            case .anthropicMessages: .everywhere
            case .bedrock: BedrockModel(model).cacheMarks
            case .openAIChat, .gemini, .openAIResponses, .ollama, .cohere: .nowhere
            }
        var parts = ForeignParts(upstream: upstream, recording: request.names.recording, marks: marks, lossy: lossy)
        for place in request.turns.indices { parts.drop(from: &request.turns[place].parts) }
        for place in request.tools.indices {
            request.tools[place].cacheMark = parts.carried(request.tools[place].cacheMark, isAtTool: true)
        }
        lossy = parts.lossy
    }

    /// Where a provider takes marks for its cache.
    enum CacheMarks: Sendable {
        case nowhere
        /// In what is said, for the usual time.
        case inTexts
        case everywhere
    }

    private mutating func drop(from parts: inout [CanonicalPart]) {
        guard parts.contains(where: { isSuspect($0) }) else { return }
        var kept: [CanonicalPart] = []
        for part in parts {
            switch part {
            case .redactedThinking(let data):
                if GeminiSignature.isSealed(data) == (upstream == .gemini) { kept.append(part) }
            case .file(let media, _):
                if takes(media) { kept.append(part) } else { lossy.add(recording) }
            case .toolResult(var result):
                drop(from: &result.parts)
                result.cacheMark = carried(result.cacheMark)
                kept.append(.toolResult(result))
            case .cacheMark(let mark):
                if let mark = carried(mark) { kept.append(.cacheMark(mark)) }
            case .text, .refusal, .image, .thinking, .toolCall: kept.append(part)
            }
        }
        parts = kept
    }

    private mutating func carried(_ mark: CanonicalCacheMark?, isAtTool: Bool = false) -> CanonicalCacheMark? {
        guard var mark else { return nil }
        switch marks {
        case .everywhere: return mark
        case .inTexts where !isAtTool:
            if mark.isLong { lossy.add("cache_control.ttl") }
            mark.isLong = false
            return mark
        case .inTexts, .nowhere:
            lossy.add("cache_control")
            return nil
        }
    }

    private func isSuspect(_ part: CanonicalPart) -> Bool {
        switch part {
        case .redactedThinking, .file, .toolResult, .cacheMark: true
        case .text, .refusal, .image, .thinking, .toolCall: false
        }
    }

    private func takes(_ media: CanonicalMedia) -> Bool {
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
