import JSON

/// How a model of Anthropic's dialect shall think.
///
/// The dialect refuses thinking beside a forced tool call, beside a begun answer, with a budget that leaves no room for
/// the answer, and in a tool loop whose own thinking did not come back. A request that would be refused is sent without.
struct AnthropicThinkingPlan: Sendable {
    /// The least budget that is accepted.
    static let leastBudget = 1024

    enum Mode: Sendable {
        case off
        case budget(Int)
        case adaptive(effort: String?)
    }

    var mode: Mode
    /// The most output tokens, where thinking needs more than was going to be asked for.
    var maximum: Int?

    static let off = AnthropicThinkingPlan(mode: .off)

    var isOn: Bool {
        if case .off = mode { false } else { true }
    }

    static func make(
        _ writer: AnthropicRequestWriter,
        maximum: Int,
        _ lossy: inout LossyNames
    ) -> AnthropicThinkingPlan {
        let wanted: Int
        let effort: String
        switch writer.request.reasoning {
        case nil, .off: return off
        case .effort(let word):
            wanted = AnthropicModel.budget(effort: word)
            effort = word
        case .budget(let budget):
            wanted = budget
            effort = AnthropicModel.effort(budget: budget)
        }
        let plan = plan(writer, wanted: wanted, effort: effort, maximum: maximum)
        if !plan.isOn { lossy.add(writer.request.names.reasoning) }
        return plan
    }

    private static func plan(
        _ writer: AnthropicRequestWriter,
        wanted: Int,
        effort: String,
        maximum: Int
    ) -> AnthropicThinkingPlan {
        guard !isForced(writer), writer.turns.last?.role != .assistant else { return off }
        switch writer.model.thinking {
        case .never: return off
        case .adaptive: return AnthropicThinkingPlan(mode: .adaptive(effort: writer.model.effort(effort)))
        case .budget:
            guard !isLoopWithoutThinking(writer.turns) else { return off }
            var maximum = maximum
            if writer.request.maxOutputTokens == nil, writer.modelMaximum == nil {
                // Nobody said how much: room for the answer comes on top.
                maximum = wanted + AnthropicRequestWriter.defaultMaximum
            }
            let budget = min(max(wanted, leastBudget), maximum / 5 * 4)
            guard budget >= leastBudget, budget < maximum else { return off }
            return AnthropicThinkingPlan(mode: .budget(budget), maximum: maximum)
        }
    }

    private static func isForced(_ writer: AnthropicRequestWriter) -> Bool {
        if writer.formatTool != nil { return true }
        return switch writer.request.toolChoice {
        case .required, .tool: true
        case .auto, .never, nil: false
        }
    }

    /// Whether the conversation stands in a tool loop none of whose turns has kept its thinking.
    private static func isLoopWithoutThinking(_ turns: [CanonicalTurn]) -> Bool {
        var isLoop = false
        for turn in turns.reversed() {
            if turn.role == .user {
                guard turn.parts.first?.isToolResult == true else { break }
                isLoop = true
            } else if turn.parts.contains(where: \.isThinking) {
                return false
            }
        }
        return isLoop
    }

    func write(_ body: inout JSONFields) {
        switch mode {
        case .off: return
        case .budget(let budget):
            body.object("thinking") { thinking in
                thinking.string("type", "enabled")
                thinking.integer("budget_tokens", budget)
            }
        case .adaptive(let effort):
            body.object("thinking") { $0.string("type", "adaptive") }
            if let effort { body.object("output_config") { $0.string("effort", effort) } }
        }
    }
}

extension CanonicalPart {
    var isThinking: Bool {
        switch self {
        case .thinking, .redactedThinking: true
        case .text, .refusal, .image, .file, .toolCall, .toolResult, .cacheMark: false
        }
    }
}
