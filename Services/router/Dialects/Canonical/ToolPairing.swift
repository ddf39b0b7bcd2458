/// Brings tool calls and their results together, so that no dialect's rules about them are broken.
///
/// Providers refuse a conversation in which a call has no result, a result has no call, or two calls share an id. After
/// pairing, the user turn behind an assistant turn with calls begins with exactly one result for each of them. A result
/// whose call is nowhere becomes text; a call without a result gets one that says so.
enum ToolPairing {
    /// What stands for a result that the client did not send.
    static let missingResult = "No result was given for this tool call."

    static func pair(_ request: inout CanonicalRequest, idLimit: Int) {
        var pairer = Pairer(idLimit: idLimit)
        var turns: [CanonicalTurn] = []
        turns.reserveCapacity(request.turns.count + 1)
        for turn in request.turns {
            switch turn.role {
            case .system: pairer.system(turn, &turns)
            case .assistant: pairer.assistant(turn, &turns)
            case .user: pairer.user(turn, &turns)
            }
        }
        pairer.settle(&turns)
        request.turns = turns
    }

    /// Walks the turns in order.
    private struct Pairer {
        struct Call {
            /// The id as the client wrote it.
            let id: String
            /// The id that is sent.
            let sent: String
            let name: String
            var result: CanonicalToolResult?
        }

        let idLimit: Int
        /// The calls of the last assistant turn.
        var open: [Call] = []
        /// What the user said since, results aside.
        var rest: [CanonicalPart] = []
        /// Instructions that came between calls and their results; they wait until those are together.
        var instructions: [CanonicalTurn] = []
        var seen: Set<String> = []
        var counter = 0

        mutating func system(_ turn: CanonicalTurn, _ turns: inout [CanonicalTurn]) {
            if open.isEmpty { turns.append(turn) } else { instructions.append(turn) }
        }

        mutating func assistant(_ turn: CanonicalTurn, _ turns: inout [CanonicalTurn]) {
            // Two assistant turns in a row are one where results may follow them both.
            let continues = rest.isEmpty && open.allSatisfy { $0.result == nil }
            if !continues { settle(&turns) }
            var turn = turn
            for (index, part) in turn.parts.enumerated() {
                guard case .toolCall(var call) = part else { continue }
                let id = call.id
                call.id = unique(id)
                open.append(Call(id: id, sent: call.id, name: call.name))
                turn.parts[index] = .toolCall(call)
            }
            if continues, let last = turns.indices.last, turns[last].role == .assistant {
                turns[last].parts += turn.parts
            } else if !turn.parts.isEmpty {
                turns.append(turn)
            }
        }

        mutating func user(_ turn: CanonicalTurn, _ turns: inout [CanonicalTurn]) {
            guard !open.isEmpty || turn.parts.contains(where: \.isToolResult) else {
                append(turn.parts, &turns)
                return
            }
            for part in turn.parts {
                guard case .toolResult(let result) = part else {
                    rest.append(part)
                    continue
                }
                if let place = place(of: result) {
                    open[place].result = result
                } else {
                    rest += result.parts
                    if let mark = result.cacheMark { rest.append(.cacheMark(mark)) }
                }
            }
            if open.isEmpty {
                append(rest, &turns)
                rest = []
            }
        }

        /// The call that a result belongs to: by id, by name, or the first that waits where the client said neither.
        private func place(of result: CanonicalToolResult) -> Int? {
            if !result.callID.isEmpty {
                return open.firstIndex { $0.id == result.callID && $0.result == nil }
            }
            if let name = result.name, let place = open.firstIndex(where: { $0.name == name && $0.result == nil }) {
                return place
            }
            return open.firstIndex { $0.result == nil }
        }

        /// Ends the exchange about the calls that are open.
        mutating func settle(_ turns: inout [CanonicalTurn]) {
            var parts: [CanonicalPart] = []
            for call in open {
                var result =
                    call.result
                    ?? CanonicalToolResult(
                        callID: call.id,
                        parts: [.text(WireText(ToolPairing.missingResult))],
                        isError: true
                    )
                result.callID = call.sent
                result.name = call.name
                parts.append(.toolResult(result))
            }
            append(parts + rest, &turns)
            turns += instructions
            open = []
            rest = []
            instructions = []
        }

        private func append(_ parts: [CanonicalPart], _ turns: inout [CanonicalTurn]) {
            guard !parts.isEmpty else { return }
            if let last = turns.indices.last, turns[last].role == .user {
                turns[last].parts += parts
            } else {
                turns.append(CanonicalTurn(role: .user, parts: parts))
            }
        }

        private mutating func unique(_ id: String) -> String {
            let wanted = ToolNaming.fitting(id.isEmpty ? nextID() : id, limit: idLimit)
            if seen.insert(wanted).inserted { return wanted }
            var attempt = wanted
            repeat {
                counter += 1
                attempt = ToolNaming.fitting("\(wanted)_\(counter)", limit: idLimit)
            } while !seen.insert(attempt).inserted
            return attempt
        }

        private mutating func nextID() -> String {
            counter += 1
            return "call_\(counter)"
        }
    }
}

extension CanonicalPart {
    var isToolResult: Bool {
        if case .toolResult = self { true } else { false }
    }
}
