/// What a model behind OpenAI's dialect accepts, judged by its name; of unknown ones only what all servers know.
struct OpenAIModel: Sendable {
    private let name: String

    init(_ name: String) {
        let lowered = name.lowercased()
        // Aggregators put the maker before the name.
        self.name = lowered.split(separator: "/").last.map(String.init) ?? lowered
    }

    /// Whether it is one of OpenAI's own.
    var isOpenAI: Bool {
        isOpenAIReasoning || ["gpt-3", "gpt-4", "gpt-5", "chatgpt", "codex"].contains { name.hasPrefix($0) }
    }

    /// OpenAI's own reasoning models, which know no `max_tokens` and refuse sampling parameters and stop sequences.
    var isOpenAIReasoning: Bool {
        if name.hasPrefix("gpt-5") { return !name.contains("chat") }
        let characters = Array(name.utf8.prefix(3))
        return characters.count >= 2 && characters[0] == UInt8(ascii: "o")
            && (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(characters[1])
            && (characters.count == 2 || characters[2] == UInt8(ascii: "-"))
    }

    /// Whether it knows `reasoning_effort`; others may refuse the request because of it.
    var takesEffort: Bool {
        isOpenAIReasoning
            || ["gpt-oss", "gemini-2.5", "gemini-3", "grok-3-mini", "grok-4", "deepseek", "claude"]
                .contains { name.hasPrefix($0) }
    }

    /// Whether it wants its own reasoning back, or at least takes it.
    var takesReasoningContent: Bool {
        ["deepseek", "kimi", "glm", "minimax", "mimo"].contains { name.contains($0) }
    }

    /// Whether it is one of Anthropic's behind a server that keeps signatures.
    var takesReasoningDetails: Bool { name.contains("claude") }

    /// The effort that the model has a word for.
    func effort(_ wanted: String) -> String {
        switch wanted {
        case "minimal": name.hasPrefix("gpt-5") ? "minimal" : "low"
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
