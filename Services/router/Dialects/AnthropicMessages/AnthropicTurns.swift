import JSON

/// Arranges turns as Anthropic's dialect wants them: instructions apart, user and assistant by turns, the user first,
/// and no block empty.
enum AnthropicTurns {
    /// A block of instructions.
    struct Instruction: Sendable {
        let text: WireText
        /// Set where the provider shall keep all up to here.
        var cacheMark: CanonicalCacheMark?
    }

    /// What stands for the user's first turn where the conversation begins with the assistant's.
    static let opening = "(The conversation begins with your own words.)"

    static func arrange(
        _ request: CanonicalRequest,
        _ lossy: inout LossyNames
    ) -> (system: [Instruction], turns: [CanonicalTurn]) {
        var system: [Instruction] = []
        var turns: [CanonicalTurn] = []
        turns.reserveCapacity(request.turns.count)
        for turn in request.turns {
            if turn.role == .system {
                if !turns.isEmpty { lossy.add(request.names.role) }
                add(turn.parts, to: &system, &lossy)
                continue
            }
            let sendable = sendable(turn, request.names.thinking, &lossy)
            // A mark stands behind something.
            let parts = Array(sendable.drop(while: \.isCacheMark))
            guard !parts.isEmpty else { continue }
            if let last = turns.indices.last, turns[last].role == turn.role {
                turns[last].parts += parts
            } else {
                turns.append(CanonicalTurn(role: turn.role, parts: parts))
            }
        }
        if turns.isEmpty, let last = system.popLast() {
            // Only instructions: the last is what is asked.
            turns.append(CanonicalTurn(role: .user, parts: [.text(last.text)]))
        }
        if turns.first?.role != .user {
            turns.insert(CanonicalTurn(role: .user, parts: [.text(WireText(opening))]), at: 0)
        }
        trimEnd(&turns)
        return (system, turns)
    }

    private static func add(
        _ parts: [CanonicalPart],
        to system: inout [Instruction],
        _ lossy: inout LossyNames
    ) {
        for part in parts {
            switch part {
            case .text(let text): if !text.isBlank { system.append(Instruction(text: text)) }
            case .cacheMark(let mark): if !system.isEmpty { system[system.count - 1].cacheMark = mark }
            case .refusal, .image, .file, .thinking, .redactedThinking, .toolCall, .toolResult:
                lossy.add("messages[].content[].type")
            }
        }
    }

    private static func sendable(
        _ turn: CanonicalTurn,
        _ thinkingName: String,
        _ lossy: inout LossyNames
    ) -> [CanonicalPart] {
        turn.parts.filter { part in
            switch part {
            case .text(let text), .refusal(let text): return !text.isBlank
            case .thinking(let thinking):
                // Text that its provider did not sign is no thinking to it.
                if !thinking.isSigned { lossy.add(thinkingName) }
                return thinking.isSigned && turn.role == .assistant
            case .redactedThinking: return turn.role == .assistant
            case .image, .file:
                if turn.role == .assistant { lossy.add("messages[].content[].type") }
                return turn.role == .user
            case .toolCall, .toolResult, .cacheMark: return true
            }
        }
    }

    /// A begun answer must not end in white space.
    private static func trimEnd(_ turns: inout [CanonicalTurn]) {
        guard let last = turns.indices.last, turns[last].role == .assistant,
            let part = turns[last].parts.lastIndex(where: { !$0.isCacheMark }),
            case .text(let text) = turns[last].parts[part]
        else { return }
        turns[last].parts[part] = .text(text.withoutTrailingSpace)
    }
}
