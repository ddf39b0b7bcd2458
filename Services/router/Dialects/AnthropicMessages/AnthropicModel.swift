/// What a model of Anthropic's dialect accepts, judged by its name; of unknown ones the most common is expected.
struct AnthropicModel: Sendable {
    enum Thinking: Sendable {
        /// It does not think.
        case never
        /// It thinks within a budget of tokens.
        case budget
        /// It decides for itself and is told how hard to try.
        case adaptive
    }

    let isClaude: Bool
    /// Major times a hundred plus minor; zero when the name says none.
    let version: Int

    init(_ name: String) {
        let name = ModelName(name)
        // Parting a name into words costs more than the rest of it, and most names are of others.
        let words = name.holds("claude") ? name.words : []
        guard let start = words.firstIndex(where: { $0.begins(with: "claude") }) else {
            isClaude = false
            version = 0
            return
        }
        isClaude = true
        version = ModelName.version(words[start...])
    }

    var thinking: Thinking {
        guard isClaude, version > 0 else { return .budget }
        if version < 307 { return .never }
        return version < 406 ? .budget : .adaptive
    }

    /// Whether temperature and its like are refused altogether.
    var refusesSampling: Bool { version >= 407 }

    /// Whether temperature and `top_p` are refused beside each other.
    var refusesBothSamplings: Bool { isClaude && version >= 401 }

    /// The effort that the model has a word for.
    func effort(_ wanted: String) -> String? {
        switch wanted {
        case "minimal", "low": "low"
        case "medium": "medium"
        case "high": "high"
        case "xhigh": version >= 407 ? "xhigh" : "high"
        case "max": "max"
        default: nil
        }
    }

    static func effort(budget: Int) -> String {
        switch budget {
        case ...4096: "low"
        case ...16384: "medium"
        default: "high"
        }
    }

    static func budget(effort: String) -> Int {
        switch effort {
        case "minimal": 1024
        case "low": 2048
        case "high": 16384
        case "xhigh", "max": 32768
        default: 8192
        }
    }
}
