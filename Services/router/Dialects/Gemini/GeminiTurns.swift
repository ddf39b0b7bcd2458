import JSON

/// Arranges turns as Gemini's dialect wants them: instructions apart, user and model by turns, the user first, and no
/// part empty.
enum GeminiTurns {
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
            let parts = turn.parts.filter { isSendable($0, of: turn.role) }
            guard parts.contains(where: { !isMark($0) }) else { continue }
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
            turns.insert(CanonicalTurn(role: .user, parts: [.text(WireText(AnthropicTurns.opening))]), at: 0)
        }
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

    private static func isSendable(_ part: CanonicalPart, of role: CanonicalTurn.Role) -> Bool {
        switch part {
        case .text(let text), .refusal(let text): return !text.isEmpty
        case .thinking(let thinking): return role == .assistant && !thinking.text.isEmpty
        case .redactedThinking: return role == .assistant
        case .image, .file, .toolCall, .toolResult: return true
        case .cacheMark: return false
        }
    }

    /// Whether it says nothing by itself.
    private static func isMark(_ part: CanonicalPart) -> Bool {
        if case .redactedThinking = part { true } else { false }
    }
}
