import JSON

/// Arranges turns as Anthropic's dialect wants them: instructions apart, user and assistant by turns, the user first,
/// and no block empty.
enum AnthropicTurns {
    /// What stands for the user's first turn where the conversation begins with the assistant's.
    static let opening = "(The conversation begins with your own words.)"

    static func arrange(
        _ request: CanonicalRequest,
        _ lossy: inout LossyNames
    ) -> (system: [WireText], turns: [CanonicalTurn]) {
        var system: [WireText] = []
        var turns: [CanonicalTurn] = []
        turns.reserveCapacity(request.turns.count)
        for turn in request.turns {
            if turn.role == .system {
                if !turns.isEmpty { lossy.add(request.names.role) }
                system += texts(turn.parts, &lossy)
                continue
            }
            let parts = sendable(turn, request.names.thinking, &lossy)
            guard !parts.isEmpty else { continue }
            if let last = turns.indices.last, turns[last].role == turn.role {
                turns[last].parts += parts
            } else {
                turns.append(CanonicalTurn(role: turn.role, parts: parts))
            }
        }
        if turns.isEmpty, let last = system.popLast() {
            // Only instructions: the last is what is asked.
            turns.append(CanonicalTurn(role: .user, parts: [.text(last)]))
        }
        if turns.first?.role != .user {
            turns.insert(CanonicalTurn(role: .user, parts: [.text(WireText(opening))]), at: 0)
        }
        trimEnd(&turns)
        return (system, turns)
    }

    private static func texts(_ parts: [CanonicalPart], _ lossy: inout LossyNames) -> [WireText] {
        parts.compactMap { part in
            guard case .text(let text) = part else {
                lossy.add("messages[].content[].type")
                return nil
            }
            return text.isBlank ? nil : text
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
            case .toolCall, .toolResult: return true
            }
        }
    }

    /// A begun answer must not end in white space.
    private static func trimEnd(_ turns: inout [CanonicalTurn]) {
        guard let last = turns.indices.last, turns[last].role == .assistant,
            let part = turns[last].parts.indices.last, case .text(let text) = turns[last].parts[part]
        else { return }
        turns[last].parts[part] = .text(text.withoutTrailingSpace)
    }
}
