/// What a model behind OpenAI's dialect accepts, judged by its name; of unknown ones only what all servers know.
struct OpenAIModel: Sendable {
    private let name: ModelName

    init(_ name: String) {
        self.name = ModelName(name).bare
    }

    /// Whether it is one of OpenAI's own.
    var isOpenAI: Bool {
        isOpenAIReasoning || name.begins(with: "gpt-3", "gpt-4", "gpt-5", "chatgpt", "codex")
    }

    /// OpenAI's own reasoning models, which know no `max_tokens` and refuse sampling parameters and stop sequences.
    var isOpenAIReasoning: Bool {
        if name.begins(with: "gpt-5") { return !name.holds("chat") }
        let bytes = Array(name.bytes.prefix(3))
        return bytes.count >= 2 && bytes[0] == UInt8(ascii: "o")
            && (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(bytes[1])
            && (bytes.count == 2 || bytes[2] == UInt8(ascii: "-"))
    }

    /// Whether it knows `reasoning_effort`; others may refuse the request because of it.
    var takesEffort: Bool {
        isOpenAIReasoning
            || name.begins(with: "gpt-oss", "gemini-2.5", "gemini-3", "grok-3-mini", "grok-4", "deepseek", "claude")
    }

    /// Whether it wants its own reasoning back, or at least takes it.
    var takesReasoningContent: Bool {
        name.holds("deepseek", "kimi", "glm", "minimax", "mimo")
    }

    /// Whether it is one of Anthropic's behind a server that keeps signatures.
    var takesReasoningDetails: Bool { name.holds("claude") }

    /// The effort that the model has a word for.
    func effort(_ wanted: String) -> String {
        switch wanted {
        case "minimal": name.begins(with: "gpt-5") ? "minimal" : "low"
        case "low", "medium", "high": wanted
        case "xhigh", "max": "high"
        default: "medium"
        }
    }

    static func effort(budget: Int) -> String {
        switch budget {
        case ...4096: "low"
        case ...16384: "medium"
        default: "high"
        }
    }
}
