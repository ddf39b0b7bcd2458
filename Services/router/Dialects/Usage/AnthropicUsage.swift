import Contracts
import JSON

/// Anthropic's usage object as sent; one response may send several.
///
/// A stream opens with the input's count and closes with cumulative ones, so later values replace earlier ones, except
/// that a zero replaces nothing: compatible servers send zeros for what they counted at the other end.
struct AnthropicUsage: Hashable, Sendable {
    var input: Int?
    var output: Int?
    var cacheRead: Int?
    var cacheCreation: Int?
    var creation5m: Int?
    var creation1h: Int?

    init(_ usage: JSONCursor) {
        input = TokenCount.read(usage, "input_tokens")
        output = TokenCount.read(usage, "output_tokens")
        cacheRead = TokenCount.read(usage, "cache_read_input_tokens")
        cacheCreation = TokenCount.read(usage, "cache_creation_input_tokens")
        let creation = usage.member("cache_creation")
        creation5m = TokenCount.read(creation, "ephemeral_5m_input_tokens")
        creation1h = TokenCount.read(creation, "ephemeral_1h_input_tokens")
    }

    func merged(with later: AnthropicUsage) -> AnthropicUsage {
        var merged = self
        merged.input = Self.newer(input, later.input)
        merged.output = Self.newer(output, later.output)
        merged.cacheRead = Self.newer(cacheRead, later.cacheRead)
        merged.cacheCreation = Self.newer(cacheCreation, later.cacheCreation)
        merged.creation5m = Self.newer(creation5m, later.creation5m)
        merged.creation1h = Self.newer(creation1h, later.creation1h)
        return merged
    }

    /// The classes that are priced apart; what was written without saying for how long is a five-minute write.
    var tokens: TokenUsage {
        var tokens = TokenUsage()
        tokens.input = input ?? 0
        tokens.output = output ?? 0
        tokens.cacheRead = cacheRead ?? 0
        tokens.cacheWrite1h = creation1h ?? 0
        let known = (creation5m ?? 0) + tokens.cacheWrite1h
        tokens.cacheWrite5m = (creation5m ?? 0) + max(0, (cacheCreation ?? 0) - known)
        return tokens
    }

    private static func newer(_ earlier: Int?, _ later: Int?) -> Int? {
        guard let later, later != 0 else { return earlier ?? later }
        return later
    }
}
