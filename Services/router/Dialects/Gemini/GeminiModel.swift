/// What a model of Gemini's dialect accepts, judged by its name; of unknown ones the most common is expected.
struct GeminiModel: Sendable {
    enum Thinking: Sendable {
        /// It does not think.
        case never
        /// It thinks within a budget of tokens; zero, where it is allowed, is none.
        case budget(least: Int, most: Int, mayStop: Bool)
        /// It is told how hard to think, in one of these words, easiest first.
        case level([String])
    }

    /// Major times a hundred plus minor; zero when the name says none.
    let version: Int
    private let name: ModelName
    private let isGemini: Bool

    init(_ name: String) {
        self.name = ModelName(name).bare
        isGemini = self.name.begins(with: "gemini")
        version = isGemini ? ModelName.version(self.name.words.prefix(3)) : 0
    }

    private func has(_ word: StaticString) -> Bool { name.holds(word) }

    var thinking: Thinking {
        if has("gemma") || has("image") || has("tts") || has("embedding") { return .never }
        guard version > 0 else { return .budget(least: 1024, most: 24576, mayStop: true) }
        if version < 205 { return .never }
        if version < 300 {
            if has("pro") { return .budget(least: 128, most: 32768, mayStop: false) }
            return .budget(least: has("lite") ? 512 : 1, most: 24576, mayStop: true)
        }
        if has("pro") { return .level(version > 300 ? ["low", "medium", "high"] : ["low", "high"]) }
        return .level(["minimal", "low", "medium", "high"])
    }

    /// Whether it refuses calls in the history that have lost their signature.
    var wantsSignatures: Bool { version >= 300 || (isGemini && has("latest")) }

    /// Whether it takes a schema for its answer beside tools.
    var takesFormatWithTools: Bool { version >= 300 }

    /// The budget for an effort, as Google's own bridge to OpenAI's dialect has them.
    static func budget(effort: String) -> Int {
        switch effort {
        case "minimal": 512
        case "low": 1024
        case "medium": 8192
        case "high", "xhigh", "max": 24576
        default: -1
        }
    }

    /// The word for how hard to think that comes nearest; `nil` leaves it to the model.
    static func level(effort: String, among words: [String]) -> String? {
        let ranks = ["minimal": 0, "low": 1, "medium": 2, "high": 3, "xhigh": 3, "max": 3]
        guard let wanted = ranks[effort] else { return nil }
        return words.first { ranks[$0, default: 0] >= wanted } ?? words.last
    }

    static func effort(budget: Int) -> String {
        switch budget {
        case ..<512: "minimal"
        case ...4096: "low"
        case ...16384: "medium"
        default: "high"
        }
    }
}
