import Contracts
import JSON

/// Ollama's counts, which stand in the answer itself; what is read from its cache is not told apart.
struct OllamaUsage: Hashable, Sendable {
    private(set) var tokens = TokenUsage()

    /// - Returns: `nil` where nothing is counted, as in every frame of a stream but the last.
    init?(_ root: JSONCursor) {
        let prompt = TokenCount.read(root, "prompt_eval_count")
        let output = TokenCount.read(root, "eval_count")
        guard prompt != nil || output != nil else { return nil }
        tokens.input = prompt ?? 0
        tokens.output = output ?? 0
    }

    /// Writes the usage: what caches gave and took is part of the prompt.
    static func write(_ usage: TokenUsage, _ fields: inout JSONFields) {
        let prompt = usage.input + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h
        fields.integer("prompt_eval_count", prompt)
        fields.integer("eval_count", usage.output)
    }
}

extension StopReason {
    /// Ollama's word; an unknown one is a plain end.
    init(ollama word: String) {
        self = word == "length" ? .length : .end
    }

    var ollama: String {
        switch self {
        case .length: "length"
        case .end, .toolCalls, .stopSequence, .refusal, .pause: "stop"
        }
    }
}
