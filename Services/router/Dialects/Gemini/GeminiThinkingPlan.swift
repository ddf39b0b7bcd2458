import JSON

/// How a model of Gemini's dialect shall think: its generation's own words for what the client asked for.
struct GeminiThinkingPlan: Sendable {
    private enum Mode: Sendable {
        /// Nothing is said.
        case silent
        case budget(Int)
        case level(String)
        /// As much as it likes.
        case free
    }

    private var mode = Mode.silent
    private var showsThoughts = false

    static func make(
        _ reasoning: CanonicalReasoning?,
        _ model: GeminiModel,
        _ name: String,
        _ lossy: inout LossyNames
    ) -> GeminiThinkingPlan {
        var plan = GeminiThinkingPlan()
        guard let reasoning else { return plan }
        switch (model.thinking, reasoning) {
        case (.never, .off): break
        case (.never, _): lossy.add(name)
        case (.budget(let least, _, let mayStop), .off):
            plan.mode = .budget(mayStop ? 0 : least)
            if !mayStop { lossy.add(name) }
        case (.budget(let least, let most, _), .effort(let word)):
            let wanted = GeminiModel.budget(effort: word)
            plan.mode = .budget(wanted < 0 ? -1 : min(max(wanted, least), most))
            plan.showsThoughts = true
        case (.budget(let least, let most, _), .budget(let wanted)):
            plan.mode = .budget(min(max(wanted, least), most))
            plan.showsThoughts = true
        case (.level(let words), .off):
            plan.mode = .level(words[0])
            lossy.add(name)
        case (.level(let words), .effort(let word)):
            plan.mode = GeminiModel.level(effort: word, among: words).map { .level($0) } ?? .free
            plan.showsThoughts = true
        case (.level(let words), .budget(let wanted)):
            let effort = GeminiModel.effort(budget: wanted)
            plan.mode = GeminiModel.level(effort: effort, among: words).map { .level($0) } ?? .free
            plan.showsThoughts = true
        }
        return plan
    }

    var isSilent: Bool {
        if case .silent = mode { true } else { false }
    }

    func write(_ generation: inout JSONFields) {
        guard !isSilent else { return }
        generation.object("thinkingConfig") { config in
            if showsThoughts { config.boolean("includeThoughts", true) }
            switch mode {
            case .silent, .free: break
            case .budget(let budget): config.integer("thinkingBudget", budget)
            case .level(let word): config.string("thinkingLevel", word)
            }
        }
    }

    /// What a client of this dialect asked for.
    static func read(_ config: JSONCursor) -> CanonicalReasoning? {
        if let level = config.member("thinkingLevel", or: "thinking_level")?.string {
            let word = level.lowercased()
            return .effort(word == "thinking_level_unspecified" ? "" : word)
        }
        if let budget = config.member("thinkingBudget", or: "thinking_budget")?.looseInteger {
            if budget == 0 { return .off }
            return budget < 0 ? .effort("") : .budget(budget)
        }
        return config.member("includeThoughts", or: "include_thoughts")?.boolean == true ? .effort("") : nil
    }
}
