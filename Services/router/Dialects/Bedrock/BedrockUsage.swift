import Contracts
import JSON

/// Bedrock's usage object, whose classes do not overlap.
struct BedrockUsage: Hashable, Sendable {
    private(set) var tokens = TokenUsage()

    init(_ usage: JSONCursor) {
        tokens.input = TokenCount.read(usage, "inputTokens") ?? 0
        tokens.output = TokenCount.read(usage, "outputTokens") ?? 0
        tokens.cacheRead = TokenCount.read(usage, "cacheReadInputTokens") ?? 0
        let written = TokenCount.read(usage, "cacheWriteInputTokens") ?? 0
        for detail in usage.member("cacheDetails")?.listed ?? [] where detail.member("ttl")?.equals("1h") == true {
            tokens.cacheWrite1h += TokenCount.read(detail, "inputTokens") ?? 0
        }
        tokens.cacheWrite1h = min(tokens.cacheWrite1h, written)
        tokens.cacheWrite5m = written - tokens.cacheWrite1h
    }
}

extension StopReason {
    /// Bedrock's word; an unknown one is a plain end.
    init(bedrock word: String) {
        switch word {
        case "max_tokens", "model_context_window_exceeded": self = .length
        case "tool_use": self = .toolCalls
        case "stop_sequence": self = .stopSequence(nil)
        case "guardrail_intervened", "content_filtered": self = .refusal
        default: self = .end
        }
    }
}
