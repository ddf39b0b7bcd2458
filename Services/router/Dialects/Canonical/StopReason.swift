/// Why a model stopped, in no dialect's words.
enum StopReason: Hashable, Sendable {
    case end
    case length
    case toolCalls
    case stopSequence(String?)
    case refusal
    case pause

    /// OpenAI's word, or that of a server which speaks its dialect; an unknown one is a plain end.
    init(openAI word: String) {
        switch word {
        case "length", "max_tokens", "model_length": self = .length
        case "tool_calls", "function_call", "tool_use": self = .toolCalls
        case "content_filter", "refusal", "safety": self = .refusal
        default: self = .end
        }
    }

    /// Anthropic's word; an unknown one is a plain end.
    init(anthropic word: String, sequence: String?) {
        switch word {
        case "max_tokens", "model_context_window_exceeded": self = .length
        case "tool_use": self = .toolCalls
        case "stop_sequence": self = .stopSequence(sequence)
        case "refusal": self = .refusal
        case "pause_turn": self = .pause
        default: self = .end
        }
    }

    /// What fits the answer: servers say `stop` beside tool calls, and `tool_calls` beside none.
    func fitting(hasToolCalls: Bool) -> StopReason {
        switch self {
        case .end where hasToolCalls: .toolCalls
        case .toolCalls where !hasToolCalls: .end
        default: self
        }
    }

    /// The stop sequence that was met.
    var sequence: String? {
        if case .stopSequence(let sequence) = self { sequence } else { nil }
    }

    func openAI(usesFunctions: Bool) -> String {
        switch self {
        case .end, .stopSequence, .pause: "stop"
        case .length: "length"
        case .toolCalls: usesFunctions ? "function_call" : "tool_calls"
        case .refusal: "content_filter"
        }
    }

    var anthropic: String {
        switch self {
        case .end: "end_turn"
        case .length: "max_tokens"
        case .toolCalls: "tool_use"
        case .stopSequence: "stop_sequence"
        case .refusal: "refusal"
        case .pause: "pause_turn"
        }
    }
}
