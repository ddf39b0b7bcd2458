import Contracts
import JSON

/// OpenAI's usage object, with the additions of servers that speak its dialect.
///
/// `prompt_tokens` includes what was read from a cache; ours excludes it. Audio and reasoning tokens are parts of
/// input and output and stay inside them.
struct OpenAIUsage: Hashable, Sendable {
    private(set) var tokens = TokenUsage()

    init(_ usage: JSONCursor) {
        let prompt = TokenCount.read(usage, "prompt_tokens") ?? 0
        let promptDetails = usage.member("prompt_tokens_details")
        let cached =
            TokenCount.read(promptDetails, "cached_tokens")
            ?? TokenCount.read(usage, "prompt_cache_hit_tokens")  // DeepSeek
            ?? TokenCount.read(usage, "cached_tokens")  // Moonshot
            ?? 0
        let written = TokenCount.read(promptDetails, "cache_write_tokens") ?? 0  // OpenRouter
        tokens.cacheRead = min(cached, prompt)
        tokens.cacheWrite5m = min(written, prompt - tokens.cacheRead)
        tokens.input = prompt - tokens.cacheRead - tokens.cacheWrite5m
        tokens.audioIn = min(TokenCount.read(promptDetails, "audio_tokens") ?? 0, prompt)
        readOutput(usage, prompt: prompt)
    }

    private mutating func readOutput(_ usage: JSONCursor, prompt: Int) {
        let details = usage.member("completion_tokens_details")
        let total = TokenCount.read(usage, "total_tokens") ?? 0
        let reasoning = TokenCount.read(details, "reasoning_tokens") ?? 0
        var output = TokenCount.read(usage, "completion_tokens") ?? max(0, total - prompt)
        // Some servers (xAI, Gemini's bridge) leave reasoning out of the completion and in the total.
        if reasoning > 0, total >= prompt + output + reasoning { output += reasoning }
        tokens.output = output
        tokens.reasoning = min(reasoning, output)
        tokens.audioOut = min(TokenCount.read(details, "audio_tokens") ?? 0, output)
    }
}
