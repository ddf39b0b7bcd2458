import Contracts
import JSON

/// Collects the texts of a request in Gemini's dialect.
///
/// Members have two names there (`functionCall`, `function_call`), and lists may be single values, so nothing is looked
/// up by one name: whatever stands in a part is looked at.
extension SegmentReader {
    /// A call that waits for its result: most clients of the dialect pair them by name and order.
    private struct Waiting {
        var name: String?
        var segment: Int?
    }

    mutating func readGemini() {
        for (name, system) in facts.root.members
        where name.equals("systemInstruction") || name.equals("system_instruction") {
            let place = Place(role: "system", kind: .system, turn: -1)
            if system.kind == .string { add(system, place) } else { _ = read(parts: system, place, waiting: []) }
        }
        var waiting: [Waiting] = []
        for (turn, content) in facts.conversation.messages.listed.enumerated() {
            var place = Place(role: "user", kind: .text, turn: turn)
            if let role = content.member("role") {
                if role.equals("model") || role.equals("assistant") {
                    place.role = "assistant"
                    lastAssistant = turn
                } else if role.equals("system") {
                    place.role = "system"
                    place.kind = .system
                }
            }
            place.isWords = place.role == "user"
            let calls = read(parts: content, place, waiting: waiting)
            if place.role == "assistant" { waiting += calls } else { waiting = [] }
        }
    }

    /// - Returns: The calls among the parts.
    private mutating func read(parts content: JSONCursor, _ place: Place, waiting: [Waiting]) -> [Waiting] {
        var waiting = waiting
        var calls: [Waiting] = []
        for (name, list) in content.members where name.equals("parts") {
            for part in list.listed {
                if part.kind == .string {
                    add(part, place)
                } else {
                    read(part: part, place, &waiting, &calls)
                }
            }
        }
        return calls
    }

    private mutating func read(
        part: JSONCursor,
        _ place: Place,
        _ waiting: inout [Waiting],
        _ calls: inout [Waiting]
    ) {
        var place = place
        if part.member("thought")?.boolean == true, place.role == "assistant" { place.kind = .reasoning }
        for (name, value) in part.members {
            if name.equals("text") {
                if place.isWords, value.kind == .string { lastUser = place.turn }
                add(value, place)
            } else if name.equals("functionCall") || name.equals("function_call") {
                calls.append(read(call: value, place))
            } else if name.equals("functionResponse") || name.equals("function_response") {
                read(response: value, place, &waiting)
            } else if name.equals("executableCode") || name.equals("executable_code") {
                if let code = value.member("code") { add(code, place) }
            } else if name.equals("codeExecutionResult") || name.equals("code_execution_result") {
                var result = place
                result.kind = .toolResult
                result.isWords = false
                if let output = value.member("output") { add(output, result) }
            } else if name.equals("inlineData") || name.equals("inline_data") || name.equals("fileData")
                || name.equals("file_data")
            {
                if let title = value.member("displayName", or: "display_name") { add(title, place) }
            }
        }
    }

    private mutating func read(call: JSONCursor, _ place: Place) -> Waiting {
        var place = place
        place.kind = .toolArguments
        place.isWords = false
        place.toolName = call.member("name")?.string
        let segment = call.member("args").flatMap { add($0, place, isArguments: true) }
        note(call.member("id"), Call(name: place.toolName, segment: segment))
        return Waiting(name: place.toolName, segment: segment)
    }

    private mutating func read(response: JSONCursor, _ place: Place, _ waiting: inout [Waiting]) {
        var place = place
        place.kind = .toolResult
        place.role = "tool"
        place.isWords = false
        place.toolName = response.member("name")?.string
        join(&place, to: response.member("id"))
        if place.call == nil, let next = waiting.firstIndex(where: { $0.name == place.toolName }) {
            place.call = waiting.remove(at: next).segment
        }
        if let value = response.member("response") {
            let (content, isError) = GeminiToolResult.content(of: value)
            place.isError = isError
            // The only text of a result is a text; anything else is looked at as the JSON that it is.
            add(content.kind == .string ? content : value, place, isArguments: true)
        }
        for part in response.member("parts")?.listed ?? [] {
            for (name, value) in part.members {
                if name.equals("text") {
                    add(value, place)
                } else if let title = value.member("displayName", or: "display_name") {
                    add(title, place)
                }
            }
        }
    }
}
