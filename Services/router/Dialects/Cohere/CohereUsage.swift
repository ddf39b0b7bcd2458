import Contracts
import JSON

/// Cohere's usage object: what is billed where that is said, else what the model has read and written.
///
/// `cached_tokens` is a part of the input; ours excludes it.
struct CohereUsage: Hashable, Sendable {
    private(set) var tokens = TokenUsage()

    init(_ usage: JSONCursor) {
        let counted = usage.member("tokens")
        let billed = usage.member("billed_units")
        let input = TokenCount.read(billed, "input_tokens") ?? TokenCount.read(counted, "input_tokens") ?? 0
        tokens.cacheRead = min(TokenCount.read(usage, "cached_tokens") ?? 0, input)
        tokens.input = input - tokens.cacheRead
        tokens.output = TokenCount.read(billed, "output_tokens") ?? TokenCount.read(counted, "output_tokens") ?? 0
    }
}

extension StopReason {
    /// Cohere's word; an unknown one is a plain end.
    init(cohere word: String) {
        switch word {
        case "MAX_TOKENS": self = .length
        case "STOP_SEQUENCE": self = .stopSequence(nil)
        case "TOOL_CALL": self = .toolCalls
        case "ERROR_TOXIC": self = .refusal
        default: self = .end
        }
    }
}

extension UpstreamFault {
    /// A finish reason that says that there is no answer; `nil` for every other.
    init?(cohere word: String, message: String? = nil) {
        switch word {
        case "ERROR": self.init(kind: .serverError, code: word, message: message)
        case "TIMEOUT": self.init(kind: .timeout, code: word, message: message)
        default: return nil
        }
    }
}
