import Contracts
import JSON

/// The usage object of OpenAI's Responses.
///
/// `input_tokens` includes what was read from a cache or written to one; ours excludes it. Reasoning is a part of the
/// output.
struct ResponsesUsage: Hashable, Sendable {
    private(set) var tokens = TokenUsage()

    init(_ usage: JSONCursor) {
        let input = TokenCount.read(usage, "input_tokens") ?? 0
        let details = usage.member("input_tokens_details")
        tokens.cacheRead = min(TokenCount.read(details, "cached_tokens") ?? 0, input)
        tokens.cacheWrite5m = min(TokenCount.read(details, "cache_write_tokens") ?? 0, input - tokens.cacheRead)
        tokens.input = input - tokens.cacheRead - tokens.cacheWrite5m
        tokens.audioIn = min(TokenCount.read(details, "audio_tokens") ?? 0, input)
        let outputDetails = usage.member("output_tokens_details")
        let total = TokenCount.read(usage, "total_tokens") ?? 0
        tokens.output = TokenCount.read(usage, "output_tokens") ?? max(0, total - input)
        tokens.reasoning = min(TokenCount.read(outputDetails, "reasoning_tokens") ?? 0, tokens.output)
        tokens.audioOut = min(TokenCount.read(outputDetails, "audio_tokens") ?? 0, tokens.output)
    }

    /// Writes the usage in this dialect's classes.
    static func write(_ usage: TokenUsage, _ fields: inout JSONFields) {
        let written = usage.cacheWrite5m + usage.cacheWrite1h
        let input = usage.input + usage.cacheRead + written
        fields.integer("input_tokens", input)
        fields.object("input_tokens_details") { details in
            details.integer("cached_tokens", usage.cacheRead)
            details.integer("cache_write_tokens", written)
        }
        fields.integer("output_tokens", usage.output)
        fields.object("output_tokens_details") { $0.integer("reasoning_tokens", usage.reasoning) }
        fields.integer("total_tokens", input + usage.output)
    }
}
