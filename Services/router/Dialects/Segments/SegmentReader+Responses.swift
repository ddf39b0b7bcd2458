import Contracts
import JSON

/// The texts of a request in the dialect of OpenAI's Responses, item by item.
extension SegmentReader {
    /// How deep items of kinds that have no place of their own are searched.
    private static let leafDepth = 12

    /// Members that hold no text of anybody's.
    private static let silent: Set<String> = [
        "type", "id", "status", "call_id", "role", "encrypted_content", "image_url", "file_id", "file_data", "file_url",
        "result", "detail", "namespace", "name", "phase", "server_label", "input_audio", "container_id",
    ]

    mutating func readResponses() {
        if let instructions = facts.root.member("instructions") {
            read(content: instructions, Place(role: "system", kind: .system, turn: -1), depth: 0)
        }
        if let prompt = facts.root.member("prompt")?.member("variables") {
            readLeaves(prompt, Place(role: "user", kind: .text, turn: 0, isWords: true), depth: 0)
        }
        guard let input = facts.root.member("input") else { return }
        guard input.kind == .array else {
            return read(content: input, Place(role: "user", kind: .text, turn: 0, isWords: true), depth: 0)
        }
        for (turn, item) in input.elements.enumerated() { read(item: item, at: turn, of: input) }
    }

    private mutating func read(item: JSONCursor, at turn: Int, of input: JSONCursor) {
        guard let type = item.member("type"), !type.equals("message") else { return readMessage(item, turn) }
        var place = Place(role: "assistant", kind: .text, turn: turn)
        if type.equals("function_call") {
            lastAssistant = turn
            readCall(item, "arguments", id: item.member("call_id"), place)
        } else if type.equals("custom_tool_call") {
            lastAssistant = turn
            place.toolName = item.member("name")?.string
            // Free text and not JSON.
            let segment = item.member("input").flatMap { add($0, place) }
            note(item.member("call_id"), Call(name: place.toolName, segment: segment))
        } else if type.equals("function_call_output") || type.equals("custom_tool_call_output") {
            place = Place(role: "tool", kind: .toolResult, turn: turn)
            join(&place, to: item.member("call_id"))
            guard let output = item.member("output") else { return }
            if output.kind == .object { return readLeaves(output, place, depth: 0) }
            read(content: output, place, depth: 0)
        } else if type.equals("reasoning") {
            lastAssistant = turn
            readReasoning(item, at: turn, of: input)
        } else {
            readOther(item, type, turn)
        }
    }

    private mutating func readMessage(_ message: JSONCursor, _ turn: Int) {
        guard let content = message.member("content") else { return }
        let role = message.member("role")?.string ?? ""
        var place = Place(role: role, kind: .text, turn: turn)
        switch role {
        case "user": place.isWords = true
        case "assistant": lastAssistant = turn
        case "system", "developer": place.kind = .system
        default: break
        }
        read(content: content, place, depth: 0)
    }

    private mutating func readReasoning(_ item: JSONCursor, at turn: Int, of input: JSONCursor) {
        let place = Place(role: "assistant", kind: .reasoning, turn: turn)
        let isSigned = item.member("encrypted_content")?.utf8Count ?? 0 > 0
        let block = isSigned ? TextSegment.SignedBlock(blocks: input, position: turn) : nil
        for name in ["summary", "content"] {
            guard let parts = item[name] else { continue }
            for part in parts.elements {
                if let text = part.member("text") { add(text, place, signedBlock: block) }
            }
        }
    }

    /// Calls of tools that ran at their provider or that only its models know, and what came of them.
    private mutating func readOther(_ item: JSONCursor, _ type: JSONCursor, _ turn: Int) {
        let isOutput = type.string?.hasSuffix("_output") ?? false
        if !isOutput { lastAssistant = turn }
        var place = Place(role: isOutput ? "tool" : "assistant", kind: isOutput ? .toolResult : .text, turn: turn)
        if isOutput { join(&place, to: item.member("call_id")) }
        readLeaves(item, place, depth: 0)
    }

    private mutating func readLeaves(_ value: JSONCursor, _ place: Place, depth: Int) {
        guard depth < Self.leafDepth else { return }
        switch value.kind {
        case .string:
            if place.isWords { lastUser = place.turn }
            add(value, place)
        case .array: for element in value.elements { readLeaves(element, place, depth: depth + 1) }
        case .object:
            for (name, member) in value.members {
                guard let name = name.string, !Self.silent.contains(name) else { continue }
                readLeaves(member, place, depth: depth + 1)
            }
        case .number, .boolean, .null: return
        }
    }
}
