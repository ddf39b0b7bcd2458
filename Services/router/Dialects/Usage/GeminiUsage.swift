import Contracts
import JSON

/// Gemini's usage object.
///
/// `promptTokenCount` includes what was read from a cache; ours excludes it. What tools of the provider put into the
/// prompt, and what the model thought, stand beside prompt and candidates: ours are input and output.
struct GeminiUsage: Hashable, Sendable {
    private(set) var tokens = TokenUsage()
    /// Whether the output is counted; the first frames of a stream count the prompt alone.
    private(set) var hasOutput: Bool

    init(_ usage: JSONCursor) {
        let prompt = TokenCount.read(usage, "promptTokenCount") ?? 0
        let cached = min(TokenCount.read(usage, "cachedContentTokenCount") ?? 0, prompt)
        let tools = TokenCount.read(usage, "toolUsePromptTokenCount") ?? 0
        let thoughts = TokenCount.read(usage, "thoughtsTokenCount") ?? 0
        let total = TokenCount.read(usage, "totalTokenCount") ?? 0
        let candidates = TokenCount.read(usage, "candidatesTokenCount")
        tokens.cacheRead = cached
        tokens.input = prompt - cached + tools
        tokens.reasoning = thoughts
        tokens.output = (candidates ?? max(0, total - prompt - tools - thoughts)) + thoughts
        tokens.audioIn = min(Self.audio(usage.member("promptTokensDetails")), prompt)
        tokens.audioOut = min(Self.audio(usage.member("candidatesTokensDetails")), tokens.output)
        hasOutput = candidates != nil || tokens.output > 0
    }

    private static func audio(_ details: JSONCursor?) -> Int {
        guard let details, details.kind == .array else { return 0 }
        for detail in details.elements where detail.member("modality")?.equals("AUDIO") == true {
            return TokenCount.read(detail, "tokenCount") ?? 0
        }
        return 0
    }
}
